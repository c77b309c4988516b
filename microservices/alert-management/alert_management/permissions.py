from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "alerts:read"
    DRAFT = "alerts:draft"
    APPROVE = "alerts:approve"
    MANAGE = "alerts:manage"
