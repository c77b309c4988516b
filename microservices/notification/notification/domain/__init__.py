"""The rules of notification: standard library only."""
