"""Searching as people meet it: by HTTP, through the whole application, over what the services told."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from identity_service.catalogue import STARTING_ROLES
from muster.hazards.v1.events import HazardDeleted, HazardReported
from muster.identity.v1.events import AccountCreated, AccountDisabled, SessionEnded
from muster_core.auth import system_actor
from muster_core.events import EventData
from muster_core.identifiers import uuid7
from muster_core.migrations import differences
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION
from search.main import service
from search.schemas import SearchPage, Suggestions
from search.testing import settings_for

PLACE = "/search"


@pytest.fixture(autouse=True)
def by_postgresql(runtime: Runtime) -> None:
    runtime.override_settings(settings_for(None))


class Land:
    """What happens here, and is heard by search."""

    def __init__(self, runtime: Runtime, deliver: Delivery, sign_in: Any) -> None:
        self.runtime, self.deliver, self.sign_in = runtime, deliver, sign_in

    async def announce(self, source: str, *facts: EventData) -> None:
        async with self.runtime.session(source, system_actor(source)) as session:
            await announce(session, *facts)
        await self.deliver()

    async def declare(self, name: str, **more: Any) -> dict[str, Any]:
        commander = self.sign_in("incident-commander")
        response = await commander.post("/incidents", json={"name": name, **more})
        assert response.status_code == 201, response.text
        await self.deliver()
        return response.json()


@pytest_asyncio.fixture
async def land(
    runtime: Runtime, deliver: Delivery, sign_in: Callable[..., httpx.AsyncClient]
) -> AsyncIterator[Land]:
    yield Land(runtime, deliver, sign_in)


async def found(client: httpx.AsyncClient, q: str, **more: Any) -> dict[str, Any]:
    response = await client.get(PLACE, params={"q": q, **more})
    assert response.status_code == 200, response.text
    SearchPage.model_validate(response.json())
    return response.json()


async def names(client: httpx.AsyncClient, q: str, **more: Any) -> list[str]:
    return [item["title"] for item in (await found(client, q, **more))["items"]]


def hazard(title: str, **more: Any) -> HazardReported:
    values: dict[str, Any] = {
        "hazard_id": uuid7(),
        "revision": 1,
        "feed": "usgs",
        "external_id": f"ci{uuid4().int % 10**8}",
        "kind": "earthquake",
        "title": title,
        "severity": "Severe",
        "longitude": -117.6,
        "latitude": 35.7,
        "occurred_at": datetime(2019, 7, 6, tzinfo=UTC),
        "reported_at": datetime(2019, 7, 6, tzinfo=UTC),
    }
    return HazardReported(**values | more)


def test_the_tables_are_as_migrated(runtime: Runtime) -> None:
    async def compare() -> list[object]:
        engine = runtime.database("search").engine
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda bare: differences(bare, service))
        await engine.dispose()
        return found

    assert asyncio.run(compare()) == []


async def test_incidents_are_found_as_they_are_now(
    land: Land, as_commander: httpx.AsyncClient
) -> None:
    incident = await land.declare(
        "Cedar Creek Fire",
        kind="wildfire",
        summary="Wind-driven; evacuate Mill Road.",
        location={"type": "Point", "coordinates": [-118.1, 35.4]},
    )
    page = await found(as_commander, "cedar fire", kind="incident")
    item = page["items"][0]
    assert page["engine"] == "postgresql"
    assert page["degraded"] is False
    assert page["total"] == 1
    assert item["id"] == incident["id"]
    assert (item["status"], item["type"]) == ("reported", "wildfire")
    assert item["location"]["coordinates"] == [-118.1, 35.4]
    assert item["highlights"]["title"][0] == {"text": "Cedar", "match": True}
    assert page["facets"]["kind"] == [
        {"value": "activity", "count": 1},
        {"value": "incident", "count": 1},
    ]

    moved = await as_commander.post(
        f"/incidents/{incident['id']}/status", json={"status": "active"}
    )
    assert moved.status_code == 200
    renamed = await as_commander.patch(
        f"/incidents/{incident['id']}",
        json={"name": "Cedar Ridge Fire"},
        headers={"If-Match": '"2"'},
    )
    assert renamed.status_code == 200
    await land.deliver()

    item = (await found(as_commander, "cedar ridge", kind="incident"))["items"][0]
    assert (item["title"], item["status"]) == ("Cedar Ridge Fire", "active")
    # With the spaces between: pieces of another text would run words together on the screen.
    assert "".join(piece["text"] for piece in item["highlights"]["title"]) == "Cedar Ridge Fire"
    assert item["highlights"]["text"] == [
        {"text": f"{incident['number']}\nWind-driven; evacuate Mill Road.", "match": False}
    ]
    assert await names(as_commander, '"cedar creek"', kind="incident") == []
    assert await names(as_commander, incident["number"], kind="incident") == ["Cedar Ridge Fire"]
    assert await names(as_commander, "mill road", bbox="-119,35,-118,36", kind="incident") != []
    assert await names(as_commander, "mill road", near="-118.1,35.4,1", kind="incident") != []


async def test_a_share_shows_until_it_ends(
    land: Land,
    as_commander: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
    runtime: Runtime,
) -> None:
    incident = await land.declare("Cedar Creek Fire")
    assert await names(as_neighbour, "cedar ") == []

    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"organization_id": str(FOREIGN_ORGANIZATION), "access": "read", "until": until}
    shared = await as_commander.post(f"/incidents/{incident['id']}/shares", json=body)
    assert shared.status_code in {200, 201}, shared.text
    await land.deliver()
    kinds = [item["kind"] for item in (await found(as_neighbour, "cedar "))["items"]]
    assert kinds == ["incident", "activity", "activity"]

    # Past its end, whether or not anybody says so.
    await runtime.database("search").reader.execute(
        "UPDATE search.share SET until = now() - interval '1 second'"
    )
    page = await found(as_neighbour, "cedar ")
    assert (page["items"], page["total"]) == ([], 0)

    again = await as_commander.post(f"/incidents/{incident['id']}/shares", json=body)
    await land.deliver()
    assert len(await names(as_neighbour, "cedar ")) > 0
    ended = await as_commander.delete(f"/incidents/{incident['id']}/shares/{again.json()['id']}")
    assert ended.status_code == 204
    await land.deliver()
    assert await names(as_neighbour, "cedar ") == []


async def test_withdrawn_hazards_and_disabled_people_are_not_found(
    land: Land, as_responder: httpx.AsyncClient
) -> None:
    quake = hazard("M 7.1 - Ridgecrest")
    person = uuid7()
    told: dict[str, Any] = {"account_id": person, "username": "dana", "name": "Dana Ridgecrest"}
    await land.announce("hazard_monitoring", quake)
    await land.announce(
        "identity", AccountCreated(organization_id=ORGANIZATION, **told, roles=[], version=1)
    )
    kinds = {item["kind"] for item in (await found(as_responder, "ridgecrest"))["items"]}
    assert kinds == {"hazard", "person", "activity"}
    # Who signs in by which name is not for everybody.
    assert await names(as_responder, "dana ", kind="activity") == []

    gone = HazardDeleted.model_validate(quake.model_dump() | {"revision": 2})
    disabled = AccountDisabled(organization_id=ORGANIZATION, **told, version=2)
    await land.announce("hazard_monitoring", gone)
    await land.announce("identity", disabled)
    kinds = {item["kind"] for item in (await found(as_responder, "ridgecrest"))["items"]}
    assert kinds == {"activity"}


@pytest.mark.parametrize("role", [role.key for role in STARTING_ROLES])
async def test_every_role_finds_what_its_lists_would_show(
    land: Land, sign_in: Callable[..., httpx.AsyncClient], role: str
) -> None:
    await land.declare("Sentinel fire")
    await land.announce("hazard_monitoring", hazard("Sentinel quake"))
    told: dict[str, Any] = {"account_id": uuid7(), "username": "s", "name": "Sentinel person"}
    await land.announce(
        "identity",
        AccountCreated(organization_id=ORGANIZATION, **told, roles=[], version=1),
        SessionEnded(organization_id=ORGANIZATION, **told, session_id=uuid4(), reason="Sentinel"),
        AccountCreated(
            organization_id=FOREIGN_ORGANIZATION,
            account_id=uuid7(),
            username="stranger",
            name="Sentinel stranger",
            roles=[],
            version=1,
        ),
    )
    client = sign_in(role)

    listed: set[str] = set()
    for path, permission in (
        ("/incidents", "incidents:read"),
        ("/hazards", "hazards:read"),
        ("/activity", "activity:read"),
    ):
        answer = await client.get(path, params={"limit": 500})
        assert answer.status_code == 200, permission
        listed |= {
            item.get("summary" if path == "/activity" else "name")
            for item in answer.json()["items"]
        }
    seen = await found(client, "sentinel ", limit=100)

    titles = {item["title"] for item in seen["items"]}
    journal = {item["title"] for item in seen["items"] if item["kind"] == "activity"}
    assert journal == {
        one for one in listed if one and "Sentinel" in one and one != "Sentinel fire"
    }
    assert {"Sentinel fire", "Sentinel quake", "Sentinel person"} <= titles
    assert "Sentinel stranger" not in titles
    assert seen["total"] == len(seen["items"])


async def test_the_exercise_world_is_told_apart(
    land: Land, as_commander: httpx.AsyncClient
) -> None:
    await land.declare("Cedar fire")
    await land.declare("Cedar drill", exercise=True)

    assert await names(as_commander, "cedar ", kind="incident", exercise=True) == ["Cedar drill"]
    assert await names(as_commander, "cedar ", kind="incident", exercise=False) == ["Cedar fire"]
    assert len(await names(as_commander, "cedar ", kind="incident")) == 2


async def test_typing_errors_are_forgiven_and_said(
    land: Land, as_commander: httpx.AsyncClient
) -> None:
    await land.declare("Cedar Creek Fire")

    page = await found(as_commander, "ceder fyre ", kind="incident")

    assert [item["title"] for item in page["items"]] == ["Cedar Creek Fire"]
    assert page["tolerant"] is True
    assert page["did_you_mean"] == "cedar fire"
    assert page["items"][0]["highlights"]["title"][0] == {"text": "Cedar", "match": True}


async def test_suggestions_begin_as_typed(
    land: Land, as_commander: httpx.AsyncClient, as_neighbour: httpx.AsyncClient
) -> None:
    await land.declare("Cedar Creek Fire")

    answer = (await as_commander.get("/search/suggestions", params={"q": "c"})).json()

    Suggestions.model_validate(answer)
    assert [(one["kind"], one["title"]) for one in answer["items"]] == [
        ("incident", "Cedar Creek Fire")
    ]
    assert answer["items"][0]["pieces"][0] == {"text": "Cedar", "match": True}
    theirs = (await as_neighbour.get("/search/suggestions", params={"q": "ceder"})).json()
    assert theirs["items"] == []


async def test_pages_go_on(land: Land, as_commander: httpx.AsyncClient) -> None:
    for n in range(5):
        await land.declare(f"Cedar {n}")
    first = await found(as_commander, "cedar ", kind="incident", limit=2)
    second = await found(as_commander, "cedar ", kind="incident", limit=2, cursor=first["next"])
    third = await found(as_commander, "cedar ", kind="incident", limit=2, cursor=second["next"])

    pages = [first, second, third]
    assert [item["title"] for page in pages for item in page["items"]] == [
        f"Cedar {n}" for n in (4, 3, 2, 1, 0)
    ]
    assert third["next"] is None
    assert (second["total"], second["facets"]) == (None, None)


def forged(*keys: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


BAD: tuple[dict[str, Any], ...] = (
    {},
    {"q": ""},
    {"q": "x" * 10_000},
    {"q": " ".join(f"w{n}" for n in range(20))},
    {"q": "a", "bbox": "1,2,3"},
    {"q": "a", "bbox": "nan,0,1,1"},
    {"q": "a", "bbox": "0,10,1,5"},
    {"q": "a", "near": "1,2"},
    {"q": "a", "near": "200,0,5"},
    {"q": "a", "near": "0,0,-1"},
    {"q": "a", "near": "0,0,inf"},
    {"q": "a", "since": "yesterday"},
    {"q": "a", "since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
    {"q": "a", "kind": "a'b; DROP TABLE"},
    {"q": "a", "organization_id": "ours"},
    {"q": "a", "limit": 0},
    {"q": "a", "limit": 1000},
    {"q": "a", "order": "best"},
    {"q": "a", "cursor": "!!"},
    {"q": "a", "cursor": "AAAA"},
    {"q": "a", "cursor": forged(0, 1, 2)},
    {"q": "a", "cursor": forged(0, "1", 2, "k")},
    {"q": "a", "cursor": forged(0, 1, 2**70, "k")},
    {"q": "a", "cursor": forged(0, 1, 2, "k\0")},
    {"q": "a", "cursor": forged(0, 1e300, 2, "k")},
)


async def test_bad_input_is_said_to_be_bad(as_commander: httpx.AsyncClient) -> None:
    for query in BAD:
        response = await as_commander.get(PLACE, params=query)

        assert response.status_code == 422, (query, response.text)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == "invalid-input"


async def test_operators_of_engines_do_nothing(land: Land, as_commander: httpx.AsyncClient) -> None:
    await land.declare("Cedar fire")
    for typed in (
        "*:*",
        "* ",
        "\\",
        "a:b",
        "a OR b",
        "(((",
        "'; DROP TABLE x;--",
        "&|!",
        "%_",
    ):
        assert "Cedar fire" not in await names(as_commander, typed), typed


async def test_a_stranger_and_who_may_not_search_find_nothing(
    anonymous: httpx.AsyncClient,
) -> None:
    for path in (PLACE, "/search/suggestions"):
        assert (await anonymous.get(path, params={"q": "cedar"})).status_code == 401


async def test_an_event_heard_twice_or_late_changes_nothing(
    land: Land, as_commander: httpx.AsyncClient, runtime: Runtime
) -> None:
    quake = hazard("Sentinel quake", revision=2)
    await land.announce("hazard_monitoring", quake)
    await land.announce(
        "hazard_monitoring",
        quake,
        quake.model_copy(update={"revision": 1, "title": "Older"}),
    )

    assert await names(as_commander, "sentinel ", kind="hazard") == ["Sentinel quake"]
    assert await names(as_commander, "older ", kind="hazard") == []
    rows = await runtime.database("search").reader.fetch(
        "SELECT count(*) AS n FROM search.document WHERE kind = 'hazard'"
    )
    assert rows[0]["n"] == 1
