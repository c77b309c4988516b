"""What search is about, without any framework: folding, queries, highlights, distances."""
