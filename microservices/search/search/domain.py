"""The life of a watch, as a table of the steps that are allowed."""

from __future__ import annotations

from enum import StrEnum


class WatchStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


# What was done can turn out not to be; what was withdrawn stays so, and a new watch is opened instead.
NEXT: dict[WatchStatus, frozenset[WatchStatus]] = {
    WatchStatus.OPEN: frozenset({WatchStatus.DONE, WatchStatus.WITHDRAWN}),
    WatchStatus.DONE: frozenset({WatchStatus.OPEN}),
    WatchStatus.WITHDRAWN: frozenset(),
}


def can_follow(now: WatchStatus, wanted: WatchStatus) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in NEXT[now]


def next_statuses(now: WatchStatus) -> list[WatchStatus]:
    """The steps allowed from here, in the order of the life."""
    return [status for status in NEXT if status in NEXT[now]]
