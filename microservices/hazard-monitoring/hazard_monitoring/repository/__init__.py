"""Every query of hazard-monitoring: feeds, hazards and proposals to write, and lists to read."""
