from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from muster.identity.v1.events import OrganizationUpdated
from muster_core.auth import system_actor
from muster_core.database import Reader
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION


async def test_what_is_not_shared_is_not_found(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    url = f"/incidents/{incident['id']}"
    absent = await as_neighbour.get(f"/incidents/{uuid4()}")

    refused = await as_neighbour.get(url)

    assert refused.status_code == absent.status_code == 404
    assert refused.json()["title"] == absent.json()["title"]
    assert (await as_neighbour.get("/incidents")).json()["items"] == []
    for method, path, body in (
        ("PATCH", "", {"name": "x"}),
        ("POST", "/status", {"status": "active"}),
        ("POST", "/tasks", {"title": "x"}),
        ("POST", "/objectives", {"text": "x"}),
        ("PUT", "/watch", None),
    ):
        foreign = await as_neighbour.request(
            method, url + path, json=body, headers={"If-Match": '"1"'}
        )
        assert foreign.status_code == 404, path


async def test_neighbours_see_what_is_shared_to_read_and_change_nothing(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    await desk.declare(as_neighbour, "Own Fire")
    await desk.share(as_commander, incident)

    page = await desk.ok(as_neighbour.get("/incidents"))
    assert [(item["name"], item["shared"]) for item in page["items"]] == [
        ("Own Fire", False),
        ("Cedar Creek Fire", True),
    ]
    seen = await desk.see(as_neighbour, incident)
    assert (seen["access"], seen["next_statuses"]) == ("read", [])
    refused = await as_neighbour.post(f"/incidents/{incident['id']}/tasks", json={"title": "x"})
    assert refused.status_code == 403
    assert "share it to work" in refused.json()["detail"]


async def test_neighbours_work_on_what_is_shared_to_work_but_its_life_stays_with_its_owner(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    await desk.share(as_commander, incident, "work")

    await desk.add(as_neighbour, incident, "tasks", title="Close Highway 178")
    await desk.add(as_neighbour, incident, "objectives", text="Keep the highway clear")
    held = await desk.add(
        as_neighbour, incident, "positions", position="incident_commander", **desk.person()
    )

    assert held["organization_id"] == str(FOREIGN_ORGANIZATION)
    url = f"/incidents/{incident['id']}"
    assert (await as_neighbour.post(f"{url}/status", json={"status": "active"})).status_code == 403
    changed = await as_neighbour.patch(url, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 403
    for event in await deliver.outbox("incident_management"):
        assert event.organization_id == ORGANIZATION


async def test_an_expired_share_is_gone_at_once(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any, reader: Reader
) -> None:
    incident = await desk.declare(as_commander)
    await desk.share(as_commander, incident, "work")
    await desk.see(as_neighbour, incident)

    await reader.execute("UPDATE incident_management.incident_share SET until = now()")

    assert (await as_neighbour.get(f"/incidents/{incident['id']}")).status_code == 404
    assert (await as_neighbour.get("/incidents")).json()["items"] == []
    task = await as_neighbour.post(f"/incidents/{incident['id']}/tasks", json={"title": "x"})
    assert task.status_code == 404
    assert (await desk.see(as_commander, incident))["shares"] == []
    await desk.share(as_commander, incident)
    await desk.see(as_neighbour, incident)


async def test_a_share_said_again_replaces_the_first_and_is_taken_back(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    await desk.share(as_commander, incident)
    share = await desk.share(as_commander, incident, "work")
    (shown,) = (await desk.see(as_commander, incident))["shares"]
    assert shown["access"] == "work"

    url = f"/incidents/{incident['id']}/shares/{share['id']}"
    assert (await as_commander.delete(url)).status_code == 204
    assert (await as_commander.delete(url)).status_code == 404
    assert (await as_neighbour.get(f"/incidents/{incident['id']}")).status_code == 404
    types = [event.type for event in await deliver.outbox("incident_management")]
    assert types[1:] == [
        "muster.incident.shared.v1",
        "muster.incident.shared.v1",
        "muster.incident.unshared.v1",
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"organization_id": str(ORGANIZATION)}, "/organization_id"),
        ({"until": "2001-01-01T00:00:00Z"}, "/until"),
        ({"until": "2199-01-01T00:00:00Z"}, "/until"),
        ({"until": "9999-01-01T00:00:00Z"}, "/until"),
        ({"until": "2027-01-01T00:00:00"}, "/until"),
        ({"access": "own"}, "/access"),
    ],
)
async def test_a_share_that_makes_no_sense_is_refused(
    as_commander: AsyncClient, desk: Any, change: dict[str, str], pointer: str
) -> None:
    incident = await desk.declare(as_commander)
    body = {
        "organization_id": str(FOREIGN_ORGANIZATION),
        "until": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "access": "read",
    }
    response = await as_commander.post(f"/incidents/{incident['id']}/shares", json=body | change)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert (await desk.see(as_commander, incident))["shares"] == []


async def test_the_names_of_organizations_are_heard_from_identity(
    as_commander: AsyncClient, runtime: Runtime, desk: Any, deliver: Delivery
) -> None:
    async def tells(name: str, version: int) -> None:
        async with runtime.session("incident_management", system_actor("identity")) as session:
            await announce(
                session,
                OrganizationUpdated(
                    organization_id=ORGANIZATION, name=name, time_zone="UTC", version=version
                ),
            )
        await deliver()

    await tells("Kern County", 3)
    await tells("An older name", 2)

    assert (await desk.declare(as_commander))["organization_name"] == "Kern County"


async def test_both_ends_of_a_link_see_it_and_either_takes_it_back(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    part, whole = await desk.declare(as_commander, "Spot Fire"), await desk.declare(as_commander)
    link = await desk.add(as_commander, part, "links", kind="part_of", incident_id=whole["id"])

    (from_part,) = (await desk.see(as_commander, part))["links"]
    (from_whole,) = (await desk.see(as_commander, whole))["links"]
    assert from_part == link
    assert (from_part["direction"], from_part["name"]) == ("outgoing", "Cedar Creek Fire")
    assert (from_whole["direction"], from_whole["name"]) == ("incoming", "Spot Fire")
    assert (await desk.see(as_commander, part))["status"] == "reported"

    url = f"/incidents/{whole['id']}/links/{link['id']}"
    assert (await as_commander.delete(url)).status_code == 204
    assert (await as_commander.delete(url)).status_code == 404
    assert (await desk.see(as_commander, part))["links"] == []
    events = (await deliver.outbox("incident_management"))[2:]
    assert [(str(event.incident_id), event.summary) for event in events] == [
        (part["id"], 'linked "Spot Fire" as part of "Cedar Creek Fire"'),
        (whole["id"], 'linked "Spot Fire" as part of "Cedar Creek Fire"'),
        (part["id"], 'took back the link of "Spot Fire" as part of "Cedar Creek Fire"'),
        (whole["id"], 'took back the link of "Spot Fire" as part of "Cedar Creek Fire"'),
    ]


async def test_part_of_makes_no_circle_even_when_two_close_it_at_once(
    as_commander: AsyncClient, desk: Any
) -> None:
    one, two, three = [await desk.declare(as_commander, f"Fire {n}") for n in range(3)]
    await desk.add(as_commander, one, "links", kind="part_of", incident_id=two["id"])

    async def link(start: dict[str, Any], target: dict[str, Any]) -> int:
        body = {"kind": "part_of", "incident_id": target["id"]}
        response = await as_commander.post(f"/incidents/{start['id']}/links", json=body)
        return response.status_code

    assert sorted(await asyncio.gather(link(two, three), link(three, one))) == [201, 409]
    assert await link(two, one) == 409
    assert await link(one, two) == 409
    assert await link(one, one) == 422


async def test_an_exercise_is_not_linked_with_the_real_world(
    as_commander: AsyncClient, desk: Any
) -> None:
    real = await desk.declare(as_commander)
    drill = await desk.declare(as_commander, "Drill", exercise=True)
    response = await as_commander.post(
        f"/incidents/{real['id']}/links", json={"kind": "related", "incident_id": drill["id"]}
    )
    assert response.status_code == 409
    assert "'Drill' is an exercise" in response.json()["detail"]


async def test_a_link_to_an_incident_that_is_no_longer_shared_is_not_shown(
    as_commander: AsyncClient, as_neighbour: AsyncClient, desk: Any
) -> None:
    ours, theirs = await desk.declare(as_commander), await desk.declare(as_neighbour, "Flood")
    share = await desk.share(as_commander, ours)
    await desk.add(as_neighbour, theirs, "links", kind="related", incident_id=ours["id"])
    assert len((await desk.see(as_neighbour, theirs))["links"]) == 1
    assert (await desk.see(as_commander, ours))["links"] == []  # theirs is not shared with us

    await as_commander.delete(f"/incidents/{ours['id']}/shares/{share['id']}")

    assert (await desk.see(as_neighbour, theirs))["links"] == []


async def test_watching_twice_is_watching_once(
    as_commander: AsyncClient, as_responder: AsyncClient, desk: Any, reader: Reader
) -> None:
    incident = await desk.declare(as_commander)
    url = f"/incidents/{incident['id']}/watch"
    for _ in range(2):
        assert (await as_responder.put(url)).status_code == 204
    (watcher,) = (await desk.see(as_commander, incident))["watchers"]
    assert watcher["name"] == "Responder"
    assert (await as_commander.get("/incidents")).json()["items"][0]["watchers"] == 1
    for _ in range(2):
        assert (await as_responder.delete(url)).status_code == 204
    assert (await desk.see(as_commander, incident))["watchers"] == []
    assert len(await reader.fetch("SELECT 1 FROM incident_management.outbox")) == 3
