"""What both engines promise: one suite, each in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from muster.search.v1.documents import EVERYBODY, FOREVER, Removal, Sharing
from muster_core.microservice import Microservice
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION
from search.domain.query import parse
from search.engines.port import Box, Filters, Found, Near, Scope, Tally, Wanted
from search.testing import DAY, NOW, Shelf, document

OURS = Scope(ORGANIZATION, frozenset({"incidents:read", "hazards:read", "activity:read"}))


@pytest.fixture(scope="session")
def services(alone: list[Microservice]) -> list[Microservice]:
    return alone


async def find(shelf: Shelf, typed: str, scope: Scope = OURS, **more: Any) -> Found:
    filters = {name: more.pop(name) for name in list(more) if name in Filters.__slots__}
    wanted = Wanted(parse(typed), scope, Filters(**filters), **more)
    return await shelf.engine.find(wanted)


async def titles(shelf: Shelf, typed: str, scope: Scope = OURS, **more: Any) -> list[str]:
    return [hit.title for hit in (await find(shelf, typed, scope, **more)).hits]


async def test_words_must_all_be_found_in_title_or_text(shelf: Shelf) -> None:
    await shelf.put(
        document("Cedar Creek Fire", text="Evacuate Canyon Road"),
        document("Cedar Street flood"),
        document("Creek overflow"),
    )

    assert await titles(shelf, "cedar creek ") == ["Cedar Creek Fire"]
    assert await titles(shelf, "CEDAR canyon ") == ["Cedar Creek Fire"]
    assert sorted(await titles(shelf, "cedar ")) == ["Cedar Creek Fire", "Cedar Street flood"]
    assert await titles(shelf, "cedar volcano ") == []


async def test_phrases_are_words_one_after_the_other(shelf: Shelf) -> None:
    await shelf.put(
        document("Cedar Creek Fire", text="near Mill Road"),
        document("Creek near Cedar", text="Fire"),
        document("Cedar", text="Creek"),
    )

    assert await titles(shelf, '"cedar creek"') == ["Cedar Creek Fire"]
    assert await titles(shelf, '"fire near"') == []


async def test_accents_and_case_do_not_matter(shelf: Shelf) -> None:
    await shelf.put(document("Überschwemmung in Łódź"), document("地震 in 東京"))

    assert await titles(shelf, "uberschwemmung lodz ") == ["Überschwemmung in Łódź"]
    assert await titles(shelf, "ÜBERSCHWEMMUNG ") == ["Überschwemmung in Łódź"]
    assert await titles(shelf, "東京") == ["地震 in 東京"]


async def test_beginnings_are_found(shelf: Shelf) -> None:
    await shelf.put(document("Evacuation of Kernville"))

    assert await titles(shelf, "evac* kern*") == ["Evacuation of Kernville"]
    assert await titles(shelf, "evacu") == ["Evacuation of Kernville"]
    assert await titles(shelf, "evacu ") == []


async def test_numbers_with_signs_are_found_as_written(shelf: Shelf) -> None:
    await shelf.put(
        document("M 6.4 - Ridgecrest", text="ci38443183"), document("M 4.6 - Ridgecrest")
    )

    assert await titles(shelf, "6.4 ") == ["M 6.4 - Ridgecrest"]
    assert await titles(shelf, "ci38443183 ") == ["M 6.4 - Ridgecrest"]


@pytest.mark.parametrize(
    "typed", ["fyre ", "ceder ", "craek ", "cedra ", "ceder fyre ", "evacaution ", "evaquasion "]
)
async def test_typing_errors_are_forgiven_when_asked(shelf: Shelf, typed: str) -> None:
    await shelf.put(
        document("Cedar Creek Fire", text="evacuation"), document("Mill Road flood", text="water")
    )

    assert await titles(shelf, typed) == []
    assert await titles(shelf, typed, tolerant=True) == ["Cedar Creek Fire"]


async def test_numbers_and_phrases_are_never_guessed(shelf: Shelf) -> None:
    await shelf.put(document("Unit 1234 of Cedar Creek"))

    assert await titles(shelf, "1235 ", tolerant=True) == []
    assert await titles(shelf, '"ceder creek"', tolerant=True) == []


async def test_the_best_come_first_and_the_newest_among_equals(shelf: Shelf) -> None:
    await shelf.put(
        document('declared "Cedar Creek"', kind="activity", occurred_at=NOW + DAY),
        document("Mill Road", text="by cedar creek", occurred_at=NOW + DAY),
        document("Cedar Creek Fire", occurred_at=NOW),
        document("Cedar Creek Flood", occurred_at=NOW - DAY),
        document("Cedar Creeks", occurred_at=NOW + DAY),
        document("Cedar Creek", occurred_at=NOW - 2 * DAY),
    )
    best = [
        "Cedar Creek",
        "Cedar Creek Fire",
        "Cedar Creek Flood",
        'declared "Cedar Creek"',
        "Cedar Creeks",
        "Mill Road",
    ]

    assert await titles(shelf, "cedar creek") == best
    newest = await find(shelf, "cedar creek", order="newest")
    times = [hit.occurred_at for hit in newest.hits]
    assert times == sorted(times, reverse=True)
    assert len(times) == 6


@pytest.mark.parametrize("order", ["relevance", "newest"])
async def test_pages_go_on_where_the_last_one_ended(shelf: Shelf, order: Any) -> None:
    await shelf.put(
        *(
            document(f"Fire {n:02}", occurred_at=NOW + timedelta(microseconds=n // 3))
            for n in range(25)
        )
    )
    whole = await titles(shelf, "fire ", order=order, limit=100)
    paged: list[str] = []
    after = None
    while True:
        page = await find(shelf, "fire ", order=order, limit=4, after=after, count=False)
        if not page.hits:
            break
        paged += [hit.title for hit in page.hits]
        after = page.hits[-1].place

    assert len(whole) == 25
    assert paged == whole


async def test_filters_narrow(shelf: Shelf) -> None:
    await shelf.put(
        document("Fire A", status="active", type="wildfire", occurred_at=NOW),
        document("Fire B", status="closed", type="structure_fire", occurred_at=NOW - DAY),
        document("Fire C", kind="hazard", status="Severe", occurred_at=NOW - 2 * DAY),
        document("Fire D", exercise=True, occurred_at=NOW - 3 * DAY),
    )

    async def found(**more: Any) -> str:
        return "".join(sorted(title[-1] for title in await titles(shelf, "fire ", **more)))

    assert await found() == "ABCD"
    assert await found(facets={"status": ["active", "Severe"]}) == "AC"
    assert await found(facets={"status": ["active", "Severe"], "kind": ["hazard"]}) == "C"
    assert await found(facets={"type": ["wildfire"]}) == "A"
    assert await found(facets={"organization_id": [str(ORGANIZATION)]}) == "ABCD"
    assert await found(facets={"organization_id": [str(uuid4())]}) == ""
    assert await found(since=NOW - DAY) == "AB"
    assert await found(until=NOW - DAY) == "CD"
    assert await found(exercise=True) == "D"
    assert await found(exercise=False) == "ABC"

    # Who people are is the same in an exercise.
    await shelf.put(document("Fire E", kind="person"))
    assert await found(exercise=True) == "DE"
    assert await found(exercise=False) == "ABCE"


async def test_boxes_and_distances_narrow(shelf: Shelf) -> None:
    def at(name: str, longitude: float, latitude: float, **more: Any) -> Any:
        box = (longitude, latitude, longitude, latitude)
        return document(f"Fire {name}", location=(longitude, latitude), bbox=box, **more)

    await shelf.put(
        at("Ridgecrest", -117.6, 35.7),
        at("Suva", 178.4, -18.1),
        at("Apia", -171.8, -13.8),
        replace(at("Wide", -100.0, 40.0), bbox=(-119.0, 30.0, -80.0, 45.0)),
        document("Fire nowhere"),
    )

    async def found(**more: Any) -> list[str]:
        return sorted(title[5:] for title in await titles(shelf, "fire ", **more))

    assert await found(boxes=(Box(-118, 35, -117, 36),)) == ["Ridgecrest", "Wide"]
    pacific = (Box(170, -20, 180, 0), Box(-180, -20, -170, 0))
    assert await found(boxes=pacific) == ["Apia", "Suva"]
    assert await found(near=Near(-117.6, 35.6, 12)) == ["Ridgecrest"]
    assert await found(near=Near(-117.6, 35.6, 11)) == []
    # Over the antimeridian: Suva and Apia are 1,150 km apart, not 39,000.
    assert await found(near=Near(178.4, -18.1, 1200)) == ["Apia", "Suva"]
    assert await found(near=Near(178.4, -18.1, 1100)) == ["Suva"]


async def test_facets_count_as_if_nothing_of_their_own_were_chosen(shelf: Shelf) -> None:
    await shelf.put(
        document("Fire A", status="active", type="wildfire"),
        document("Fire B", status="active", type="wildfire"),
        document("Fire C", status="closed", type="structure_fire"),
        document("Fire D", kind="hazard", type="wildfire", organization_id=EVERYBODY),
    )

    found = await find(shelf, "fire ", facets={"status": ["active"]})

    assert found.total == 2
    assert found.facets == {
        "kind": {"incident": 2},
        "status": {"active": 2, "closed": 1},
        "type": {"wildfire": 2},
        "organization_id": {str(ORGANIZATION): 2},
    }


async def test_nothing_outside_of_the_scope_is_found_or_counted(shelf: Shelf) -> None:
    shared = uuid4()
    await shelf.put(
        document("Fire ours"),
        document("Fire theirs", organization_id=FOREIGN_ORGANIZATION),
        document("Fire shared", id=shared, organization_id=FOREIGN_ORGANIZATION),
        document(
            "Fire noted",
            kind="activity",
            incident_id=shared,
            organization_id=FOREIGN_ORGANIZATION,
            listed_by="activity:read",
            requires="incidents:read",
        ),
        document("Fire everybody's", organization_id=EVERYBODY),
        document(
            "Fire audited", kind="activity", listed_by="activity:read", requires="activity:audit"
        ),
        document("Fire of people", kind="person", listed_by="people:read"),
    )

    async def seen(**more: Any) -> list[str]:
        found = await find(shelf, "fire ", replace(OURS, **more))
        assert found.total == len(found.hits)
        assert sum(found.facets["kind"].values()) == len(found.hits)
        return sorted(hit.title[5:] for hit in found.hits)

    assert await seen() == ["everybody's", "ours"]
    assert await seen(shared=frozenset({shared})) == ["everybody's", "noted", "ours", "shared"]
    few = frozenset({"incidents:read"})
    assert await seen(shared=frozenset({shared}), permissions=few) == [
        "everybody's",
        "ours",
        "shared",
    ]
    audit = OURS.permissions | {"activity:audit", "people:read"}
    assert await seen(permissions=audit) == ["audited", "everybody's", "of people", "ours"]
    assert await seen(permissions=frozenset()) == []


async def test_only_newer_facts_change_what_is_found(shelf: Shelf) -> None:
    one = document("Cedar fire", version=3)
    await shelf.put(one)
    await shelf.put(replace(one, title="Old fire", version=2))
    await shelf.put(replace(one, title="Same fire", version=3))
    assert await titles(shelf, "fire ") == ["Cedar fire"]

    await shelf.put(
        replace(one, title="Newest fire", version=5), replace(one, title="Newer fire", version=4)
    )
    assert await titles(shelf, "fire ") == ["Newest fire"]
    assert await titles(shelf, "cedar ") == []


async def test_what_was_removed_is_not_brought_back_by_an_older_fact(shelf: Shelf) -> None:
    one, merged = document("Cedar fire", version=1), document("Merged fire")
    await shelf.put(one, merged)
    await shelf.put(Removal("incident", one.id, 2), Removal("incident", merged.id, FOREVER))
    await shelf.put(one, replace(merged, version=7))
    assert await titles(shelf, "fire ") == []

    await shelf.put(replace(one, version=3))
    assert await titles(shelf, "fire ") == ["Cedar fire"]


async def test_both_tally_the_same(shelf: Shelf) -> None:
    one, other = document("One"), document("Other", kind="hazard")
    await shelf.put(one, other, document("Gone", id=UUID(int=7)))
    await shelf.put(Removal("incident", UUID(int=7), 2))

    tallies = await shelf.engine.tallies()

    assert {place: tally.count for place, tally in tallies.items()} == {
        ("incident", one.id.bytes[15]): 1,
        ("hazard", other.id.bytes[15]): 1,
    }
    assert all(isinstance(tally, Tally) and 0 < tally.digest < 2**32 for tally in tallies.values())


async def test_only_certain_records_can_be_asked_for(shelf: Shelf) -> None:
    one = document("Fire A")
    await shelf.put(one, document("Fire B"))

    assert await titles(shelf, "fire ", only=(("incident", one.id),)) == ["Fire A"]


async def test_the_newest_share_counts(shelf: Shelf) -> None:
    incident = uuid4()
    reads = shelf.runtime.database("search").reader
    first = datetime.now(UTC) - DAY

    async def until() -> Any:
        rows = await reads.fetch("SELECT until FROM search.share")
        return rows[0]["until"]

    await shelf.put(Sharing(incident, ORGANIZATION, NOW + DAY, first))
    await shelf.put(Sharing(incident, ORGANIZATION, None, first + DAY / 2))
    await shelf.put(Sharing(incident, ORGANIZATION, NOW + DAY, first + DAY / 4))
    assert await until() is None
