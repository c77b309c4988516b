from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from muster_core.database import Reader
from muster_testing.delivery import Delivery


async def test_an_incident_lives_from_report_to_closure(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    closed = await desk.move(as_commander, incident, "active", "demobilizing", "closed")

    assert closed["status"] == "closed"
    assert closed["close_reason"] == "resolved"
    assert closed["closed_at"] is not None
    assert closed["version"] == 4
    events = await deliver.outbox("incident_management")
    assert [event.summary for event in events[1:]] == [
        'moved "Cedar Creek Fire" from reported to active',
        'moved "Cedar Creek Fire" from active to demobilizing',
        'moved "Cedar Creek Fire" from demobilizing to closed (resolved)',
    ]
    assert [event.data["version"] for event in events] == [1, 2, 3, 4]


async def test_an_active_incident_cannot_be_closed_at_once(
    as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.move(as_commander, await desk.declare(as_commander), "active")

    response = await as_commander.post(
        f"/incidents/{incident['id']}/status", json={"status": "closed", "reason": "resolved"}
    )

    assert response.status_code == 409
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "wrong-status"
    assert response.json()["detail"] == (
        "'Cedar Creek Fire' is active and cannot become closed. From here it can become"
        " demobilizing."
    )


async def test_a_closed_incident_is_not_reopened_and_the_answer_says_what_to_do(
    as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.move(as_commander, await desk.declare(as_commander), "closed")

    response = await as_commander.post(
        f"/incidents/{incident['id']}/status", json={"status": "active"}
    )

    assert response.status_code == 409
    assert "declare a new one and link it" in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"status": "closed"}, "/reason"),
        ({"status": "closed", "reason": "other"}, "/note"),
        ({"status": "active", "reason": "resolved"}, "/reason"),
        ({"status": "lost"}, "/status"),
        ({"status": "closed", "reason": "bored"}, "/reason"),
    ],
)
async def test_closing_needs_a_reason_and_nothing_else_has_one(
    as_commander: AsyncClient, desk: Any, body: dict[str, str], pointer: str
) -> None:
    incident = await desk.declare(as_commander)

    response = await as_commander.post(f"/incidents/{incident['id']}/status", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert (await desk.see(as_commander, incident))["status"] == "reported"


async def test_of_two_who_close_at_once_one_learns_that_it_is_closed(
    as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    closing = {"status": "closed", "reason": "false_alarm"}

    answers = await asyncio.gather(
        *(as_commander.post(f"/incidents/{incident['id']}/status", json=closing) for _ in range(2))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_closing_relieves_everyone(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    for position in ("incident_commander", "safety_officer"):
        await desk.add(as_commander, incident, "positions", position=position, **desk.person())
    await desk.move(as_commander, incident, "closed")

    seen = await desk.see(as_commander, incident)
    assert all(held["ended_at"] == seen["closed_at"] for held in seen["positions"])
    assert seen["commander"] is None
    relieved = [
        event
        for event in await deliver.outbox("incident_management")
        if event.type == "muster.position.relieved.v1"
    ]
    assert len(relieved) == 2


@pytest.mark.parametrize(
    ("what", "values"),
    [
        ("objectives", {"text": "Evacuate Main Street"}),
        ("tasks", {"title": "Fetch sandbags"}),
        ("periods", {"starts_at": "2026-11-22T06:00:00Z", "ends_at": "2026-11-22T18:00:00Z"}),
    ],
)
async def test_nothing_is_added_to_a_closed_incident(
    as_commander: AsyncClient, desk: Any, what: str, values: dict[str, str]
) -> None:
    incident = await desk.move(as_commander, await desk.declare(as_commander), "closed")

    response = await as_commander.post(f"/incidents/{incident['id']}/{what}", json=values)

    assert response.status_code == 409
    assert response.json()["code"] == "incident-closed"


async def test_facts_are_corrected_by_whoever_has_seen_the_latest(
    as_commander: AsyncClient, as_dispatcher: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander, summary="Smoke seen")
    url = f"/incidents/{incident['id']}"

    first = await as_commander.patch(
        url, json={"kind": "wildfire", "summary": None}, headers={"If-Match": '"1"'}
    )
    second = await as_dispatcher.patch(
        url, json={"kind": "structure_fire"}, headers={"If-Match": '"1"'}
    )

    assert first.status_code == 200
    assert first.headers["etag"] == '"2"'
    assert (first.json()["kind"], first.json()["summary"]) == ("wildfire", None)
    assert second.status_code == 412
    assert second.headers["etag"] == '"2"'
    assert second.json()["code"] == "changed-meanwhile"
    assert (await desk.see(as_commander, incident))["kind"] == "wildfire"
    event = (await deliver.outbox("incident_management"))[-1]
    assert event.summary == 'changed kind, summary of "Cedar Creek Fire"'
    assert event.data["version"] == 2


async def test_a_change_that_changes_nothing_is_no_event(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander, kind="wildfire")
    response = await as_commander.patch(
        f"/incidents/{incident['id']}", json={"kind": "wildfire"}, headers={"If-Match": '"1"'}
    )
    assert response.json()["version"] == 1
    assert len(await deliver.outbox("incident_management")) == 1


async def test_a_change_without_a_version_is_refused(as_commander: AsyncClient, desk: Any) -> None:
    incident = await desk.declare(as_commander)
    response = await as_commander.patch(f"/incidents/{incident['id']}", json={"kind": "flood"})
    assert response.status_code == 428


@pytest.mark.parametrize("body", [{"name": None}, {"exercise": True}, {"status": "closed"}])
async def test_the_name_the_world_and_the_status_are_no_facts_to_change(
    as_commander: AsyncClient, desk: Any, body: dict[str, Any]
) -> None:
    incident = await desk.declare(as_commander)
    response = await as_commander.patch(
        f"/incidents/{incident['id']}", json=body, headers={"If-Match": '"1"'}
    )
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == f"/{next(iter(body))}"


async def test_the_place_on_the_map_follows_a_correction(
    as_commander: AsyncClient, desk: Any, reader: Reader
) -> None:
    incident = await desk.declare(as_commander, location={"type": "Point", "coordinates": [10, 20]})
    await as_commander.patch(
        f"/incidents/{incident['id']}",
        json={"location": {"type": "Point", "coordinates": [11, 21]}},
        headers={"If-Match": '"1"'},
    )
    page = await desk.ok(as_commander.get("/incidents", params={"bbox": "10.5,20.5,11.5,21.5"}))
    assert [item["id"] for item in page["items"]] == [incident["id"]]
    (row,) = await reader.fetch("SELECT extent::text AS extent FROM incident_management.incident")
    assert row["extent"] == "(11,21),(11,21)"
