"""The lives of incidents, objectives and tasks, each as a table of the steps that are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class IncidentStatus(StrEnum):
    REPORTED = "reported"
    ACTIVE = "active"
    DEMOBILIZING = "demobilizing"
    CLOSED = "closed"


class CloseReason(StrEnum):
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"
    TRANSFERRED = "transferred"
    OTHER = "other"


class ObjectiveStatus(StrEnum):
    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


class TaskStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


Status = TypeVar("Status", IncidentStatus, ObjectiveStatus, TaskStatus)
Life = Mapping[Status, frozenset[Status]]

# An active incident closes only by way of demobilization, so that no resource
# is left committed to an incident nobody is running. A closed one stays closed:
# what happens afterwards is a new incident, with its own number and journal.
INCIDENT_LIFE: Life[IncidentStatus] = {
    IncidentStatus.REPORTED: frozenset({IncidentStatus.ACTIVE, IncidentStatus.CLOSED}),
    IncidentStatus.ACTIVE: frozenset({IncidentStatus.DEMOBILIZING}),
    IncidentStatus.DEMOBILIZING: frozenset({IncidentStatus.ACTIVE, IncidentStatus.CLOSED}),
    IncidentStatus.CLOSED: frozenset(),
}

# Nothing planned is ever lost: what was met, dropped or done can be taken up again.
OBJECTIVE_LIFE: Life[ObjectiveStatus] = {
    ObjectiveStatus.OPEN: frozenset({ObjectiveStatus.MET, ObjectiveStatus.DROPPED}),
    ObjectiveStatus.MET: frozenset({ObjectiveStatus.OPEN}),
    ObjectiveStatus.DROPPED: frozenset({ObjectiveStatus.OPEN}),
}
TASK_LIFE: Life[TaskStatus] = {
    TaskStatus.OPEN: frozenset({TaskStatus.IN_PROGRESS, TaskStatus.DONE, TaskStatus.CANCELLED}),
    TaskStatus.IN_PROGRESS: frozenset({TaskStatus.OPEN, TaskStatus.DONE, TaskStatus.CANCELLED}),
    TaskStatus.DONE: frozenset({TaskStatus.OPEN}),
    TaskStatus.CANCELLED: frozenset({TaskStatus.OPEN}),
}


def can_follow(life: Life[Status], now: Status, wanted: Status) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in life[now]


def next_statuses(life: Life[Status], now: Status) -> list[Status]:
    """The steps allowed from here, in the order of the life."""
    return [status for status in life if status in life[now]]


def what_instead(life: Life[Status], now: Status) -> str:
    """What to do when a step is refused, as a sentence."""
    if now is IncidentStatus.CLOSED:
        return (
            "A closed incident stays closed: declare a new one and link it to this one as related."
        )
    choices = [str(status).replace("_", " ") for status in next_statuses(life, now)]
    return f"From here it can become {' or '.join(choices)}."
