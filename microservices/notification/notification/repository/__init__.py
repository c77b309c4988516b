"""Every query of notification, by topic."""
