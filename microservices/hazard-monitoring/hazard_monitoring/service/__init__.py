"""The use cases of hazard-monitoring, by topic. Every face ends in one of these functions."""
