from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_management.domain.received import (
    Effect,
    Message,
    ReceivedState,
    effect_of,
    state_after,
)
from alert_management.domain.threads import (
    Apart,
    Board,
    Candidate,
    Change,
    How,
    Link,
    Member,
    Seen,
    join,
    place,
    split,
    undo,
)

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SEEN = Seen(kinds=frozenset({"flood"}), starts=NOON, ends=NOON + timedelta(hours=6))


def number(value: int) -> UUID:
    return UUID(int=value)


@dataclass(frozen=True)
class Told:
    """An alert as its publisher told it: who, which, and what it refers to."""

    sender: str
    identifier: str
    refers_to: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        return self.sender, self.identifier


def arrive(messages: Sequence[Told], apart: Apart = frozenset()) -> dict[Told, UUID]:
    """Take alerts in, in this order, by references and identifiers alone; answers the thread of each."""
    threads: dict[Told, UUID] = {}
    ids = {message: number(1_000 + index) for index, message in enumerate(messages)}
    for index, message in enumerate(messages):
        links = [
            Link(ids[other], thread, how, "")
            for other, thread in threads.items()
            for how, tied in (
                (How.REFERENCE, other.name in message.refers_to or message.name in other.refers_to),
                (How.IDENTIFIER, other.name == message.name),
            )
            if tied
        ]
        placed = place(SEEN, links, [], apart)
        thread = placed.thread_id or number(index)
        threads = {k: thread if v in placed.merge else v for k, v in threads.items()}
        threads[message] = thread
    return threads


def together(threads: dict[Told, UUID]) -> set[frozenset[Told]]:
    return {frozenset(k for k, v in threads.items() if v == thread) for thread in threads.values()}


told = st.builds(
    Told,
    st.sampled_from(["nws", "fema"]),
    st.sampled_from("abcdef"),
    st.lists(
        st.tuples(st.sampled_from(["nws", "fema"]), st.sampled_from("abcdef")), max_size=2
    ).map(tuple),
)


