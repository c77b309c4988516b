from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "notification:read"
    WORK = "notification:work"
