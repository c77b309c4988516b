from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster_core.polling import (
    FAILURES_TO_OPEN,
    LONGEST_BACK_OFF,
    Breaker,
    FeedState,
    after_failure,
    after_success,
    freshness,
    on_attempt,
)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (None, FeedState.UNKNOWN),
        (0, FeedState.FRESH),
        (180, FeedState.FRESH),
        (181, FeedState.LATE),
        (900, FeedState.LATE),
        (901, FeedState.STALE),
    ],
)
def test_a_feed_asked_each_minute_ages_visibly(age: float | None, expected: FeedState) -> None:
    assert freshness(age, 60) is expected


chances = st.floats(0, 1, exclude_max=True)


@given(failures=st.integers(1, 10_000), poll=st.floats(1, 3600), chance=chances)
def test_a_failing_feed_is_asked_again_soon_enough(
    failures: int, poll: float, chance: float
) -> None:
    attempt = after_failure(failures, poll, chance)
    assert 0.75 * poll <= attempt.delay <= max(LONGEST_BACK_OFF, poll)
    assert (attempt.breaker is Breaker.OPEN) is (failures >= FAILURES_TO_OPEN)


@given(poll=st.floats(1, 3600), chance=chances)
def test_a_healthy_feed_is_asked_at_its_interval_give_or_take_a_tenth(
    poll: float, chance: float
) -> None:
    assert 0.9 * poll - 1e-6 <= after_success(poll, chance).delay <= 1.1 * poll + 1e-6


def test_retry_after_is_honoured_but_not_for_hours() -> None:
    assert after_failure(1, 60, 0.5, retry_after=120).delay == 120
    assert after_failure(1, 60, 0.5, retry_after=86_400).delay == LONGEST_BACK_OFF


def test_an_open_breaker_lets_one_trial_through() -> None:
    assert on_attempt(Breaker.OPEN) is Breaker.HALF_OPEN
    assert on_attempt(Breaker.CLOSED) is Breaker.CLOSED
