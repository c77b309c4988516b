"""Every query of the service, by topic."""
