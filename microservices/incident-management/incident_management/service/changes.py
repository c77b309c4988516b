"""Applying what a PATCH or a step along its life asks of a record."""

from __future__ import annotations

from pydantic import BaseModel

from incident_management.domain.lifecycle import Life, Status, can_follow, what_instead
from incident_management.models import Objective, OperationalPeriod, Task
from incident_management.service.errors import WrongStatusError


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


def check_step(what: str, life: Life[Status], now: Status, wanted: Status) -> None:
    """Refuse a step that the life does not allow.

    Raises:
        WrongStatusError: the detail says what is allowed.
    """
    if not can_follow(life, now, wanted):
        raise WrongStatusError(
            f"{what} is {now} and cannot become {wanted}. {what_instead(life, now)}"
        )
