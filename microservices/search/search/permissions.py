from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What one may do with the search. What is found is narrowed by what each record requires."""

    READ = "search:read"
    SAVE = "search:save"
    MANAGE = "search:manage"
