"""The HTTP edge: problems, middleware, conditional requests, idempotency, health."""
