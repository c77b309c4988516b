"""What can go wrong before Muster answers: each said in one sentence, without a traceback."""

from __future__ import annotations


class HostError(Exception):
    """Something the person at the terminal can put right; the message says what and how."""
