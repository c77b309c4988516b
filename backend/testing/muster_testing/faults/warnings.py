"""What was asked for, what the providers got and what the records say: the checker of warnings under faults.

It believes the providers' own records, not ours. Everything is told as a sentence; none if every promise was kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from muster_testing.faults.history import Outcome

SLACK_SECONDS = 0.5
"""Between the last look at the clock and the provider's own, on one machine."""
_MOST = 20
_ENDS = frozenset(
    {"accepted", "delivered", "failed", "in_doubt", "expired", "superseded", "suppressed"}
)


@dataclass(slots=True)
class Asked:
    """A message that was published: its word stands in every text that is sent for it."""

    alert_id: UUID
    thread_id: UUID
    number: int
    msg_type: str
    severity: str
    expires: datetime
    recipients: frozenset[str]
    outcome: Outcome = Outcome.UNKNOWN

    @property
    def word(self) -> str:
        """`thread#number`."""
        return f"{self.thread_id}#{self.number}"

    @property
    def urgent(self) -> bool:
        """Whether it may arrive twice rather than never."""
        return self.severity in {"Extreme", "Severe"}


@dataclass(frozen=True, slots=True)
class Effect:
    """Somebody received a message: Unix time, by whom, to whom, with which word."""

    at: float
    provider: str
    to: str
    word: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A delivery as our own records have it."""

    alert_id: UUID
    to: str
    state: str


@dataclass(slots=True)
class Seen:
    """Everything after it has come to rest."""

    effects: Sequence[Effect]
    recorded: Sequence[Recorded]
    keyed: frozenset[str] = frozenset()
    """Providers at which the same key has one effect."""
    unfinished: int = 0
    dead_letters: Sequence[str] = field(default_factory=list[str])


def check(asked: Sequence[Asked], seen: Seen) -> list[str]:
    """Every broken promise as a sentence."""
    found = [
        *_none_missing(asked, seen),
        *_nobody_else(asked, seen),
        *_none_late(asked, seen),
        *_in_order(seen),
        *_twice_only_without_key(asked, seen),
    ]
    if seen.unfinished:
        found.append(f"{seen.unfinished} broadcasts never came to an end")
    if seen.dead_letters:
        found.append(f"{len(seen.dead_letters)} dead letters: {seen.dead_letters[0]}")
    return found[:_MOST]


def _none_missing(asked: Sequence[Asked], seen: Seen) -> Iterable[str]:
    """Acknowledged means: every recipient is at an end that is true."""
    states = {(one.alert_id, one.to): one.state for one in seen.recorded}
    received = {(one.to, one.word) for one in seen.effects}
    last: dict[UUID, int] = defaultdict(int)
    for one in asked:
        if one.outcome is not Outcome.FAIL:
            last[one.thread_id] = max(last[one.thread_id], one.number)
    for one in asked:
        if one.outcome is not Outcome.OK:
            continue
        for to in sorted(one.recipients):
            what = f"{one.msg_type} {one.word} to {to}"
            state = states.get((one.alert_id, to))
            if state is None:
                # A Cancel goes to those only who may have heard of what it cancels.
                if one.msg_type != "Cancel":
                    yield f"{what} was acknowledged and is nowhere"
                continue
            if state not in _ENDS:
                yield f"{what} is still {state}"
            elif state in {"accepted", "delivered"} and (to, one.word) not in received:
                yield f"{what} is told as {state} and no provider ever got it"
            elif state == "superseded" and last[one.thread_id] <= one.number:
                yield f"{what} was superseded by nothing"
            elif state == "failed":
                yield f"{what} failed, though every provider takes everything"
            elif state == "suppressed" and one.msg_type != "Cancel":
                yield f"{what} was suppressed by nothing"


def _nobody_else(asked: Sequence[Asked], seen: Seen) -> Iterable[str]:
    by_word = {one.word: one for one in asked}
    for effect in seen.effects:
        one = by_word.get(effect.word)
        if one is None:
            yield f"{effect.to} was sent {effect.word!r}, which nobody asked for"
        elif one.outcome is Outcome.FAIL:
            yield f"{effect.to} was sent {effect.word}, which was refused"
        elif effect.to not in one.recipients:
            yield f"{effect.to} was sent {effect.word}, and is not in its area"


def _none_late(asked: Sequence[Asked], seen: Seen) -> Iterable[str]:
    expires = {one.word: one.expires.timestamp() for one in asked}
    for effect in seen.effects:
        late = effect.at - expires.get(effect.word, effect.at)
        if late > SLACK_SECONDS:
            yield f"{effect.to} was sent {effect.word} {late:.2f} s after it expired"


def _in_order(seen: Seen) -> Iterable[str]:
    """To one recipient the messages of a thread go in their order."""
    newest: dict[tuple[str, str], int] = {}
    for effect in sorted(seen.effects, key=lambda one: one.at):
        thread, _, number = effect.word.rpartition("#")
        before = newest.get((effect.to, thread), 0)
        if int(number or 0) < before:
            yield f"{effect.to} was sent {effect.word} after number {before} of its thread"
        newest[effect.to, thread] = max(before, int(number or 0))


def _twice_only_without_key(asked: Sequence[Asked], seen: Seen) -> Iterable[str]:
    urgent = {one.word for one in asked if one.urgent}
    times = Counter((one.provider, one.to, one.word) for one in seen.effects)
    for (provider, to, word), count in times.items():
        if count > 1 and provider in seen.keyed:
            yield f"{to} was sent {word} {count} times by {provider}, which knows our keys"
        elif count > 1 and word not in urgent:
            yield f"{to} was sent {word} {count} times by {provider}, though nobody's life hangs on it"


def twice(seen: Seen) -> int:
    """How many messages arrived more than once, as they may at a provider without keys."""
    times = Counter((one.provider, one.to, one.word) for one in seen.effects)
    return sum(1 for count in times.values() if count > 1)
