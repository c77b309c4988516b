"""What the journal does, one module per topic."""
