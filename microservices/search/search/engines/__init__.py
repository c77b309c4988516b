"""The search port and its two adapters: PostgreSQL, always kept, and Elasticsearch."""
