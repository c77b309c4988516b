from __future__ import annotations


class ForgedError(Exception):
    """It was not signed by who it says it is from.

    `reason` is one word for the log, nothing of it is told to the caller.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableError(Exception):
    """Signed, but not in a form that we know."""
