from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What an account may do with people, accounts and the organization itself."""

    PEOPLE_READ = "people:read"
    USERS_READ = "users:read"
    USERS_MANAGE = "users:manage"
    ROLES_MANAGE = "roles:manage"
    API_KEYS_MANAGE = "api-keys:manage"
    ORGANIZATIONS_MANAGE = "organizations:manage"
