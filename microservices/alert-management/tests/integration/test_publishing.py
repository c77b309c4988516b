"""Publishing, updating, cancelling, expiring: what was sent is frozen, and nothing half-happens."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from lxml import etree

from alert_management.cap import parse
from muster.alerts.v1.events import AlertEnded, AlertPublished
from muster_core.database import Reader
from muster_testing.delivery import Delivery
from muster_testing.people import stepped_up


async def _cap(anonymous: httpx.AsyncClient, alert: Any) -> Any:
    response = await anonymous.get(f"/alerts/{alert['id']}/cap.xml")
    assert response.status_code == 200, response.text
    return parse(response.content).alert


async def test_what_is_published_is_valid_cap_with_everything_in_it(
    desk: Any, anonymous: httpx.AsyncClient, make: Any
) -> None:
    spanish = make.texts(
        language="es",
        event="Inundación",
        headline="Inundación en Cedar Creek",
        description="El arroyo sube rápido.",
        instruction="Vaya a un lugar alto.",
    )
    circle = {"longitude": -118.5, "latitude": 35.4, "radius_km": 5}
    sent = await desk.send(
        make.flood(
            texts=[make.texts(short="Flood. Go up.", shortest="Flood"), spanish],
            areas=[
                {"description": "Cedar Creek", "geometry": make.creek},
                {"description": "Ford City", "circle": circle, "altitude": 0, "ceiling": 500},
            ],
            parameters=[{"name": "EAS-ORG", "value": "CIV"}],
        )
    )

    found = await _cap(anonymous, sent)

    assert found.identifier == f"urn:uuid:{sent['id']}" == sent["identifier"]
    assert (found.status, found.msg_type, found.scope) == ("Actual", "Alert", "Public")
    assert [info.language for info in found.infos] == ["en-US", "es"]
    english = found.infos[0]
    assert english.sender_name == "Kern County Emergency Services"
    assert ("OET:v1.2", "OET-081") in english.event_codes
    assert ("CMAMtext", "Flood") in english.parameters
    assert english.areas[0].polygons[0][0] == english.areas[0].polygons[0][-1]
    assert english.areas[1].circles[0].radius_km == 5
    assert english.areas == found.infos[1].areas
    assert b"Z</sent>" not in (await anonymous.get(f"/alerts/{sent['id']}/cap.xml")).content


async def test_the_event_tells_deliverers_everything(desk: Any, deliver: Delivery) -> None:
    sent = await desk.send()

    (event,) = [
        one for one in await deliver.outbox("alert_management") if one.type == AlertPublished.type
    ]
    told = event.payload()
    assert isinstance(told, AlertPublished)
    assert told.hazard == "flood"
    assert told.texts[0].short.startswith("Flood at Cedar Creek. Move to high ground")
    assert told.areas[0].geometry["type"] == "Polygon"
    assert told.url.endswith(f"/warnings/{sent['id']}")
    assert (told.number, told.replaces, told.exercise) == (1, [], False)
    assert told.time_zone == "America/Los_Angeles"


async def test_a_repeated_click_publishes_once(
    desk: Any, as_commander: httpx.AsyncClient, deliver: Delivery
) -> None:
    alert = await desk.approve(await desk.submit(await desk.draft()))
    stepped_up(as_commander)

    clicks = await asyncio.gather(
        *(as_commander.post(f"/alerts/{alert['id']}/publish") for _ in range(4))
    )

    assert {click.status_code for click in clicks} == {200}
    events = await deliver.outbox("alert_management")
    assert [event.type for event in events].count(AlertPublished.type) == 1


async def test_one_click_makes_an_update_with_everything_in_it_and_the_references_whole(
    desk: Any, as_officer: httpx.AsyncClient, anonymous: httpx.AsyncClient, make: Any
) -> None:
    first = await desk.send()
    begun = await as_officer.post(f"/alerts/{first['id']}/update")
    again = await as_officer.post(f"/alerts/{first['id']}/update")
    assert (begun.status_code, again.status_code) == (201, 200)
    assert begun.json()["id"] == again.json()["id"]
    draft = begun.json()
    assert draft["content"]["texts"] == first["content"]["texts"]
    assert draft["thread_id"] == first["id"]
    second = await desk.finish(draft)
    third = await desk.finish((await as_officer.post(f"/alerts/{second['id']}/update")).json())
    last = await desk.finish((await as_officer.post(f"/alerts/{third['id']}/cancel")).json())

    assert [one["number"] for one in (first, second, third, last)] == [1, 2, 3, 4]
    found = await _cap(anonymous, last)
    assert found.msg_type == "Cancel"
    assert [one.identifier for one in found.references] == [
        one["identifier"] for one in (first, second, third)
    ]
    assert last["replaces"] == [first["id"], second["id"], third["id"]]
    statuses = [(await desk.see(one))["status"] for one in (first, second, third, last)]
    assert statuses == ["updated", "updated", "cancelled", "published"]


async def test_an_update_ends_when_its_alert_does_and_a_cancel_soon(
    desk: Any, as_officer: httpx.AsyncClient
) -> None:
    first = await desk.send()
    update = (await as_officer.post(f"/alerts/{first['id']}/update")).json()
    cancel = (await as_officer.post(f"/alerts/{first['id']}/cancel")).json()

    assert update["content"]["expires"][:19] == first["expires"][:19]
    assert cancel["content"]["expires_after_minutes"] == 60
    assert cancel["content"]["response_types"] == ["AllClear"]
    assert cancel["content"]["texts"][0]["instruction"] == ""


async def test_a_cancel_begun_before_an_update_went_out_calls_off_the_update_too(
    desk: Any, as_officer: httpx.AsyncClient, as_commander: httpx.AsyncClient
) -> None:
    first = await desk.send()
    update = (await as_officer.post(f"/alerts/{first['id']}/update")).json()
    cancel = (await as_officer.post(f"/alerts/{first['id']}/cancel")).json()
    other = await desk.ok(as_commander.post(f"/alerts/{first['id']}/update"))
    assert other["id"] == update["id"]  # one Update at a time
    await desk.finish(update)

    sent = await desk.finish(cancel)

    assert sent["number"] == 3
    assert (await desk.see(update))["status"] == "cancelled"


async def test_nothing_follows_what_was_called_off(
    desk: Any, as_officer: httpx.AsyncClient, as_commander: httpx.AsyncClient
) -> None:
    first = await desk.send()
    update = await desk.approve(
        await desk.submit((await as_officer.post(f"/alerts/{first['id']}/update")).json())
    )
    cancel = await desk.finish((await as_officer.post(f"/alerts/{first['id']}/cancel")).json())

    late = await stepped_up(as_commander).post(f"/alerts/{update['id']}/publish")
    assert late.status_code == 409
    assert late.json()["code"] == "thread-moved-on"
    for alert in (first, cancel):
        refused = await as_officer.post(f"/alerts/{alert['id']}/update")
        assert refused.status_code == 409
        assert "not in force" in refused.json()["detail"]


async def test_what_was_sent_is_served_byte_for_byte_whatever_comes_after(
    desk: Any, as_officer: httpx.AsyncClient, anonymous: httpx.AsyncClient, reader: Reader
) -> None:
    first = await desk.send()
    before = (await anonymous.get(f"/alerts/{first['id']}/cap.xml")).content
    await desk.finish((await as_officer.post(f"/alerts/{first['id']}/cancel")).json())

    after = await anonymous.get(f"/alerts/{first['id']}/cap.xml")
    rows = await reader.fetch("SELECT cap FROM alert_management.alert WHERE number = 1")

    assert after.content == before == rows[0]["cap"]
    assert str(etree.fromstring(before).tag).endswith("alert")


async def test_an_alert_whose_time_is_over_ends_by_the_clock_once(
    desk: Any, deliver: Delivery, reader: Reader
) -> None:
    sent = await desk.send()
    await deliver.run("alert_management.end_lapsed")
    assert (await desk.see(sent))["status"] == "published"
    await reader.execute("UPDATE alert_management.alert SET expires = now() - interval '1 s'")
    await deliver()

    await asyncio.gather(*(deliver.run("alert_management.end_lapsed") for _ in range(3)))

    assert (await desk.see(sent))["status"] == "expired"
    events = await deliver.outbox("alert_management")
    assert [event.type for event in events] == [AlertEnded.type]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"texts": []}, "/content/texts"),
        ({"areas": []}, "/content/areas"),
        ({"categories": []}, "/content/categories"),
        ({"expires_after_minutes": None}, "/content/expires"),
        ({"expires": "2020-01-01T00:00:00Z", "expires_after_minutes": None}, "/content/expires"),
        ({"onset": "2199-01-01T00:00:00Z"}, "/content/onset"),
    ],
)
async def test_what_lacks_something_is_not_submitted(
    desk: Any, as_officer: httpx.AsyncClient, make: Any, change: Any, pointer: str
) -> None:
    alert = await desk.draft(make.flood(**change))
    refused = await as_officer.post(f"/alerts/{alert['id']}/submit")
    assert refused.status_code == 422
    assert refused.json()["code"] == "alert-not-ready"
    assert pointer in [one["pointer"] for one in refused.json()["errors"]]


async def test_what_ran_out_while_it_waited_is_not_published(
    desk: Any, as_commander: httpx.AsyncClient, reader: Reader, make: Any
) -> None:
    content = make.flood(expires=make.soon(minutes=5), expires_after_minutes=None)
    alert = await desk.approve(await desk.submit(await desk.draft(content)))
    await reader.execute(
        "UPDATE alert_management.alert SET content ="
        " jsonb_set(content, '{expires}', to_jsonb($1::text))",
        make.soon(minutes=-1),
    )
    refused = await stepped_up(as_commander).post(f"/alerts/{alert['id']}/publish")
    assert refused.status_code == 422
    assert "would have ended" in refused.json()["detail"]


async def test_status_follows_the_world(
    desk: Any, deliver: Delivery, anonymous: httpx.AsyncClient, as_officer: httpx.AsyncClient
) -> None:
    exercise = await desk.send(exercise=True)
    test = await desk.send(test=True)
    real = await desk.send()

    assert [one["cap_status"] for one in (exercise, test, real)] == ["Exercise", "Test", "Actual"]
    assert [(await _cap(anonymous, one)).status for one in (exercise, test, real)] == [
        "Exercise",
        "Test",
        "Actual",
    ]
    told = [
        event
        for event in await deliver.outbox("alert_management")
        if event.type == AlertPublished.type
    ]
    # Whoever delivers sees no difference between a test and an exercise: neither can reach anyone.
    assert [event.exercise for event in told] == [True, True, False]
    both = await as_officer.post("/alerts", json={"exercise": True, "test": True})
    assert both.status_code == 422
