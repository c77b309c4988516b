"""What the public sees: pages without a script and feeds, made of what was published. Every text is escaped."""
