"""Applying what a PATCH sends to a record."""

from __future__ import annotations

from pydantic import BaseModel

from incident_management.models import Objective, OperationalPeriod, Task


def apply_changes(record: OperationalPeriod | Objective | Task, request: BaseModel) -> list[str]:
    """Set the fields that were sent and differ, count one edit, and answer their names."""
    changed = [
        name
        for name in sorted(request.model_fields_set)
        if getattr(record, name) != getattr(request, name)
    ]
    for name in changed:
        setattr(record, name, getattr(request, name))
    if changed:
        record.touch()
    return changed
