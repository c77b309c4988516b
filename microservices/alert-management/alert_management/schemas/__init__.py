"""The shapes that cross the edge: what people ask for, and what they are answered."""
