from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from muster.incidents.v1.events import IncidentDeclared
from muster_core.database import Reader
from muster_testing.delivery import Delivery
from muster_testing.people import ORGANIZATION

AREA = {
    "type": "Polygon",
    "coordinates": [[[-118.0, 35.5], [-117.0, 35.5], [-117.0, 36.0], [-118.0, 35.5]]],
}


async def test_a_name_is_enough_at_three_in_the_morning(
    as_dispatcher: AsyncClient, deliver: Delivery
) -> None:
    response = await as_dispatcher.post("/incidents", json={"name": "Cedar Creek Fire"})

    assert response.status_code == 201
    incident = response.json()
    assert response.headers["location"] == f"/api/v1/incidents/{incident['id']}"
    assert response.headers["etag"] == '"1"'
    assert incident["name"] == "Cedar Creek Fire"
    assert incident["status"] == "reported"
    assert incident["number"].endswith("-000001")
    assert incident["declared_by"]["name"] == "Dispatcher"
    assert incident["declared_at"].endswith("Z")
    assert (incident["objectives_open"], incident["tasks_open"], incident["watchers"]) == (0, 0, 0)
    (event,) = await deliver.outbox("incident_management")
    assert event.type == IncidentDeclared.type
    assert event.organization_id == ORGANIZATION
    assert str(event.incident_id) == incident["id"]
    assert event.summary == f'declared "Cedar Creek Fire" as {incident["number"]}'
    assert event.actor is not None
    assert event.actor.name == "Dispatcher"


async def test_everything_known_can_be_said_at_once(as_commander: AsyncClient, desk: Any) -> None:
    facts = {
        "kind": "wildfire",
        "complexity_type": 2,
        "severity": "Severe",
        "location": {"type": "Point", "coordinates": [-117.6, 35.7]},
        "area": AREA,
        "address": "Cedar Creek Road",
        "summary": "Wind-driven.\nTwo structures threatened.",
    }
    declared = await desk.declare(as_commander, **facts)

    seen = await desk.see(as_commander, declared)
    assert {name: seen[name] for name in facts} == facts
    assert seen["next_statuses"] == ["active", "closed"]
    assert seen["has_area"] is True


async def test_a_repeated_click_with_the_same_key_declares_once(as_dispatcher: AsyncClient) -> None:
    key = {"Idempotency-Key": "3f0c-1"}
    clicks = await asyncio.gather(
        *(
            as_dispatcher.post("/incidents", json={"name": "Cedar Creek Fire"}, headers=key)
            for _ in range(3)
        )
    )

    assert {click.status_code for click in clicks} == {201}
    assert len({click.json()["id"] for click in clicks}) == 1
    assert len((await as_dispatcher.get("/incidents")).json()["items"]) == 1


async def test_twenty_declarations_at_once_get_twenty_numbers_without_a_gap(
    as_dispatcher: AsyncClient, desk: Any
) -> None:
    declared = await asyncio.gather(
        *(desk.declare(as_dispatcher, f"Spot Fire {n}") for n in range(20))
    )

    counts = sorted(int(incident["number"].split("-")[1]) for incident in declared)
    assert counts == list(range(1, 21))


async def test_exercises_and_organizations_count_for_themselves(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any
) -> None:
    live = await desk.declare(as_commander)
    drill = await desk.declare(as_commander, exercise=True)
    foreign = await desk.declare(as_neighbour)

    assert live["number"] == foreign["number"]
    assert drill["number"] == f"EX-{live['number']}"


async def test_a_refused_declaration_takes_no_number(
    as_commander: AsyncClient, desk: Any, reader: Reader
) -> None:
    response = await as_commander.post("/incidents", json={"name": "x", "kind": "godzilla"})
    assert response.status_code == 422

    assert (await desk.declare(as_commander))["number"].endswith("-000001")
    assert len(await reader.fetch("SELECT 1 FROM incident_management.incident")) == 1


@pytest.mark.parametrize("role", ["responder", "auditor", "shelter-manager"])
async def test_who_may_not_declare_is_told_which_permission_is_missing(
    sign_in: Any, role: str
) -> None:
    response = await sign_in(role).post("/incidents", json={"name": "Cedar Creek Fire"})

    assert response.status_code == 403
    assert "incidents:declare" in response.json()["detail"]


async def test_strangers_are_refused(anonymous: AsyncClient) -> None:
    assert (await anonymous.post("/incidents", json={"name": "x"})).status_code == 401
    assert (await anonymous.get("/incidents")).status_code == 401


async def test_the_list_is_newest_first_in_pages(as_commander: AsyncClient, desk: Any) -> None:
    for n in range(5):
        await desk.declare(as_commander, f"Incident {n}")

    names: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await as_commander.get("/incidents", params=params)).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert names == [f"Incident {n}" for n in (4, 3, 2, 1, 0)]


async def test_the_list_is_narrowed_by_what_people_ask(
    as_commander: AsyncClient, desk: Any
) -> None:
    fire = await desk.declare(as_commander, "100% Fire", kind="wildfire", area=AREA)
    await desk.move(as_commander, fire, "active")
    flood = await desk.declare(
        as_commander,
        "Kern River",
        kind="flood",
        location={"type": "Point", "coordinates": [179.5, 10]},
    )
    drill = await desk.declare(as_commander, "Drill", exercise=True)

    async def found(**params: Any) -> set[str]:
        page = await desk.ok(as_commander.get("/incidents", params=params))
        return {item["id"] for item in page["items"]}

    assert await found(status="active,demobilizing") == {fire["id"]}
    assert await found(kind="flood,tsunami") == {flood["id"]}
    assert await found(exercise="true") == {drill["id"]}
    assert await found(exercise="false") == {fire["id"], flood["id"]}
    assert await found(bbox="-117.5,35.4,-117.4,35.8") == {fire["id"]}
    assert await found(bbox="170,0,-170,20") == {flood["id"]}
    assert await found(q="kern") == {flood["id"]}
    assert await found(q="100%") == {fire["id"]}
    assert await found(q="%") == {fire["id"]}
    assert await found(q=drill["number"]) == {drill["id"]}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("bbox=1,2,3", "/bbox"),
        ("bbox=1,nan,3,4", "/bbox"),
        ("bbox=1,20,3,4", "/bbox"),
        ("status=lost", "/status"),
        ("limit=0", "/limit"),
        ("limit=501", "/limit"),
        ("cursor=abc", "/cursor"),
        ("cursor=WyJ5ZXN0ZXJkYXkxIiwgIngiXQ", "/cursor"),  # ["yesterday1", "x"]
        ("exercise=perhaps", "/exercise"),
        ("q=%00", "/q"),
        ("kind=%00", "/kind"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    as_commander: AsyncClient, query: str, pointer: str
) -> None:
    response = await as_commander.get(f"/incidents?{query}")

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_the_lists_of_kinds_and_positions_are_published(as_responder: AsyncClient) -> None:
    kinds = (await as_responder.get("/incidents/kinds")).json()["items"]
    assert {"key": "wildfire", "name": "Wildfire", "group": "Fire"} in kinds
    positions = (await as_responder.get("/incidents/positions")).json()["items"]
    assert positions[0] == {
        "key": "incident_commander",
        "title": "Incident Commander",
        "section": "Command",
        "unified": True,
    }
