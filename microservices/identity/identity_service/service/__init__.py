"""The use cases of identity, by topic."""
