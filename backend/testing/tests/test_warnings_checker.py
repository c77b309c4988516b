"""The checker of warnings finds each kind of broken promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from muster_testing.faults.history import Outcome
from muster_testing.faults.warnings import Asked, Effect, Recorded, Seen, check, twice

THREAD, FIRST, SECOND, MINOR = (UUID(int=number) for number in (1, 1, 2, 3))
BEGAN = datetime(2026, 7, 1, tzinfo=UTC)


def _kept() -> tuple[list[Asked], Seen]:
    """An Alert, the Update that overtook it for one recipient, and a Minor one in doubt; every promise kept."""
    hour = BEGAN + timedelta(hours=1)
    both = frozenset({"+1", "a@x"})
    asked = [
        Asked(FIRST, THREAD, 1, "Alert", "Extreme", hour, both, Outcome.OK),
        Asked(SECOND, THREAD, 2, "Update", "Extreme", hour, both, Outcome.OK),
        Asked(MINOR, MINOR, 1, "Alert", "Minor", hour, frozenset({"a@x"}), Outcome.OK),
        Asked(UUID(int=9), UUID(int=9), 1, "Alert", "Minor", hour, both, Outcome.UNKNOWN),
    ]
    at = BEGAN.timestamp()
    effects = [
        Effect(at + 1, "twilio", "+1", asked[0].word),
        Effect(at + 2, "twilio", "+1", asked[1].word),
        Effect(at + 2, "smtp", "a@x", asked[1].word),
        Effect(at + 3, "smtp", "a@x", asked[1].word),
    ]
    recorded = [
        Recorded(FIRST, "+1", "accepted"),
        Recorded(FIRST, "a@x", "superseded"),
        Recorded(SECOND, "+1", "delivered"),
        Recorded(SECOND, "a@x", "accepted"),
        Recorded(MINOR, "a@x", "in_doubt"),
    ]
    return asked, Seen(effects, recorded, frozenset({"twilio"}))


def _nowhere(_asked: list[Asked], seen: Seen) -> None:
    seen.recorded = seen.recorded[1:]


def _stuck(_asked: list[Asked], seen: Seen) -> None:
    seen.recorded = [replace(seen.recorded[0], state="sending"), *seen.recorded[1:]]


def _early(_asked: list[Asked], seen: Seen) -> None:
    seen.effects = seen.effects[1:]


def _superseded(_asked: list[Asked], seen: Seen) -> None:
    seen.recorded = [*seen.recorded[:4], Recorded(MINOR, "a@x", "superseded")]


def _elsewhere(_asked: list[Asked], seen: Seen) -> None:
    seen.effects = [*seen.effects, replace(seen.effects[0], to="+2")]


def _invented(_asked: list[Asked], seen: Seen) -> None:
    seen.effects = [*seen.effects, replace(seen.effects[0], word="?#1")]


def _refused(asked: list[Asked], _seen: Seen) -> None:
    asked[1].outcome = Outcome.FAIL


def _late(asked: list[Asked], seen: Seen) -> None:
    at = asked[1].expires.timestamp() + 1
    seen.effects = [*seen.effects[:3], replace(seen.effects[3], at=at)]


def _overtaken(_asked: list[Asked], seen: Seen) -> None:
    seen.effects = [replace(seen.effects[0], at=seen.effects[1].at + 1), *seen.effects[1:]]


def _twice_with_key(_asked: list[Asked], seen: Seen) -> None:
    seen.effects = [*seen.effects, seen.effects[1]]


def _minor_twice(asked: list[Asked], seen: Seen) -> None:
    effect = Effect(BEGAN.timestamp(), "smtp", "a@x", asked[2].word)
    seen.effects = [*seen.effects, effect, effect]


def _unfinished(_asked: list[Asked], seen: Seen) -> None:
    seen.unfinished = 1


def _letters(_asked: list[Asked], seen: Seen) -> None:
    seen.dead_letters = ["notification.take_in_alert"]


def test_kept_promises_are_no_findings() -> None:
    asked, seen = _kept()
    assert check(asked, seen) == []
    assert twice(seen) == 1


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (_nowhere, "was acknowledged and is nowhere"),
        (_stuck, "is still sending"),
        (_early, "and no provider ever got it"),
        (_superseded, "was superseded by nothing"),
        (_elsewhere, "is not in its area"),
        (_invented, "which nobody asked for"),
        (_refused, "which was refused"),
        (_late, "after it expired"),
        (_overtaken, "after number 2 of its thread"),
        (_twice_with_key, "which knows our keys"),
        (_minor_twice, "though nobody's life hangs on it"),
        (_unfinished, "never came to an end"),
        (_letters, "dead letters"),
    ],
)
def test_each_broken_promise_is_found(
    breaks: Callable[[list[Asked], Seen], None], said: str
) -> None:
    asked, seen = _kept()
    breaks(asked, seen)
    assert any(said in finding for finding in check(asked, seen))
