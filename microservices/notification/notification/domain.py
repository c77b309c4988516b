"""The life of a subscription, as a table of the steps that are allowed."""

from __future__ import annotations

from enum import StrEnum


class SubscriptionStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


# What was done can turn out not to be; what was withdrawn stays so, and a new subscription is opened instead.
NEXT: dict[SubscriptionStatus, frozenset[SubscriptionStatus]] = {
    SubscriptionStatus.OPEN: frozenset({SubscriptionStatus.DONE, SubscriptionStatus.WITHDRAWN}),
    SubscriptionStatus.DONE: frozenset({SubscriptionStatus.OPEN}),
    SubscriptionStatus.WITHDRAWN: frozenset(),
}


def can_follow(now: SubscriptionStatus, wanted: SubscriptionStatus) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in NEXT[now]


def next_statuses(now: SubscriptionStatus) -> list[SubscriptionStatus]:
    """The steps allowed from here, in the order of the life."""
    return [status for status in NEXT if status in NEXT[now]]
