"""Subscriptions as people meet them: by HTTP, through the whole application."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from notification.schemas import NotificationSubscription
from notification.settings import Settings

if TYPE_CHECKING:
    import httpx

    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery

PLACE = "/notification/subscriptions"


async def opened(client: httpx.AsyncClient, name: str, **more: Any) -> dict[str, Any]:
    response = await client.post(PLACE, json={"name": name, **more})
    assert response.status_code == 201, response.text
    return response.json()


async def declared(client: httpx.AsyncClient, deliver: Delivery, **more: Any) -> dict[str, Any]:
    response = await client.post("/incidents", json={"name": "Cedar Creek Fire", **more})
    assert response.status_code == 201, response.text
    await deliver()
    return response.json()


async def test_a_name_is_enough(as_responder: httpx.AsyncClient, deliver: Delivery) -> None:
    response = await as_responder.post(PLACE, json={"name": "Twenty cots"})

    assert response.status_code == 201
    subscription = response.json()
    assert subscription["status"] == "open"
    assert subscription["opened_by"]["name"] == "Responder"
    assert response.headers["location"] == f"/api/v1{PLACE}/{subscription['id']}"
    (event,) = await deliver.outbox("notification")
    assert event.type == "muster.notification_subscription.opened.v1"
    assert event.summary.endswith('"Twenty cots"')


async def test_lists_show_the_newest_first_page_by_page(as_responder: httpx.AsyncClient) -> None:
    for name in ("First", "Second", "Third"):
        await opened(as_responder, name)

    page = (await as_responder.get(PLACE, params={"limit": 2})).json()
    rest = (await as_responder.get(PLACE, params={"limit": 2, "cursor": page["next"]})).json()

    assert [one["name"] for one in page["items"]] == ["Third", "Second"]
    assert [one["name"] for one in rest["items"]] == ["First"]
    assert rest["next"] is None
    for item in page["items"]:
        NotificationSubscription.model_validate(item)


async def test_lists_are_filtered(as_commander: httpx.AsyncClient, deliver: Delivery) -> None:
    incident = await declared(as_commander, deliver)
    await opened(as_commander, "For the fire", incident_id=incident["id"])
    done = await opened(as_commander, "Done")
    await as_commander.post(f"{PLACE}/{done['id']}/status", json={"status": "done"})
    await opened(as_commander, "Played", exercise=True)

    async def names(**wanted: Any) -> list[str]:
        items = (await as_commander.get(PLACE, params=wanted)).json()["items"]
        return [one["name"] for one in items]

    assert await names() == ["Played", "Done", "For the fire"]
    assert await names(exercise=True) == ["Played"]
    assert await names(exercise=False, status="open") == ["For the fire"]
    assert await names(incident_id=incident["id"]) == ["For the fire"]


async def test_who_may_only_read_opens_nothing(
    as_auditor: httpx.AsyncClient, as_responder: httpx.AsyncClient
) -> None:
    refused = await as_auditor.post(PLACE, json={"name": "No"})
    assert refused.status_code == 403
    assert "notification:work" in refused.json()["detail"]

    subscription = await opened(as_responder, "Yes")
    assert (await as_auditor.get(f"{PLACE}/{subscription['id']}")).json()["name"] == "Yes"


async def test_another_organization_sees_nothing(
    as_responder: httpx.AsyncClient, as_neighbour: httpx.AsyncClient
) -> None:
    subscription = await opened(as_responder, "Ours")
    address = f"{PLACE}/{subscription['id']}"

    assert (await as_neighbour.get(PLACE)).json()["items"] == []
    assert (await as_neighbour.get(address)).status_code == 404
    edit = await as_neighbour.patch(address, json={"name": "Theirs"}, headers={"If-Match": '"1"'})
    assert edit.status_code == 404
    moved = await as_neighbour.post(f"{address}/status", json={"status": "done"})
    assert moved.status_code == 404


async def test_an_edit_based_on_an_older_version_is_refused(
    as_responder: httpx.AsyncClient,
) -> None:
    subscription = await opened(as_responder, "Cots", details="By noon")
    address = f"{PLACE}/{subscription['id']}"
    assert (await as_responder.patch(address, json={"name": "Beds"})).status_code == 428

    first = await as_responder.patch(address, json={"name": "Beds"}, headers={"If-Match": '"1"'})
    second = await as_responder.patch(address, json={"details": None}, headers={"If-Match": '"1"'})

    assert first.status_code == 200
    assert first.headers["etag"] == '"2"'
    assert second.status_code == 412
    assert (await as_responder.get(address)).json()["details"] == "By noon"


async def test_only_allowed_steps_are_taken(
    as_responder: httpx.AsyncClient, deliver: Delivery
) -> None:
    subscription = await opened(as_responder, "Cots")
    address = f"{PLACE}/{subscription['id']}/status"
    withdrawn = (await as_responder.post(address, json={"status": "withdrawn"})).json()
    assert withdrawn["next_statuses"] == []

    refused = await as_responder.post(address, json={"status": "open"})

    assert refused.status_code == 409
    assert refused.json()["code"] == "wrong-status"
    assert "'Cots' is withdrawn" in refused.json()["detail"]
    events = await deliver.outbox("notification")
    assert [event.data.get("status") for event in events] == [None, "withdrawn"]


async def test_what_is_still_open_when_its_incident_closes_is_withdrawn(
    as_commander: httpx.AsyncClient, deliver: Delivery
) -> None:
    incident = await declared(as_commander, deliver, exercise=True)
    still_open = await opened(as_commander, "Cots", incident_id=incident["id"])
    assert still_open["incident_name"] == "Cedar Creek Fire"
    assert still_open["exercise"] is True
    closing = {"status": "closed", "reason": "false_alarm"}
    closed = await as_commander.post(f"/incidents/{incident['id']}/status", json=closing)
    assert closed.status_code == 200, closed.text

    await deliver()

    found = (await as_commander.get(f"{PLACE}/{still_open['id']}")).json()
    assert found["status"] == "withdrawn"
    late = await as_commander.post(PLACE, json={"name": "Late", "incident_id": incident["id"]})
    assert late.status_code == 409


async def test_an_unknown_incident_is_named_as_the_fault(as_commander: httpx.AsyncClient) -> None:
    body = {"name": "Cots", "incident_id": str(uuid4())}
    response = await as_commander.post(PLACE, json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/incident_id"


async def test_what_is_open_for_long_is_overdue(
    as_responder: httpx.AsyncClient, runtime: Runtime
) -> None:
    subscription = await opened(as_responder, "Cots")
    assert subscription["overdue"] is False

    runtime.override_settings(
        Settings(overdue_hours=timedelta(microseconds=1) / timedelta(hours=1))
    )

    assert (await as_responder.get(f"{PLACE}/{subscription['id']}")).json()["overdue"] is True
