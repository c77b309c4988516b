"""What providers call back with: believed only if they signed it, and read into receipts and texts.

Replay is the caller's to notice: `provider_id` and `at` are what it needs.
"""
