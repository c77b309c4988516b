"""What people see while a broadcast runs, and what they may do with it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from muster.alerts.v1 import messages
from muster_testing.people import stepped_up
from notification.broadcast_schemas import (
    BroadcastDetail,
    BroadcastPage,
    DeliveryPage,
    ProviderHealths,
    SinkPage,
)

PLACE = "/notifications/broadcasts"


async def only(client: httpx.AsyncClient) -> dict[str, Any]:
    page = BroadcastPage.model_validate_json((await client.get(PLACE)).content)
    (one,) = page.items
    answer = await client.get(f"{PLACE}/{one.id}")
    return BroadcastDetail.model_validate_json(answer.content).model_dump(mode="json")


async def test_progress_is_shown_by_channel_and_by_area(
    desk: Any, provider: Any, places: Any, as_commander: httpx.AsyncClient
) -> None:
    await desk.subscribe(3)
    await desk.subscribe(2, at=places.in_there)
    await desk.publish(areas=[places.here, places.there])
    before = await only(as_commander)
    assert (before["state"], before["counts"]["waiting"]) == ("running", 5)
    provider.script = ["refuse"]
    await desk.work()
    await desk.tick()
    after = await only(as_commander)
    counts = after["counts"]
    assert (counts["recipients"], counts["reached"], counts["failed"], counts["waiting"]) == (
        5, 4, 1, 0,
    )  # fmt: skip
    assert [(one["channel"], one["counts"]["recipients"]) for one in after["by_channel"]] == [
        ("sms", 5)
    ]
    assert [(one["description"], one["counts"]["recipients"]) for one in after["by_area"]] == [
        ("Area 0", 3),
        ("Area 1", 2),
    ]
    assert after["by_area"][1]["geometry"]["type"] == "Polygon"
    assert after["state"] == "finished"


async def test_another_organization_sees_nothing(
    desk: Any, as_commander: httpx.AsyncClient, as_neighbour: httpx.AsyncClient
) -> None:
    await desk.subscribe(1)
    await desk.publish()
    found = await only(as_commander)
    assert (await as_neighbour.get(PLACE)).json()["items"] == []
    for path in ("", "/deliveries", "/sink"):
        answer = await as_neighbour.get(f"{PLACE}/{found['id']}{path}")
        assert answer.status_code in {403, 404} or answer.json()["items"] == []
    stopped = await as_neighbour.post(f"{PLACE}/{found['id']}/stop")
    assert stopped.status_code in {403, 404}


async def test_the_log_of_recipients_is_masked_and_paged(
    desk: Any, provider: Any, as_administrator: httpx.AsyncClient
) -> None:
    await desk.subscribe(3)
    await desk.publish()
    await desk.work()
    found = await only(as_administrator)
    address = f"{PLACE}/{found['id']}/deliveries"
    first = await as_administrator.get(address, params={"limit": 2})
    page = DeliveryPage.model_validate_json(first.content)
    rest = (await as_administrator.get(address, params={"limit": 2, "cursor": page.next})).json()
    assert len(page.items) == 2
    assert len(rest["items"]) == 1
    numbers = [one["To"] for one in provider.taken]
    for line in page.items:
        assert line.state == "accepted"
        assert line.address
        assert line.address not in numbers
    for number in numbers:
        assert number not in first.text
    none = await as_administrator.get(address, params={"state": "failed"})
    assert none.json()["items"] == []


async def test_a_broadcast_can_be_stopped_and_go_on(
    desk: Any, provider: Any, as_administrator: httpx.AsyncClient
) -> None:
    desk.options(slice=2, urgent_hands=1)
    await desk.subscribe(6)
    provider.always = "late"
    told = await desk.publish()
    working = asyncio.create_task(desk.work())
    await provider.holds()
    found = await only(as_administrator)
    assert (await as_administrator.post(f"{PLACE}/{found['id']}/stop")).status_code == 204
    provider.always = "ok"
    provider.release.set()
    await working
    assert await desk.states(told) == {"accepted": 2, "pending": 4}
    await desk.later()
    await desk.tick()
    await desk.work()
    assert len(provider.taken) == 2
    shown = await only(as_administrator)
    assert (shown["state"], shown["stopped_by"]) == ("stopped", "Administrator")

    assert (await as_administrator.post(f"{PLACE}/{found['id']}/resume")).status_code == 204
    await desk.work()
    assert await desk.states(told) == {"accepted": 6}
    await desk.tick()
    late = await as_administrator.post(f"{PLACE}/{found['id']}/stop")
    assert (late.status_code, late.json()["code"]) == (409, "broadcast-over")


async def test_what_failed_is_tried_again_when_a_person_asks(
    desk: Any, provider: Any, as_administrator: httpx.AsyncClient
) -> None:
    await desk.subscribe(2)
    told = await desk.publish()
    await desk.work()
    await desk.sql("UPDATE notification.deliveries SET state = 'failed'")
    await desk.sql("UPDATE notification.chunks SET failed = 2, accepted = 0")
    await desk.tick()
    found = await only(as_administrator)
    answer = await as_administrator.post(f"{PLACE}/{found['id']}/retry")
    assert answer.json() == {"deliveries": 2}
    await desk.work()
    assert await desk.states(told) == {"accepted": 2}
    assert len(provider.taken) == 4


async def test_what_has_expired_is_not_tried_again(
    desk: Any, as_administrator: httpx.AsyncClient
) -> None:
    await desk.subscribe(1)
    await desk.publish(expires=datetime.now(UTC) + timedelta(milliseconds=100))
    await asyncio.sleep(0.2)
    found = await only(as_administrator)
    answer = await as_administrator.post(f"{PLACE}/{found['id']}/retry")
    assert answer.json()["code"] == "broadcast-over"


async def test_staff_can_read_what_an_exercise_would_have_sent(
    desk: Any, as_commander: httpx.AsyncClient
) -> None:
    await desk.subscribe(1, exercise=True)
    told = await desk.publish(status="Exercise", exercise=True)
    await desk.work()
    found = await only(as_commander)
    answer = await as_commander.get(f"{PLACE}/{found['id']}/sink")
    (message,) = SinkPage.model_validate_json(answer.content).items
    assert message.text == messages.sms(told, told.texts[0])
    assert message.text.startswith("EXERCISE EXERCISE EXERCISE: ")


async def test_the_health_of_a_provider_is_told(
    desk: Any, provider: Any, as_commander: httpx.AsyncClient
) -> None:
    provider.always = "down"
    await desk.subscribe(6)
    await desk.publish()
    await desk.work()
    answer = await as_commander.get("/notifications/channels")
    found = {one.provider: one for one in ProviderHealths.model_validate_json(answer.content).items}
    assert found["first"].breaker == "open"
    assert found["first"].last_reason == "provider-error:20500"
    assert found["second"].last_success is not None
    assert (found["first"].choice, found["second"].choice) == (1, 2)


async def test_the_export_asks_for_a_second_factor_and_holds_no_formula(
    desk: Any, as_administrator: httpx.AsyncClient
) -> None:
    await desk.subscribe(2)
    await desk.publish()
    await desk.work()
    found = await only(as_administrator)
    address = f"{PLACE}/{found['id']}/deliveries.csv"
    refused = await as_administrator.get(address)
    assert (refused.status_code, refused.json()["code"]) == (403, "step-up-required")

    answer = await stepped_up(as_administrator).get(address)
    lines = answer.text.splitlines()
    assert lines[0].startswith("recipient,channel,address")
    assert len(lines) == 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in lines[1].split(","))


async def test_the_end_is_noted_behind_however_many_others(desk: Any) -> None:
    await desk.subscribe(1)
    await desk.publish()
    await desk.work()
    await desk.tick()
    await desk.sql(
        "INSERT INTO notification.broadcasts SELECT (jsonb_populate_record(b, jsonb_build_object("
        "'id', uuidv7(), 'alert_id', uuidv7(), 'thread_id', uuidv7()))).*"
        " FROM notification.broadcasts b, generate_series(1, 250)"
    )
    last = await desk.publish()
    await desk.work()
    await desk.tick()
    (row,) = await desk.rows(
        f"SELECT finished_at FROM notification.broadcasts WHERE alert_id = '{last.alert_id}'"
    )
    assert row["finished_at"] is not None
