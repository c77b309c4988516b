"""The life of a alert, as a table of the steps that are allowed."""

from __future__ import annotations

from enum import StrEnum


class AlertStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


# What was done can turn out not to be; what was withdrawn stays so, and a new alert is opened instead.
NEXT: dict[AlertStatus, frozenset[AlertStatus]] = {
    AlertStatus.OPEN: frozenset({AlertStatus.DONE, AlertStatus.WITHDRAWN}),
    AlertStatus.DONE: frozenset({AlertStatus.OPEN}),
    AlertStatus.WITHDRAWN: frozenset(),
}


def can_follow(now: AlertStatus, wanted: AlertStatus) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in NEXT[now]


def next_statuses(now: AlertStatus) -> list[AlertStatus]:
    """The steps allowed from here, in the order of the life."""
    return [status for status in NEXT if status in NEXT[now]]
