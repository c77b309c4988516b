"""The chain, without a database: whatever single thing is changed in it, a walk finds it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from activity_log.domain.chain import PLATFORM, Entry, Link, Walk, canonical
from activity_log.service.journal import link

ORGANIZATIONS = [PLATFORM, uuid4(), uuid4()]
FIELDS = [
    name for name in Entry.__slots__ if name not in {"position", "sequence", "organization_id"}
]
_times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive here
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_values: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids(),
    "time": _times,
    "recorded_at": _times,
    "incident_id": st.none() | st.uuids(),
    "person_id": st.none() | st.uuids(),
    "actor_id": st.none() | st.uuids(),
    "actor_name": st.none() | _text,
    "actor_kind": st.none() | _text,
    "exercise": st.booleans(),
    "previous_hash": st.binary(min_size=32, max_size=32),
    "hash": st.binary(min_size=32, max_size=32),
}


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """A journal of up to eight entries in up to three chains."""
    count = draw(st.integers(1, 8))
    entries = [
        Entry(
            organization_id=draw(st.sampled_from(ORGANIZATIONS)),
            **{
                name: draw(_values.get(name, _text))
                for name in FIELDS
                if name not in {"hash", "previous_hash"}
            },
        )
        for _ in range(count)
    ]
    link(entries, 0, {})
    return entries


def heads(entries: list[Entry]) -> dict[UUID, Link]:
    return {entry.organization_id: Link(entry.sequence, entry.hash) for entry in entries}


def walked(entries: list[Entry], ends: dict[UUID, Link]) -> Any:
    walk = Walk()
    return walk.check(entries) or walk.finish(ends)


@given(journals())
def test_a_journal_as_written_is_good(entries: list[Entry]) -> None:
    assert walked(entries, heads(entries)) is None


@given(st.data(), journals())
def test_any_single_field_changed_is_found_and_the_entry_named(
    data: st.DataObject, entries: list[Entry]
) -> None:
    ends = heads(entries)
    chosen = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(FIELDS))
    was = getattr(entries[chosen], name)
    value = data.draw(_values.get(name, _text).filter(lambda new: new != was))
    setattr(entries[chosen], name, value)

    problem = walked(entries, ends)

    assert problem is not None
    assert (problem.organization_id, problem.sequence) == (
        entries[chosen].organization_id,
        entries[chosen].sequence,
    )


@given(st.data(), journals())
def test_any_entry_left_out_is_found(data: st.DataObject, entries: list[Entry]) -> None:
    ends = heads(entries)
    chosen = entries.pop(data.draw(st.integers(0, len(entries) - 1)))

    problem = walked(entries, ends)

    assert problem is not None
    assert (problem.organization_id, problem.sequence) == (chosen.organization_id, chosen.sequence)


@given(st.data(), journals())
def test_any_two_entries_swapped_are_found(data: st.DataObject, entries: list[Entry]) -> None:
    ends = heads(entries)
    one = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.integers(0, len(entries) - 1))
    changed = copy.deepcopy(entries)
    changed[one], changed[other] = changed[other], changed[one]
    for place, entry in enumerate(changed, 1):
        entry.position = place

    assert (walked(changed, ends) is None) == (one == other)


def test_the_canonical_form_is_what_the_readme_says() -> None:
    moment = datetime(2019, 7, 6, 3, 19, 53, 40_000, tzinfo=UTC)
    entry = Entry(
        organization_id=PLATFORM,
        id=UUID(int=1),
        time=moment.astimezone(UTC),
        recorded_at=moment + timedelta(seconds=60),
        type="muster.hazard.reported.v1",
        source="hazard-monitoring",
        subject="hazard/1",
        incident_id=None,
        person_id=None,
        actor_id=None,
        actor_name=None,
        actor_kind=None,
        exercise=True,
        requires="hazards:read",
        summary='reported "M 7.1 · Ridgecrest"',
        data='{"magnitude":7.1}',
    )
    link([entry], 0, {})

    assert canonical(entry).decode() == (
        '{"actor_id":null,"actor_kind":null,"actor_name":null,"data":"{\\"magnitude\\":7.1}",'
        '"exercise":true,"id":"00000000-0000-0000-0000-000000000001","incident_id":null,'
        '"organization_id":"00000000-0000-0000-0000-000000000000","person_id":null,"position":1,'
        f'"previous_hash":"{"0" * 64}","recorded_at":"2019-07-06T03:20:53.040000Z",'
        '"requires":"hazards:read","sequence":1,"source":"hazard-monitoring","subject":"hazard/1",'
        '"summary":"reported \\"M 7.1 · Ridgecrest\\"","time":"2019-07-06T03:19:53.040000Z",'
        '"type":"muster.hazard.reported.v1"}'
    )
