from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "search:read"
    WORK = "search:work"
