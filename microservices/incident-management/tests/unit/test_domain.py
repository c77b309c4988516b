from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from incident_management.domain.command import INCIDENT_COMMANDER, POSITIONS, seat
from incident_management.domain.incidents import (
    Access,
    extent_of,
    incident_number,
    would_circle,
)
from incident_management.domain.kinds import KIND_KEYS, KINDS, kind_for_hazard
from incident_management.domain.periods import Span, in_the_way, next_number

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
hours = st.integers(0, 240)


def test_numbers_are_said_on_the_radio() -> None:
    assert incident_number(2026, 123, exercise=False) == "2026-000123"
    assert incident_number(2026, 123, exercise=True) == "EX-2026-000123"


def test_the_published_kinds_are_known_by_one_key_each() -> None:
    assert len(KIND_KEYS) == len(KINDS)


def test_a_hazard_of_an_unknown_kind_makes_another_incident() -> None:
    assert kind_for_hazard("earthquake") == "earthquake"
    assert kind_for_hazard("mine-collapse") == "mine_collapse"
    assert kind_for_hazard("sonic-boom") == "other"


def test_more_access_allows_less() -> None:
    assert Access.OWN.allows(Access.WORK)
    assert Access.WORK.allows(Access.READ)
    assert not Access.READ.allows(Access.WORK)
    assert not Access.WORK.allows(Access.OWN)


def test_one_safety_officer_but_a_commander_per_organization_and_many_specialists() -> None:
    one, other, here, there = uuid4(), uuid4(), uuid4(), uuid4()
    officer = POSITIONS["safety_officer"]
    assert seat(officer, one, here) == seat(officer, other, there)
    commander = POSITIONS[INCIDENT_COMMANDER]
    assert commander.unified
    assert seat(commander, one, here) == seat(commander, other, here)
    assert seat(commander, one, here) != seat(commander, other, there)
    specialist = POSITIONS["technical_specialist"]
    assert seat(specialist, one, here) != seat(specialist, other, here)


def test_the_extent_encloses_the_location_and_the_area() -> None:
    area = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 2]]]}
    assert extent_of({"type": "Point", "coordinates": [0.5, 5, 800]}, area) == ((3, 5), (0.5, 2))
    assert extent_of(None, None) is None


@given(st.lists(st.tuples(hours, hours), max_size=6))
def test_periods_that_are_accepted_never_overlap(wishes: list[tuple[int, int]]) -> None:
    periods: list[Span] = []
    for start, length in wishes:
        begins = MIDNIGHT + timedelta(hours=start)
        wanted = Span(next_number(periods), begins, begins + timedelta(hours=length + 1))
        if in_the_way(wanted, periods) is None:
            periods.append(wanted)
    assert [period.number for period in periods] == list(range(1, len(periods) + 1))
    for before, after in pairwise(periods):
        assert before.ends_at <= after.starts_at


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_links_that_are_accepted_never_make_a_circle(wishes: list[tuple[int, int]]) -> None:
    links: dict[UUID, frozenset[UUID]] = {}
    for start, target in ((UUID(int=one), UUID(int=other)) for one, other in wishes):
        if not would_circle(start, target, links):
            links[start] = links.get(start, frozenset()) | {target}
    for start, targets in links.items():
        seen: set[UUID] = set()
        waiting = list(targets)
        while waiting:
            here = waiting.pop()
            assert here != start
            if here not in seen:
                seen.add(here)
                waiting.extend(links.get(here, ()))
