from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What one may do with the journal. What an entry requires beside `activity:read` is written on the entry."""

    READ = "activity:read"
    WRITE = "activity:write"
    AUDIT = "activity:audit"
