from __future__ import annotations

import pytest

from search.domain import NEXT, WatchStatus, can_follow, next_statuses


@pytest.mark.parametrize("status", WatchStatus)
def test_every_status_has_its_steps(status: WatchStatus) -> None:
    assert set(next_statuses(status)) == NEXT[status]
    assert not can_follow(status, status)


def test_what_is_open_can_end_either_way() -> None:
    assert can_follow(WatchStatus.OPEN, WatchStatus.DONE)
    assert can_follow(WatchStatus.OPEN, WatchStatus.WITHDRAWN)


def test_what_was_withdrawn_stays_so() -> None:
    assert next_statuses(WatchStatus.WITHDRAWN) == []
