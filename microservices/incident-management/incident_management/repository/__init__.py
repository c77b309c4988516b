"""Every query of the service: `incidents` loads and saves, `views` answers in JSON."""
