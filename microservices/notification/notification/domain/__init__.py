"""The rules of notification, by topic; standard library only."""
