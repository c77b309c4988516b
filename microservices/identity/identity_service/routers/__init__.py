"""The HTTP face of identity, by topic."""
