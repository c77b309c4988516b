from __future__ import annotations

import pytest

from alert_management.domain.life import (
    NEXT,
    OPEN,
    PUBLIC,
    AlertStatus,
    can_follow,
    next_statuses,
    what_instead,
)


@pytest.mark.parametrize("status", AlertStatus)
def test_every_status_has_its_steps_and_a_word_for_whoever_is_refused(status: AlertStatus) -> None:
    assert set(next_statuses(status)) == NEXT[status]
    assert not can_follow(status, status)
    assert what_instead(status).endswith(".")


def test_nothing_reaches_the_public_but_by_approval() -> None:
    before = {status for status in AlertStatus if AlertStatus.PUBLISHED in NEXT[status]}
    assert before == {AlertStatus.APPROVED}
    before = {status for status in AlertStatus if AlertStatus.APPROVED in NEXT[status]}
    assert before == {AlertStatus.IN_REVIEW}


@pytest.mark.parametrize("status", sorted(PUBLIC))
def test_what_the_public_has_seen_is_never_open_again(status: AlertStatus) -> None:
    assert not NEXT[status] & (OPEN | {AlertStatus.REJECTED})
