from __future__ import annotations

import pytest

from notification.domain import NEXT, SubscriptionStatus, can_follow, next_statuses


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_every_status_has_its_steps(status: SubscriptionStatus) -> None:
    assert set(next_statuses(status)) == NEXT[status]
    assert not can_follow(status, status)


def test_what_is_open_can_end_either_way() -> None:
    assert can_follow(SubscriptionStatus.OPEN, SubscriptionStatus.DONE)
    assert can_follow(SubscriptionStatus.OPEN, SubscriptionStatus.WITHDRAWN)


def test_what_was_withdrawn_stays_so() -> None:
    assert next_statuses(SubscriptionStatus.WITHDRAWN) == []
