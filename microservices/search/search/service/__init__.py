"""What search does, by topic."""
