"""The life of an alert, as a table of the steps that are allowed."""

from __future__ import annotations

from enum import StrEnum


class AlertStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


# Text changes in a draft only: what is approved goes back and through a second pair of eyes again before
# a word of it changes. What reached the public is never taken back, it is updated or cancelled by another.
NEXT: dict[AlertStatus, frozenset[AlertStatus]] = {
    AlertStatus.DRAFT: frozenset({AlertStatus.IN_REVIEW, AlertStatus.REJECTED}),
    AlertStatus.IN_REVIEW: frozenset(
        {AlertStatus.DRAFT, AlertStatus.APPROVED, AlertStatus.REJECTED}
    ),
    AlertStatus.APPROVED: frozenset(
        {AlertStatus.DRAFT, AlertStatus.PUBLISHED, AlertStatus.REJECTED}
    ),
    AlertStatus.PUBLISHED: frozenset(
        {AlertStatus.UPDATED, AlertStatus.CANCELLED, AlertStatus.EXPIRED}
    ),
    AlertStatus.UPDATED: frozenset(),
    AlertStatus.CANCELLED: frozenset(),
    AlertStatus.EXPIRED: frozenset(),
    AlertStatus.REJECTED: frozenset(),
}
OPEN = frozenset({AlertStatus.DRAFT, AlertStatus.IN_REVIEW, AlertStatus.APPROVED})
"""What is still being worked on; nobody outside has seen it."""
PUBLIC = frozenset(
    {AlertStatus.PUBLISHED, AlertStatus.UPDATED, AlertStatus.CANCELLED, AlertStatus.EXPIRED}
)
"""What the public has seen: frozen."""


def can_follow(now: AlertStatus, wanted: AlertStatus) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in NEXT[now]


def next_statuses(now: AlertStatus) -> list[AlertStatus]:
    """The steps allowed from here, in the order of the life."""
    return [status for status in NEXT if status in NEXT[now]]


def what_instead(now: AlertStatus) -> str:
    """What to do when a step is refused, as a sentence."""
    if now in PUBLIC:
        return "What the public has seen stays as it was: draft an Update or a Cancel of it."
    if now is AlertStatus.REJECTED:
        return "A rejected alert stays so: draft a new one."
    choices = [str(status).replace("_", " ") for status in next_statuses(now)]
    return f"From here it can become {' or '.join(choices)}."
