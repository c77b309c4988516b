"""Breaking things on purpose: a fault proxy, a nemesis that follows a seed, and a checker of what was promised."""
