"""Every query of the journal."""
