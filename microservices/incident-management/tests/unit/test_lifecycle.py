from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_management.domain.lifecycle import (
    INCIDENT_LIFE,
    OBJECTIVE_LIFE,
    TASK_LIFE,
    IncidentStatus,
    Life,
    ObjectiveStatus,
    Status,
    TaskStatus,
    can_follow,
    next_statuses,
    what_instead,
)

incident_statuses = st.sampled_from(IncidentStatus)


def reachable(life: Life[Status], start: Status) -> set[Status]:
    seen: set[Status] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(life[here])
    return seen


def test_every_status_has_its_row() -> None:
    assert set(INCIDENT_LIFE) == set(IncidentStatus)
    assert set(OBJECTIVE_LIFE) == set(ObjectiveStatus)
    assert set(TASK_LIFE) == set(TaskStatus)


@given(incident_statuses)
def test_every_incident_can_be_closed(status: IncidentStatus) -> None:
    assert IncidentStatus.CLOSED in reachable(INCIDENT_LIFE, status)


@given(incident_statuses)
def test_nothing_leads_out_of_closed(status: IncidentStatus) -> None:
    assert not can_follow(INCIDENT_LIFE, IncidentStatus.CLOSED, status)


@given(st.lists(incident_statuses, max_size=12))
def test_an_incident_that_was_active_closes_only_by_demobilizing(
    wishes: list[IncidentStatus],
) -> None:
    life = [IncidentStatus.REPORTED]
    for wish in wishes:
        if can_follow(INCIDENT_LIFE, life[-1], wish):
            life.append(wish)
    if life[-1] is IncidentStatus.CLOSED and IncidentStatus.ACTIVE in life:
        assert life[-2] is IncidentStatus.DEMOBILIZING


@given(incident_statuses, incident_statuses)
def test_the_steps_shown_are_the_steps_allowed(now: IncidentStatus, wanted: IncidentStatus) -> None:
    assert (wanted in next_statuses(INCIDENT_LIFE, now)) == can_follow(INCIDENT_LIFE, now, wanted)


@given(st.sampled_from(TaskStatus), st.sampled_from(TaskStatus))
def test_a_task_can_get_from_anywhere_to_anywhere(start: TaskStatus, end: TaskStatus) -> None:
    assert end in reachable(TASK_LIFE, start)


@given(st.sampled_from(ObjectiveStatus), st.sampled_from(ObjectiveStatus))
def test_an_objective_can_get_from_anywhere_to_anywhere(
    start: ObjectiveStatus, end: ObjectiveStatus
) -> None:
    assert end in reachable(OBJECTIVE_LIFE, start)


@pytest.mark.parametrize(
    ("now", "advice"),
    [
        (IncidentStatus.REPORTED, "From here it can become active or closed."),
        (IncidentStatus.ACTIVE, "From here it can become demobilizing."),
        (
            IncidentStatus.CLOSED,
            "A closed incident stays closed: declare a new one and link it to this one as related.",
        ),
    ],
)
def test_a_refusal_says_what_to_do_instead(now: IncidentStatus, advice: str) -> None:
    assert what_instead(INCIDENT_LIFE, now) == advice
