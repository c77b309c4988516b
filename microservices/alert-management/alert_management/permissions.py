from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "alert-management:read"
    WORK = "alert-management:work"
