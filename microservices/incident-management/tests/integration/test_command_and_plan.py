from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION

DAY = {"starts_at": "2026-11-22T06:00:00Z", "ends_at": "2026-11-22T18:00:00Z"}
NIGHT = {"starts_at": "2026-11-22T18:00:00Z", "ends_at": "2026-11-23T06:00:00Z"}


async def test_a_commander_takes_command_and_hands_it_over(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    ada, ben = desk.person("Ada Moreno"), desk.person("Ben Ito")
    command = {"position": "incident_commander"}
    url = f"/incidents/{incident['id']}/positions"

    held = await desk.add(as_commander, incident, "positions", **command, **ada)
    refused = await as_commander.post(url, json=command | ben)
    await desk.ok(as_commander.post(f"{url}/{held['id']}/relieve"))
    await desk.add(as_commander, incident, "positions", **command, **ben)

    assert refused.status_code == 409
    assert refused.json()["code"] == "position-held"
    assert "Ada Moreno is Incident Commander" in refused.json()["detail"]
    seen = await desk.see(as_commander, incident)
    assert [one["person_name"] for one in seen["positions"]] == ["Ada Moreno", "Ben Ito"]
    assert seen["positions"][0]["ended_at"] is not None
    assert seen["commander"] == {"id": ben["person_id"], "name": "Ben Ito"}
    summaries = [event.summary for event in await deliver.outbox("incident_management")]
    assert summaries[1:] == [
        'assigned Ada Moreno as Incident Commander of "Cedar Creek Fire"',
        'relieved Ada Moreno as Incident Commander of "Cedar Creek Fire"',
        'assigned Ben Ito as Incident Commander of "Cedar Creek Fire"',
    ]


async def test_commanders_of_two_organizations_are_unified(
    as_commander: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    command = {"position": "incident_commander"}
    alone = await desk.add(as_commander, incident, "positions", **command, **desk.person("Ada"))
    joined = await desk.add(
        as_commander,
        incident,
        "positions",
        organization_id=str(FOREIGN_ORGANIZATION),
        **command,
        **desk.person("Ben"),
    )

    assert (alone["unified"], joined["unified"]) == (False, True)
    seen = await desk.see(as_commander, incident)
    assert [one["unified"] for one in seen["positions"]] == [True, True]
    assert "in unified command" in (await deliver.outbox("incident_management"))[-1].summary


async def test_two_who_are_assigned_at_once_do_not_both_hold_the_position(
    as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    answers = await asyncio.gather(
        *(
            as_commander.post(
                f"/incidents/{incident['id']}/positions",
                json={"position": "safety_officer"} | desk.person(name),
            )
            for name in ("Ada", "Ben", "Chi")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_who_was_relieved_is_not_relieved_again(as_commander: AsyncClient, desk: Any) -> None:
    incident = await desk.declare(as_commander)
    held = await desk.add(
        as_commander, incident, "positions", position="safety_officer", **desk.person()
    )
    url = f"/incidents/{incident['id']}/positions/{held['id']}/relieve"
    assert (await as_commander.post(url)).status_code == 200
    assert (await as_commander.post(url)).status_code == 409


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"position": "captain"}, "/position"),
        ({"started_at": "2199-01-01T00:00:00Z"}, "/started_at"),
        ({"person_name": ""}, "/person_name"),
        ({"person_id": "me"}, "/person_id"),
    ],
)
async def test_a_position_that_cannot_be_is_refused(
    as_commander: AsyncClient, desk: Any, change: dict[str, str], pointer: str
) -> None:
    incident = await desk.declare(as_commander)
    body = {"position": "safety_officer"} | desk.person() | change
    response = await as_commander.post(f"/incidents/{incident['id']}/positions", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_periods_follow_each_other(as_planning: AsyncClient, desk: Any) -> None:
    incident = await desk.declare(as_planning)
    url = f"/incidents/{incident['id']}/periods"
    day = await desk.add(as_planning, incident, "periods", **DAY)
    night = await desk.add(as_planning, incident, "periods", number=2, **NIGHT)
    assert (day["number"], night["number"]) == (1, 2)

    overlapping = await as_planning.post(url, json=NIGHT)
    assert overlapping.status_code == 409
    assert overlapping.json()["code"] == "period-overlap"
    skipping = await as_planning.post(url, json=NIGHT | {"number": 7})
    assert skipping.json()["detail"] == "The next operational period is number 3."
    backwards = await as_planning.post(
        url, json={"starts_at": DAY["ends_at"], "ends_at": DAY["starts_at"]}
    )
    assert backwards.json()["errors"][0]["pointer"] == "/ends_at"


async def test_a_period_is_moved_between_its_neighbours(
    as_planning: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_planning)
    day = await desk.add(as_planning, incident, "periods", **DAY)
    await desk.add(as_planning, incident, "periods", **NIGHT)
    url = f"/incidents/{incident['id']}/periods/{day['id']}"
    version = {"If-Match": '"1"'}

    shorter = await as_planning.patch(
        url, json={"ends_at": "2026-11-22T17:00:00Z"}, headers=version
    )
    assert shorter.status_code == 200
    assert (shorter.json()["version"], shorter.headers["etag"]) == (2, '"2"')
    assert (await as_planning.patch(url, json=DAY, headers=version)).status_code == 412
    too_long = {"ends_at": "2026-11-22T19:00:00Z"}
    version = {"If-Match": '"2"'}
    assert (await as_planning.patch(url, json=too_long, headers=version)).status_code == 409
    turned = {"ends_at": "2026-11-22T05:00:00Z"}
    assert (await as_planning.patch(url, json=turned, headers=version)).status_code == 422
    assert (await deliver.outbox("incident_management"))[-1].summary == (
        'moved operational period 1 of "Cedar Creek Fire" to'
        " 2026-11-22 06:00 to 2026-11-22 17:00 UTC"
    )


async def test_many_add_objectives_at_once_and_none_conflicts(
    as_planning: AsyncClient, as_commander: AsyncClient, desk: Any
) -> None:
    incident = await desk.declare(as_commander)
    await asyncio.gather(
        *(
            desk.add(client, incident, "objectives", text=f"Objective {n}", priority=n)
            for n, client in enumerate((as_planning, as_commander) * 4, start=1)
        )
    )
    seen = await desk.see(as_commander, incident)
    assert [one["priority"] for one in seen["objectives"]] == list(range(1, 9))
    assert (seen["objectives_open"], seen["version"]) == (8, 1)


async def test_an_objective_is_reworded_met_and_taken_up_again(
    as_planning: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_planning)
    period = await desk.add(as_planning, incident, "periods", **DAY)
    objective = await desk.add(as_planning, incident, "objectives", text="Evacuate Main Street")
    url = f"/incidents/{incident['id']}/objectives/{objective['id']}"

    changed = await as_planning.patch(
        url, json={"priority": 1, "period_id": period["id"]}, headers={"If-Match": '"1"'}
    )
    assert changed.json()["period_id"] == period["id"]
    assert changed.json()["next_statuses"] == ["met", "dropped"]
    late = await as_planning.patch(url, json={"priority": 2}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    met = await desk.ok(as_planning.post(f"{url}/status", json={"status": "met"}))
    assert (met["status"], met["version"]) == ("met", 3)
    wrong = await as_planning.post(f"{url}/status", json={"status": "dropped"})
    assert wrong.status_code == 409
    assert "From here it can become open." in wrong.json()["detail"]
    await desk.ok(as_planning.post(f"{url}/status", json={"status": "open"}))
    summaries = [event.summary for event in await deliver.outbox("incident_management")]
    assert summaries[-4:] == [
        'added the objective "Evacuate Main Street"',
        'changed period id, priority of the objective "Evacuate Main Street"',
        'met the objective "Evacuate Main Street"',
        'took up again the objective "Evacuate Main Street"',
    ]


async def test_a_responder_works_on_tasks(
    as_commander: AsyncClient, as_responder: AsyncClient, desk: Any, deliver: Delivery
) -> None:
    incident = await desk.declare(as_commander)
    objective = await desk.add(as_commander, incident, "objectives", text="Keep the dike")
    task = await desk.add(
        as_responder,
        incident,
        "tasks",
        title="Fetch sandbags",
        assignee="Engine 41",
        due_at="2026-11-22T18:00:00+01:00",
        objective_id=objective["id"],
    )
    assert task["due_at"] == "2026-11-22T17:00:00Z"
    url = f"/incidents/{incident['id']}/tasks/{task['id']}"
    begun = await desk.ok(as_responder.post(f"{url}/status", json={"status": "in_progress"}))
    assert begun["next_statuses"] == ["open", "done", "cancelled"]
    assert (await desk.see(as_commander, incident))["tasks_open"] == 1
    await desk.ok(as_responder.post(f"{url}/status", json={"status": "done"}))
    changed = await as_responder.patch(url, json={"assignee": None}, headers={"If-Match": '"3"'})
    assert changed.json()["assignee"] is None
    assert (await desk.see(as_commander, incident))["tasks_open"] == 0
    summaries = [event.summary for event in await deliver.outbox("incident_management")]
    assert summaries[-4:] == [
        'added the task "Fetch sandbags" for Engine 41',
        'moved the task "Fetch sandbags" from open to in progress',
        'moved the task "Fetch sandbags" from in progress to done',
        'changed assignee of the task "Fetch sandbags"',
    ]


async def test_parts_of_another_incident_are_not_this_ones(
    as_commander: AsyncClient, desk: Any
) -> None:
    here, there = await desk.declare(as_commander), await desk.declare(as_commander, "Flood")
    objective = await desk.add(as_commander, there, "objectives", text="Keep the dike")
    task = await desk.add(as_commander, there, "tasks", title="Fetch sandbags")

    stray = await as_commander.post(
        f"/incidents/{here['id']}/tasks", json={"title": "x", "objective_id": objective["id"]}
    )
    assert stray.json()["errors"][0]["pointer"] == "/objective_id"
    moved = await as_commander.post(
        f"/incidents/{here['id']}/tasks/{task['id']}/status", json={"status": "done"}
    )
    assert moved.status_code == 404


@pytest.mark.parametrize(
    ("what", "body", "permission"),
    [
        ("positions", {"position": "safety_officer"}, "incidents:command"),
        ("objectives", {"text": "Evacuate"}, "incidents:plan"),
        ("periods", DAY, "incidents:plan"),
        ("status", {"status": "active"}, "incidents:transition"),
        ("shares", {}, "incidents:share"),
        ("links", {}, "incidents:update"),
    ],
)
async def test_a_responder_does_not_command_or_plan(
    as_commander: AsyncClient,
    as_responder: AsyncClient,
    desk: Any,
    what: str,
    body: dict[str, str],
    permission: str,
) -> None:
    incident = await desk.declare(as_commander)
    response = await as_responder.post(f"/incidents/{incident['id']}/{what}", json=body)
    assert response.status_code == 403
    assert permission in response.json()["detail"]
