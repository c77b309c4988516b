"""The use cases, by topic. Each begins by asking whether the actor may."""
