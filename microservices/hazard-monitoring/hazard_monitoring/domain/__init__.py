"""What hazard-monitoring knows without a framework: hazards, feeds' health, and rules."""
