"""Calls for help of people who were warned, until somebody decides on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from incident_management.consumers import consumers
from incident_management.schemas.answers import HelpRequestPage
from muster.notification.v1.events import HelpRequested
from muster_core.events import Event
from muster_core.identifiers import uuid7
from muster_core.runtime import Runtime
from muster_testing.people import ORGANIZATION

PLACE = "/help-requests"


@pytest.fixture
def call(app: Any, runtime: Runtime) -> Any:
    """Call it to let the service hear of a call for help; answers its id."""

    async def called(
        incident_id: str | None = None, request_id: UUID | None = None, *, exercise: bool = False
    ) -> str:
        told = HelpRequested(
            organization_id=ORGANIZATION,
            request_id=request_id or uuid4(),
            alert_id=uuid4(),
            thread_id=uuid4(),
            incident_id=UUID(incident_id) if incident_id else None,
            headline="Leave now",
            exercise=exercise,
            text="two of us on the roof",
            place={"type": "Point", "coordinates": [-117.5, 35.5]},
        )
        event = Event(
            id=uuid7(),
            time=datetime.now(UTC),
            type=told.type,
            source="notification",
            subject=told.subject(),
            organizationid=ORGANIZATION,
            requires=told.requires,
            summary=told.summary(),
            data=told.model_dump(mode="json"),
        )
        (consumer,) = [one for one in consumers.all if one.wants(event)]
        await consumer.handle(runtime, [event])
        return str(told.request_id)

    return called


async def test_a_call_is_made_a_task_of_the_alerts_incident(
    as_commander: AsyncClient, desk: Any, call: Any
) -> None:
    incident = await desk.declare(as_commander, "Cedar Creek Fire")
    first = await call(incident["id"])
    await call(incident["id"], UUID(first))
    page = HelpRequestPage.model_validate_json((await as_commander.get(PLACE)).content)
    (shown,) = page.items
    assert (shown.text, shown.incident_name) == ("two of us on the roof", "Cedar Creek Fire")

    accepted = await as_commander.post(f"{PLACE}/{first}/accept", json={"assignee": "Engine 12"})
    assert accepted.status_code == 200, accepted.text
    tasks = (await as_commander.get(f"/incidents/{incident['id']}")).json()["tasks"]
    assert [(one["id"], one["title"], one["assignee"]) for one in tasks] == [
        (accepted.json()["task_id"], "Help: two of us on the roof", "Engine 12")
    ]
    again = await as_commander.post(f"{PLACE}/{first}/accept", json={})
    assert again.status_code == 409
    assert (await as_commander.get(PLACE, params={"status": "open"})).json()["items"] == []


async def test_a_call_without_an_incident_wants_one_named(
    as_commander: AsyncClient, desk: Any, call: Any
) -> None:
    request = await call()
    refused = await as_commander.post(f"{PLACE}/{request}/accept", json={})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/incident_id"
    incident = await desk.declare(as_commander, "Flood")
    body = {"incident_id": incident["id"], "title": "Two people on a roof"}
    assert (await as_commander.post(f"{PLACE}/{request}/accept", json=body)).status_code == 200


async def test_a_call_stays_in_its_own_world(
    as_commander: AsyncClient, desk: Any, call: Any
) -> None:
    drill = await desk.declare(as_commander, "Drill", exercise=True)
    for request, incident in (
        (await call(), drill),
        (await call(exercise=True), await desk.declare(as_commander, "Flood")),
    ):
        body = {"incident_id": incident["id"]}
        refused = await as_commander.post(f"{PLACE}/{request}/accept", json=body)
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert error["pointer"] == "/incident_id"
        assert error["detail"].endswith("the two worlds stay apart")
        assert (await as_commander.get(f"/incidents/{incident['id']}")).json()["tasks"] == []
    played = await call(exercise=True)
    body = {"incident_id": drill["id"]}
    assert (await as_commander.post(f"{PLACE}/{played}/accept", json=body)).status_code == 200


async def test_a_call_is_dismissed_with_a_reason(
    as_commander: AsyncClient, call: Any, deliver: Any
) -> None:
    request = await call()
    assert (await as_commander.post(f"{PLACE}/{request}/dismiss", json={})).status_code == 422
    answer = await as_commander.post(
        f"{PLACE}/{request}/dismiss", json={"reason": "A child played"}
    )
    assert answer.json()["status"] == "dismissed"
    (event,) = await deliver.outbox("incident_management")
    assert event.type == "muster.help.decided.v1"
    assert event.summary == "dismissed a call for help: A child played"


async def test_the_board_of_an_exercise_shows_no_real_call_and_the_other_way_round(
    as_commander: AsyncClient, call: Any
) -> None:
    real, played = await call(), await call(exercise=True)

    async def shown(exercise: str) -> list[str]:
        answer = await as_commander.get(PLACE, params={"exercise": exercise})
        return [one["id"] for one in answer.json()["items"]]

    assert (await shown("false"), await shown("true")) == ([real], [played])


async def test_another_organization_sees_and_decides_nothing(
    as_neighbour: AsyncClient, as_auditor: AsyncClient, call: Any
) -> None:
    request = await call()
    assert (await as_neighbour.get(PLACE)).json()["items"] == []
    dismissal = {"reason": "None of ours"}
    assert (
        await as_neighbour.post(f"{PLACE}/{request}/dismiss", json=dismissal)
    ).status_code == 404
    assert len((await as_auditor.get(PLACE)).json()["items"]) == 1
    assert (await as_auditor.post(f"{PLACE}/{request}/dismiss", json=dismissal)).status_code == 403
