from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    READ = "incidents:read"
    DECLARE = "incidents:declare"
    UPDATE = "incidents:update"
    TRANSITION = "incidents:transition"
    COMMAND = "incidents:command"
    PLAN = "incidents:plan"
    WORK = "incidents:work"
    SHARE = "incidents:share"
