"""The life of a delivery, as a table of the steps that are allowed; who goes first; when to try again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class State(StrEnum):
    """What became of one message to one recipient."""

    PENDING = "pending"
    HELD = "held"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    SUPPRESSED = "suppressed"


# What nobody began can be held back, overtaken or too late. What was begun is accepted, failed, or nobody knows; only
# what surely did not go out returns to pending. What is in doubt may be sent again: better twice than never.
NEXT: dict[State, frozenset[State]] = {
    State.PENDING: frozenset(
        {
            State.HELD,
            State.SENDING,
            State.FAILED,
            State.EXPIRED,
            State.SUPERSEDED,
            State.SUPPRESSED,
        }
    ),
    State.HELD: frozenset(
        {State.PENDING, State.SENDING, State.EXPIRED, State.SUPERSEDED, State.SUPPRESSED}
    ),
    State.SENDING: frozenset(
        {
            State.PENDING,
            State.ACCEPTED,
            State.DELIVERED,
            State.FAILED,
            State.IN_DOUBT,
            State.EXPIRED,
            State.SUPERSEDED,
        }
    ),
    State.IN_DOUBT: frozenset({State.SENDING, State.ACCEPTED, State.DELIVERED, State.FAILED}),
    State.ACCEPTED: frozenset({State.DELIVERED, State.FAILED}),
    # A person asks for a failed one again; or a receipt of an earlier attempt comes late.
    State.FAILED: frozenset({State.PENDING, State.DELIVERED}),
    State.DELIVERED: frozenset(),
    State.EXPIRED: frozenset(),
    State.SUPERSEDED: frozenset(),
    State.SUPPRESSED: frozenset(),
}

BEGUN = frozenset({State.SENDING, State.ACCEPTED, State.DELIVERED, State.IN_DOUBT})
"""Something may have reached the recipient."""
OPEN = frozenset({State.PENDING, State.HELD, State.SENDING})
"""Something is still to be done by us; every other state is an end, though a receipt may move it."""

# A provider's word moves a delivery forward only: accepted, then failed or delivered, and delivered is the last word.
BY_RECEIPT: dict[State, frozenset[State]] = {
    State.SENDING: frozenset({State.ACCEPTED, State.DELIVERED, State.FAILED}),
    State.IN_DOUBT: frozenset({State.ACCEPTED, State.DELIVERED, State.FAILED}),
    State.ACCEPTED: frozenset({State.DELIVERED, State.FAILED}),
    State.FAILED: frozenset({State.DELIVERED}),
}


def can_follow(now: State, wanted: State) -> bool:
    """Whether `wanted` is one allowed step from `now`."""
    return wanted in NEXT[now]


def receipt_moves(now: State, told: State) -> bool:
    """Whether a receipt moves a delivery; an older or repeated one does not."""
    return told in BY_RECEIPT.get(now, frozenset())


class Lane(StrEnum):
    """A queue with workers of its own: what is urgent never waits behind what is not."""

    URGENT = "urgent"
    BULK = "bulk"


SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
_URGENT = frozenset({"Extreme", "Severe"})


def rank_of(severity: str) -> int:
    """Extreme 0 goes before Severe 1, and so on; a word that CAP does not know goes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES) - 1


def lane_of(severity: str) -> Lane:
    """Extreme and Severe are urgent."""
    return Lane.URGENT if severity in _URGENT else Lane.BULK


def is_held_back(severity: str) -> bool:
    """Whether quiet hours and frequency caps hold: for whatever is neither Extreme nor Severe."""
    return severity not in _URGENT


def again_when_in_doubt(severity: str, *, keyed: bool) -> bool:
    """Whether a message in doubt is sent again: with a key it cannot arrive twice; else better twice than never."""
    return keyed or severity in _URGENT


def quiet_until(
    now: datetime, zone: str, begins: time | None, ends: time | None
) -> datetime | None:
    """When a recipient's quiet hours end, if `now` lies in them; hours from 22:00 to 07:00 go over midnight.

    An unknown zone is UTC. The end is a moment in UTC, right across a change of the clocks.
    """
    if begins is None or ends is None or begins == ends:
        return None
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local = now.astimezone(UTC)
    clock = local.time().replace(tzinfo=None)
    over_midnight = begins > ends
    quiet = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
    if not quiet:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and clock >= begins else local.date()
    return datetime.combine(day, ends, tzinfo=local.tzinfo).astimezone(UTC)


_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_URGENT_PAUSE = timedelta(seconds=20)


def pause_after(attempts: int, lane: Lane, wanted: float | None = None) -> timedelta:
    """How long a chunk rests after so many attempts (from 1): doubling from 2 s, to 20 s if urgent, else 5 min.

    A provider that says for how long it wants to be left alone (in seconds) is heard, within the same bounds.
    """
    longest = _LONGEST_URGENT_PAUSE if lane is Lane.URGENT else _LONGEST_PAUSE
    doubled = _FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 12)
    asked = timedelta(seconds=max(wanted or 0.0, 0.0))
    return min(max(doubled, asked), longest)
