"""A feed's health: how old its news is, when to ask again, and when to leave a sick server alone.

All durations are seconds. The columns and the lease stand in `polled`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeedState(StrEnum):
    """How far the picture can be trusted. `unknown` means never heard: it never means "none"."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNKNOWN = "unknown"


class Breaker(StrEnum):
    """Closed: asked as planned. Open: failing, left alone for a while. Half-open: one trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


# (state, polls that may pass, but never fewer seconds than): beyond the last it is stale.
FRESHNESS: tuple[tuple[FeedState, float, float], ...] = (
    (FeedState.FRESH, 3, 15),
    (FeedState.LATE, 15, 60),
)


def freshness(age: float | None, poll_seconds: float) -> FeedState:
    """Grade a feed by the age of its newest good news, in seconds; None: there never was any."""
    if age is None:
        return FeedState.UNKNOWN
    for state, polls, at_least in FRESHNESS:
        if age <= max(polls * poll_seconds, at_least):
            return state
    return FeedState.STALE


FAILURES_TO_OPEN = 5
LONGEST_BACK_OFF = 300.0  # on the worst night a feed that recovers is heard within five minutes
JITTER = 0.1  # of the interval, so that installations do not all ask in the same second


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """When to ask again, in seconds from now, and the breaker's position until then."""

    delay: float
    breaker: Breaker


def after_success(poll_seconds: float, chance: float) -> NextAttempt:
    """Ask again after the feed's interval, give or take a tenth. `chance` is uniform in [0, 1)."""
    return NextAttempt(poll_seconds * (1 + JITTER * (2 * chance - 1)), Breaker.CLOSED)


def after_failure(
    failures: int, poll_seconds: float, chance: float, *, retry_after: float | None = None
) -> NextAttempt:
    """Back off: doubled with each failure in a row, jittered, at most five minutes.

    From the fifth failure in a row the breaker is open, and the next attempt is a single trial.
    A server's Retry-After is kept, up to the same five minutes.
    """
    doubled = min(poll_seconds * 2 ** min(failures - 1, 16), max(LONGEST_BACK_OFF, poll_seconds))
    delay = doubled * (0.75 + 0.25 * chance)
    if retry_after is not None:
        delay = min(max(delay, retry_after), max(LONGEST_BACK_OFF, poll_seconds))
    return NextAttempt(delay, Breaker.OPEN if failures >= FAILURES_TO_OPEN else Breaker.CLOSED)


def on_attempt(breaker: Breaker) -> Breaker:
    """The breaker's position while the feed is being asked."""
    return Breaker.HALF_OPEN if breaker is not Breaker.CLOSED else Breaker.CLOSED
