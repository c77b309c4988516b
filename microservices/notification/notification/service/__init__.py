"""What notification does, by topic; one function per feature."""
