"""The tables of notification, by topic."""
