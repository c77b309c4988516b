"""One event, one thread: which alerts of which publishers speak of the same, and why we think so.

References come first, then identifier and sender, then event, area and time together. What a person decided is never
overruled: threads that a person took apart stay apart, whatever arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class How(StrEnum):
    """By what an alert came into its thread."""

    FIRST = "first"
    REFERENCE = "reference"
    IDENTIFIER = "identifier"
    OVERLAP = "overlap"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How much two publishers' alerts of the same kind must share to be taken for one event; shares from 0 to 1."""

    area_of_smaller: float = 0.5
    area_of_both: float = 0.1
    """So that a warning for a whole country does not swallow every local one."""
    time_of_shorter: float = 0.5
    shortest: timedelta = timedelta(hours=1)
    """What is shorter counts as this long."""


THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Link:
    """A known alert that is tied to the new one by words of their publishers."""

    alert_id: UUID
    thread_id: UUID
    how: How
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What comparison looks at."""

    kinds: frozenset[str]
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Seen):
    """A known alert of another publisher near the new one. Areas are shared by outline or, without, by codes."""

    alert_id: UUID
    thread_id: UUID
    sender: str
    headline: str
    area_of_smaller: float
    area_of_both: float
    by_codes: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new alert belongs. `thread_id` None: a thread of its own. `merge` become one with it."""

    thread_id: UUID | None
    how: How
    why: str
    anchor_id: UUID | None = None
    measures: dict[str, float] = field(default_factory=dict[str, float])
    merge: tuple[UUID, ...] = ()


Apart = frozenset[frozenset[UUID]]
"""Pairs of threads that a person keeps apart."""


def place(
    seen: Seen,
    links: Sequence[Link],
    candidates: Sequence[Candidate],
    apart: Apart,
    thresholds: Thresholds = THRESHOLDS,
) -> Placement:
    """Find the thread of a new alert.

    With several linked threads they become one, the oldest (whose id is the least) staying, unless a person keeps them
    apart.
    """
    for how in (How.REFERENCE, How.IDENTIFIER):
        mine = sorted(
            (link for link in links if link.how is how),
            key=lambda one: (one.thread_id, one.alert_id),
        )
        if mine:
            return _linked(mine[0], links, apart)
    matches = [
        (score, candidate)
        for candidate in candidates
        if (score := likeness(seen, candidate, thresholds)) is not None
    ]
    if not matches:
        return Placement(None, How.FIRST, "Nothing known is tied to it or like it.")
    measures, best = max(
        matches,
        key=lambda one: (one[0]["area_of_smaller"] * one[0]["time_of_shorter"], one[1].alert_id),
    )
    return Placement(
        best.thread_id,
        How.OVERLAP,
        _likeness_in_words(seen, best, measures, thresholds),
        best.alert_id,
        measures,
    )


def _linked(first: Link, links: Sequence[Link], apart: Apart) -> Placement:
    together = {first.thread_id}
    kept_apart: list[str] = []
    for other in sorted({link.thread_id for link in links} - together):
        if any(frozenset({other, one}) in apart for one in together):
            kept_apart.append(" A person keeps another thread that is tied to it apart.")
        else:
            together.add(other)
    into = min(together)
    merge = tuple(sorted(together - {into}))
    why = first.why + "".join(dict.fromkeys(kept_apart))
    return Placement(into, first.how, why, first.alert_id, merge=merge)


def likeness(
    seen: Seen, other: Candidate, thresholds: Thresholds = THRESHOLDS
) -> dict[str, float] | None:
    """How much two alerts share, None where it is too little to be the same event."""
    if not seen.kinds & other.kinds:
        return None
    time = time_shared(seen, other, thresholds)
    if (
        other.area_of_smaller < thresholds.area_of_smaller
        or other.area_of_both < thresholds.area_of_both
        or time < thresholds.time_of_shorter
    ):
        return None
    return {
        "area_of_smaller": round(other.area_of_smaller, 4),
        "area_of_both": round(other.area_of_both, 4),
        "time_of_shorter": round(time, 4),
    }


def time_shared(one: Seen, other: Seen, thresholds: Thresholds = THRESHOLDS) -> float:
    """The part of the shorter one's time in which both hold."""
    one_ends = max(one.ends, one.starts + thresholds.shortest)
    other_ends = max(other.ends, other.starts + thresholds.shortest)
    shared = min(one_ends, other_ends) - max(one.starts, other.starts)
    shorter = min(one_ends - one.starts, other_ends - other.starts)
    return max(0.0, shared / shorter)


def _likeness_in_words(
    seen: Seen, other: Candidate, measures: Mapping[str, float], thresholds: Thresholds
) -> str:
    kind = min(seen.kinds & other.kinds, key=lambda one: (one.startswith("code "), one))
    return (
        f"“{other.headline}” of {other.sender} is of the same kind ({kind}), shares"
        f" {measures['area_of_smaller']:.0%} of the smaller area"
        f" ({'by its codes' if other.by_codes else 'by its outline'};"
        f" at least {thresholds.area_of_smaller:.0%} is asked),"
        f" {measures['area_of_both']:.0%} of both together (at least {thresholds.area_of_both:.0%}),"
        f" and {measures['time_of_shorter']:.0%} of the shorter time"
        f" (at least {thresholds.time_of_shorter:.0%})."
    )


