from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification.domain.delivery import (
    BY_RECEIPT,
    NEXT,
    OPEN,
    Lane,
    State,
    again_when_in_doubt,
    can_follow,
    is_held_back,
    lane_of,
    pause_after,
    quiet_until,
    rank_of,
    receipt_moves,
)


@pytest.mark.parametrize("state", State)
def test_every_delivery_can_come_to_an_end(state: State) -> None:
    reached, ahead = {state}, [state]
    while ahead:
        for step in NEXT[ahead.pop()] - reached:
            reached.add(step)
            ahead.append(step)
    assert reached - OPEN


@given(st.lists(st.sampled_from(State)), st.sampled_from(State))
def test_receipts_in_any_order_and_number_never_take_anything_back(
    told: list[State], start: State
) -> None:
    order = [State.SENDING, State.IN_DOUBT, State.ACCEPTED, State.FAILED, State.DELIVERED]
    state = start
    for one in told:
        if receipt_moves(state, one):
            assert order.index(one) > order.index(state)
            assert can_follow(state, one)
            state = one
    if start in BY_RECEIPT and State.DELIVERED in told:
        assert state is State.DELIVERED


def test_what_was_overtaken_or_came_too_late_is_never_sent() -> None:
    for ended in (State.EXPIRED, State.SUPERSEDED, State.SUPPRESSED, State.DELIVERED):
        assert NEXT[ended] == frozenset()


def test_extreme_and_severe_go_first_and_are_never_held_back() -> None:
    assert [rank_of(one) for one in ("Extreme", "Severe", "Moderate", "Minor", "Unknown", "?")] == [
        0, 1, 2, 3, 4, 4,
    ]  # fmt: skip
    assert [lane_of(one) for one in ("Extreme", "Severe", "Moderate")] == [
        Lane.URGENT,
        Lane.URGENT,
        Lane.BULK,
    ]
    assert not is_held_back("Extreme")
    assert not is_held_back("Severe")
    assert is_held_back("Minor")
    assert is_held_back("Unknown")


def test_what_is_in_doubt_is_sent_again_if_it_matters_or_cannot_arrive_twice() -> None:
    assert again_when_in_doubt("Extreme", keyed=False)
    assert again_when_in_doubt("Minor", keyed=True)
    assert not again_when_in_doubt("Minor", keyed=False)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-07-01T05:30Z", "2026-07-01T14:00Z"),  # 22:30 in Los Angeles
        ("2026-07-01T13:59Z", "2026-07-01T14:00Z"),  # 06:59
        ("2026-07-01T14:00Z", None),  # 07:00
        ("2026-07-01T20:00Z", None),
        ("2026-11-01T06:00Z", "2026-11-01T15:00Z"),  # the clocks go back in the night
    ],
)
def test_quiet_hours_go_over_midnight_in_the_recipients_zone(now: str, until: str | None) -> None:
    found = quiet_until(datetime.fromisoformat(now), "America/Los_Angeles", time(22), time(7))
    assert found == (datetime.fromisoformat(until) if until else None)


def test_quiet_hours_of_the_day_and_none_at_all() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert quiet_until(noon, "UTC", time(11), time(13)) == noon + timedelta(hours=1)
    assert quiet_until(noon, "No/Where", time(11), time(13)) == noon + timedelta(hours=1)
    assert quiet_until(noon, "UTC", time(13), time(14)) is None
    assert quiet_until(noon, "UTC", None, time(14)) is None
    assert quiet_until(noon, "UTC", time(12), time(12)) is None


def test_pauses_double_and_end_early_for_what_is_urgent() -> None:
    assert [pause_after(n, Lane.BULK).total_seconds() for n in (1, 2, 3, 9, 99)] == [
        2, 4, 8, 300, 300,
    ]  # fmt: skip
    assert pause_after(9, Lane.URGENT) == timedelta(seconds=20)
    assert pause_after(1, Lane.BULK, 30) == timedelta(seconds=30)
    assert pause_after(1, Lane.URGENT, 3600) == timedelta(seconds=20)