@given(st.lists(told, min_size=1, max_size=12, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_for_references(
    messages: list[Told], any_order: Random
) -> None:
    shuffled = list(messages)
    any_order.shuffle(shuffled)
    assert together(arrive(messages)) == together(arrive(shuffled))


def test_an_update_that_refers_to_two_threads_makes_them_one_and_says_why() -> None:
    one = Link(number(1), number(11), How.REFERENCE, "It refers to A.")
    two = Link(number(2), number(12), How.REFERENCE, "It refers to B.")
    placed = place(SEEN, [two, one], [], frozenset())
    assert (placed.thread_id, placed.merge) == (number(11), (number(12),))
    assert (placed.how, placed.why, placed.anchor_id) == (
        How.REFERENCE,
        "It refers to A.",
        number(1),
    )


def test_what_a_person_took_apart_stays_apart_whatever_refers_to_both() -> None:
    one = Link(number(1), number(11), How.REFERENCE, "It refers to A.")
    two = Link(number(2), number(12), How.REFERENCE, "It refers to B.")
    placed = place(SEEN, [one, two], [], frozenset({frozenset({number(11), number(12)})}))
    assert (placed.thread_id, placed.merge) == (number(11), ())
    assert "keeps another thread" in placed.why


NEAR = Candidate(
    kinds=frozenset({"flood"}),
    starts=NOON + timedelta(hours=1),
    ends=NOON + timedelta(hours=5),
    alert_id=number(1),
    thread_id=number(11),
    sender="hydro@example.org",
    headline="River flood",
    area_of_smaller=0.83,
    area_of_both=0.4,
)


def test_the_same_kind_place_and_time_from_another_publisher_is_the_same_event_with_reasons() -> (
    None
):
    placed = place(SEEN, [], [NEAR], frozenset())
    assert (placed.thread_id, placed.how, placed.anchor_id) == (number(11), How.OVERLAP, number(1))
    assert placed.why == (
        "“River flood” of hydro@example.org is of the same kind (flood), shares 83% of the smaller area"
        " (by its outline; at least 50% is asked), 40% of both together (at least 10%), and 100% of the"
        " shorter time (at least 50%)."
    )
    assert placed.measures == {
        "area_of_smaller": 0.83,
        "area_of_both": 0.4,
        "time_of_shorter": 1.0,
    }


@pytest.mark.parametrize(
    "far",
    [
        replace(NEAR, kinds=frozenset({"wind"})),
        replace(NEAR, area_of_smaller=0.49),
        replace(NEAR, area_of_both=0.09),
        replace(NEAR, starts=NOON + timedelta(hours=5), ends=NOON + timedelta(hours=9)),
        replace(NEAR, starts=NOON - timedelta(days=9), ends=NOON - timedelta(days=8)),
    ],
)
def test_another_kind_place_or_time_is_another_event(far: Candidate) -> None:
    placed = place(SEEN, [], [far], frozenset())
    assert (placed.thread_id, placed.how) == (None, How.FIRST)


def test_the_likest_of_several_is_chosen_and_references_come_before_likeness() -> None:
    liker = replace(NEAR, alert_id=number(2), thread_id=number(12), area_of_smaller=0.9)
    assert place(SEEN, [], [NEAR, liker], frozenset()).thread_id == number(12)
    named = Link(number(3), number(13), How.IDENTIFIER, "It repeats an identifier.")
    assert place(SEEN, [named], [NEAR, liker], frozenset()).how is How.IDENTIFIER


alerts = st.integers(1, 8).map(number)
threads = st.integers(101, 104).map(number)
members = st.builds(Member, threads, st.sampled_from(How), st.just("because"), st.none() | alerts)
boards = st.builds(
    Board,
    st.dictionaries(alerts, members, min_size=2),
    st.frozensets(st.frozensets(threads, min_size=2, max_size=2), max_size=3),
)


@given(boards, st.data())
def test_splitting_and_then_undoing_it_is_the_identity(board: Board, data: st.DataObject) -> None:
    thread = data.draw(st.sampled_from(sorted({m.thread_id for m in board.members.values()})))
    mine = sorted(board.of(thread))
    if len(mine) < 2:
        with pytest.raises(ValueError, match="all of the thread"):
            split(board, mine, number(999), "")
        return
    taken = data.draw(
        st.lists(st.sampled_from(mine), min_size=1, max_size=len(mine) - 1, unique=True)
    )
    after, change = split(board, taken, number(999), "Two rivers")
    assert after.of(number(999)) == set(taken)
    assert frozenset({thread, number(999)}) in after.apart
    assert undo(after, change) == board


@given(boards, threads, st.lists(threads, min_size=1, max_size=3))
def test_joining_and_then_undoing_it_is_the_identity(
    board: Board, into: UUID, others: list[UUID]
) -> None:
    after, change = join(board, into, others)
    assert all(not after.of(other) for other in change.others)
    assert all(len(pair) == 2 for pair in after.apart)
    assert undo(after, change) == board


@given(boards, st.lists(st.tuples(threads, threads), min_size=1, max_size=4))
def test_a_row_of_changes_is_taken_back_from_the_last_to_the_first(
    board: Board, steps: list[tuple[UUID, UUID]]
) -> None:
    states = [board]
    changes: list[Change] = []
    for step, (one, other) in enumerate(steps):
        mine = sorted(states[-1].of(one))
        if one == other and len(mine) > 1:
            after, change = split(states[-1], mine[:1], number(900 + step), "")
        else:
            after, change = join(states[-1], one, [other])
        states.append(after)
        changes.append(change)
    for (before, after), change in zip(
        reversed(list(pairwise(states))), reversed(changes), strict=True
    ):
        assert undo(after, change) == before


def test_what_arrived_after_a_join_leaves_with_the_alert_because_of_which_it_came() -> None:
    board = Board({number(1): Member(number(11)), number(2): Member(number(12))})
    after, change = join(board, number(11), [number(12)])
    came = {
        number(3): Member(number(11), How.REFERENCE, "It refers to 2.", number(2)),
        number(4): Member(number(11), How.REFERENCE, "It refers to 3.", number(3)),
        number(5): Member(number(11), How.REFERENCE, "It refers to 1.", number(1)),
    }
    back = undo(Board({**after.members, **came}, after.apart), change)
    assert back.of(number(12)) == {number(2), number(3), number(4)}
    assert back.of(number(11)) == {number(1), number(5)}


def test_a_join_of_the_machine_that_a_person_takes_back_is_not_made_again() -> None:
    board = Board({number(1): Member(number(11)), number(2): Member(number(12))})
    after, change = join(board, number(11), [number(12)])
    back = undo(after, change, keep_apart=True)
    assert back.apart == {frozenset({number(11), number(12)})}


WARNING = Message(sender="nws", sent=NOON, msg_type="Alert", signature="none")
LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("message", "effect", "why"),
    [
        (Message(sender="nws", sent=LATER, msg_type="Update", signature="none"), "updated", None),
        (Message(sender="nws", sent=LATER, msg_type="Cancel", signature="none"), "cancelled", None),
        (Message(sender="nws", sent=LATER, msg_type="Ack", signature="none"), "none", None),
        (
            Message(sender="evil", sent=LATER, msg_type="Cancel", signature="none"),
            "none",
            "by evil",
        ),
        (
            Message(sender="nws", sent=LATER, msg_type="Cancel", signature="broken"),
            "none",
            "broken",
        ),
        (
            Message(
                sender="nws", sent=NOON - timedelta(hours=1), msg_type="Cancel", signature="none"
            ),
            "none",
            "before",
        ),
    ],
)
def test_who_may_take_an_alert_back(message: Message, effect: str, why: str | None) -> None:
    outcome = effect_of(message, WARNING)
    assert outcome.effect == effect
    assert (outcome.why is None) if why is None else (why in (outcome.why or ""))


def test_nothing_unsigned_takes_back_what_was_verified() -> None:
    verified = replace(WARNING, signature="verified")
    cancel = Message(sender="nws", sent=LATER, msg_type="Cancel", signature="unverified")
    assert effect_of(cancel, verified).effect is Effect.NONE
    assert effect_of(replace(cancel, signature="verified"), verified).effect is Effect.CANCELLED


@given(st.permutations([Effect.UPDATED, Effect.CANCELLED, Effect.NONE]))
def test_the_state_does_not_depend_on_which_effect_came_first(effects: list[Effect]) -> None:
    assert state_after("Alert", effects) is ReceivedState.CANCELLED
    assert state_after("Cancel", effects) is ReceivedState.NOTICE