@dataclass(frozen=True, slots=True)
class Member:
    """An alert's place: its thread, how it came there, and because of which alert."""

    thread_id: UUID
    how: How = How.FIRST
    why: str = ""
    anchor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The threads that a change is about: the place of each alert in them, and what is kept apart."""

    members: Mapping[UUID, Member]
    apart: Apart = frozenset()

    def of(self, thread_id: UUID) -> set[UUID]:
        """The alerts of a thread."""
        return {alert for alert, member in self.members.items() if member.thread_id == thread_id}


class Kind(StrEnum):
    """What was done to threads."""

    SPLIT = "split"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class Change:
    """One split or join, with all that is needed to take it back.

    `before` holds the place of each alert that moved; `added` and `removed` are the pairs kept apart.
    """

    kind: Kind
    thread_id: UUID
    """Where a split took from; where a join brought to."""
    others: tuple[UUID, ...]
    """The thread that a split made; those that a join brought."""
    before: Mapping[UUID, Member]
    added: Apart
    removed: Apart
    stayed: frozenset[UUID] = frozenset()
    """Those that were in the thread already when others were brought to it."""


def split(board: Board, alerts: Iterable[UUID], new: UUID, why: str) -> tuple[Board, Change]:
    """Take alerts out of their one thread into a new one; the two stay apart.

    Raises:
        ValueError: none, all, or alerts of more than one thread.
    """
    taken = set(alerts)
    threads = {board.members[alert].thread_id for alert in taken}
    if len(threads) != 1:
        raise ValueError("They must be alerts of one thread.")
    (old,) = threads
    if taken == board.of(old):
        raise ValueError("That is all of the thread; at least one must stay.")
    before = {alert: board.members[alert] for alert in taken}
    moved = {alert: _split_off(member, taken, new, why) for alert, member in before.items()}
    inherited = {(pair - {old}) | {new} for pair in board.apart if old in pair}
    added = frozenset({frozenset({old, new}), *inherited}) - board.apart
    change = Change(Kind.SPLIT, old, (new,), before, added, frozenset())
    return Board({**board.members, **moved}, board.apart | added), change


def _split_off(member: Member, taken: set[UUID], new: UUID, why: str) -> Member:
    if member.anchor_id in taken and member.how is not How.FIRST:
        return Member(new, member.how, member.why, member.anchor_id)
    return Member(new, How.PERSON, why)


def join(board: Board, into: UUID, others: Iterable[UUID]) -> tuple[Board, Change]:
    """Make other threads part of one; what was kept apart from them is kept apart from it."""
    brought = tuple(sorted(set(others) - {into}))
    before = {
        alert: member for alert, member in board.members.items() if member.thread_id in brought
    }
    moved = {
        alert: Member(into, member.how, member.why, member.anchor_id)
        for alert, member in before.items()
    }
    together = {into, *brought}
    removed = frozenset(pair for pair in board.apart if pair & set(brought))
    repointed = {
        frozenset(into if thread in together else thread for thread in pair) for pair in removed
    }
    added = frozenset(pair for pair in repointed if len(pair) == 2) - board.apart
    inside = frozenset(pair for pair in board.apart if pair <= together)
    stayed = frozenset(board.of(into))
    change = Change(Kind.JOIN, into, brought, before, added, removed | inside, stayed)
    apart = (board.apart - removed - inside) | added
    return Board({**board.members, **moved}, apart), change


def undo(board: Board, change: Change, *, keep_apart: bool = False) -> Board:
    """Take a change back. What arrived since follows the alert because of which it was placed.

    `keep_apart`: the machine joined them and a person takes it back, which is a decision to be kept.
    """
    members = dict(board.members)
    if change.kind is Kind.SPLIT:
        (new,) = change.others
        for alert in board.of(new):
            member = members[alert]
            members[alert] = change.before.get(
                alert, Member(change.thread_id, member.how, member.why, member.anchor_id)
            )
    else:
        members.update(change.before)
        _follow(members, change)
    apart = (board.apart - change.added) | change.removed
    if keep_apart:
        apart |= {frozenset({change.thread_id, other}) for other in change.others}
    return Board(members, apart)


def _follow(members: dict[UUID, Member], change: Change) -> None:
    """Alerts that came into the joined thread because of one that now leaves it leave with it."""
    moved = {alert: member.thread_id for alert, member in change.before.items()}
    again = True
    while again:
        again = False
        for alert, member in members.items():
            goes = moved.get(member.anchor_id) if member.anchor_id else None
            since = alert not in moved and alert not in change.stayed
            if goes and since and member.thread_id == change.thread_id:
                moved[alert] = goes
                members[alert] = Member(goes, member.how, member.why, member.anchor_id)
                again = True
