"""The HTTP face, by topic. Each endpoint translates, calls one service function and answers."""
