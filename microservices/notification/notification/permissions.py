from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "notifications:read"
    MANAGE = "notifications:manage"
    RECIPIENTS = "notifications:recipients"
