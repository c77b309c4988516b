from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What an account may do with hazards and their feeds."""

    READ = "hazards:read"
    MANAGE = "hazards:manage"


# Who may declare an incident may also decide that none is needed: incident-management's permission.
DECIDE = "incidents:declare"
