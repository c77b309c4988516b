"""Every query, by topic."""
