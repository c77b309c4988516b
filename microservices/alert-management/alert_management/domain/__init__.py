"""What is allowed and what follows from what, without any framework."""
