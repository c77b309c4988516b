"""What a journal is, without a database: entries, their chain, who may see them, the form they are printed on."""
