from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alert_management.schemas.received import (
    AlertFeedPage,
    ReceivedDetail,
    ReceivedMap,
    ReceivedPage,
)

ROOT = Path(__file__).parents[4]
NWS = [
    file
    for folder in ("../shared/data", "../../shared/data")
    for file in sorted((ROOT / folder).glob("weather/*/alerts_active__status-actual.json"))
]


def read(file: Path) -> bytes:
    return file.read_bytes()


async def test_a_feed_of_cap_messages_is_on_the_list_with_source_age_and_signature(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap("A-1"), make.cap("A-2", polygon=make.far_away))
    feed = await story.listen(publisher)
    (polled,) = await story.poll()
    assert (polled["state"], polled["alerts"], polled["in_force"]) == ("fresh", 2, 2)
    page = (await story.client.get("/received-alerts")).content
    ReceivedPage.model_validate_json(page)
    AlertFeedPage.model_validate_json((await story.client.get("/alert-feeds")).content)
    first, second = sorted(json.loads(page)["items"], key=lambda one: one["identifier"])
    assert first["feed"]["id"] == feed
    assert (first["source"], first["feed"]["state"]) == ("Weather service", "fresh")
    assert 0 <= first["age_seconds"] < 60
    assert (first["state"], first["signature"]) == ("in_force", "none")
    assert first["geometry"]["type"] == "Polygon"
    assert [second["identifier"]] == [
        one["identifier"] for one in await story.received(bbox="9,9,10.5,10.5")
    ]
    detail = await story.client.get(f"/received-alerts/{first['id']}")
    ReceivedDetail.model_validate_json(detail.content)
    assert detail.json()["message"]["infos"][0]["description"] == "Water rises."
    document = await story.client.get(f"/received-alerts/{first['id']}/document")
    assert document.headers["content-type"].startswith("application/cap+xml")
    assert document.headers["content-disposition"].startswith("attachment")
    assert b"<identifier>A-1</identifier>" in document.content
    shown = await story.client.get("/received-alerts/map", params={"in_force": "true"})
    ReceivedMap.model_validate_json(shown.content)
    assert len(shown.json()["features"]) == 2
    assert shown.json()["complete"] is True


async def test_the_same_message_from_two_feeds_and_again_is_stored_once(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap())
    publisher.pages = {"/other": make.atom(make.cap())}
    await story.listen(publisher)
    await story.client.post(
        "/alert-feeds",
        json={"name": "Relay", "kind": "cap", "url": publisher.at("/other")},
    )
    await story.poll()
    publisher.body = make.atom(make.cap(), updated="2026-07-01T13:00:00+00:00")
    await story.poll()
    assert len(await story.received()) == 1
    assert len(await story.rows("received_alert")) == 1


async def test_documents_that_a_feed_links_to_are_read_once_each_and_a_few_at_a_time(
    story: Any, publisher: Any, make: Any
) -> None:
    names = [f"/cap/{number}.xml" for number in range(5)]
    publisher.pages = {name: make.cap(f"A-{name}").encode() for name in names}
    # Relative addresses are the feed's own.
    publisher.body = make.atom(*(make.link(name) for name in names))
    await story.listen(publisher)
    (polled,) = await story.poll()
    assert (polled["alerts"], polled["links_waiting"]) == (3, 2)
    (polled,) = await story.poll()
    assert (polled["alerts"], polled["links_waiting"]) == (5, 0)
    await story.poll()
    asked = [path for path in publisher.paths if path.startswith("/cap/")]
    assert sorted(asked) == names
    publisher.body = make.atom(make.link(names[0], updated="2026-07-02T12:00:00+00:00"))
    publisher.pages[names[0]] = make.cap("A-new").encode()
    (polled,) = await story.poll()
    assert polled["alerts"] == 6


async def test_a_linked_document_that_cannot_be_read_does_not_cost_the_others(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.pages = {"/good.xml": make.cap().encode(), "/bad.xml": b"<html>Gone fishing</html>"}
    publisher.body = make.atom(
        make.link("/good.xml"),
        make.link("/bad.xml"),
        make.link("http://169.254.169.254/latest/meta-data"),
    )
    await story.listen(publisher)
    (polled,) = await story.poll()
    assert (polled["alerts"], polled["last_error"], polled["quarantined"]) == (1, None, 1)
    states = {
        row["url"].rpartition("/")[2]: row["state"] for row in await story.rows("alert_feed_link")
    }
    assert states == {"good.xml": "read", "bad.xml": "given_up", "meta-data": "pending"}
    (held,) = (await story.client.get(f"/alert-feeds/{polled['id']}/quarantine")).json()["items"]
    assert held["reason"] == "cap-invalid"
    assert "line 1" in held["detail"]


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("html-with-200", {"body": b"<html><body>Down for maintenance</body></html>"}, "cap-invalid"),
    ("nothing", {"body": b""}, "cap-invalid"),
    (
        "bomb",
        {
            "body": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>'
            b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">&c;</alert>'
        },
        "cap-invalid",
    ),
    (
        "external-entity",
        {
            "body": b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd">'
            b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>'
        },
        "cap-invalid",
    ),
    ("deep", {"body": b"<a>" * 1000 + b"</a>" * 1000}, "cap-invalid"),
    ("10-mb", {"body": b" " * 10_000_000}, "too-large"),
    ("cut-short", {"body": b"<feed><entry>", "length": False}, "cap-invalid"),
    ("500", {"status": "500 Internal Server Error"}, "refused"),
    (
        "elsewhere",
        {"status": "302 Found", "headers": {"Location": "http://10.0.0.1/"}},
        "redirected",
    ),
]


@pytest.mark.parametrize(
    ("behaviour", "reason"), [h[1:] for h in HOSTILE], ids=[h[0] for h in HOSTILE]
)
async def test_whatever_a_publisher_sends_the_last_good_alerts_stay_and_the_poller_lives(
    behaviour: dict[str, Any], reason: str, story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap())
    await story.listen(publisher)
    await story.poll()
    publisher.behave(**behaviour)
    (failed,) = await story.poll()
    assert failed["last_error"].startswith(reason), failed["last_error"]
    assert failed["consecutive_failures"] == 1
    assert [one["state"] for one in await story.received()] == ["in_force"]
    publisher.behave(body=make.atom(make.cap(), make.cap("A-2")))
    (recovered,) = await story.poll()
    assert (recovered["last_error"], recovered["alerts"]) == (None, 2)


async def test_a_feeds_silence_cancels_nothing(story: Any, publisher: Any, make: Any) -> None:
    publisher.body = make.atom(make.cap())
    await story.listen(publisher)
    await story.poll()
    publisher.body = make.atom(updated="2026-07-01T13:00:00+00:00")
    await story.poll()
    assert [one["state"] for one in await story.received(in_force="true")] == ["in_force"]


async def test_one_bad_alert_in_a_feed_is_set_aside_and_the_others_are_shown(
    story: Any, publisher: Any, make: Any
) -> None:
    bad = make.cap("A-bad").replace("<severity>Severe</severity>", "<severity>Awful</severity>")
    publisher.body = make.atom(bad, make.cap("A-good"))
    await story.listen(publisher)
    (polled,) = await story.poll()
    assert (polled["alerts"], polled["quarantined"]) == (1, 1)


async def test_an_old_feed_is_shown_as_stale_beside_each_of_its_alerts(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap())
    await story.listen(publisher)
    await story.poll()
    reader = story.runtime.database("alert_management").reader
    await reader.execute(
        "UPDATE alert_management.alert_feed SET next_poll_at = now() + interval '1 hour',"
        " last_success_at = now() - interval '2 hours'"
    )
    (one,) = await story.received()
    assert one["feed"]["state"] == "stale"
    assert round(one["feed"]["age_seconds"] / 3600) == 2
    await story.deliver()
    await story.deliver.run("alert_management.alert_feeds_tick")
    assert await story.announced() == ["alert_feed.state_changed"]


async def test_expired_alerts_leave_the_board_and_stay_readable(story: Any, make: Any) -> None:
    await story.take(
        make.cap("A-old", sent=make.now - timedelta(days=2), expires=make.now - timedelta(days=1)),
        make.cap(
            "A-endless", sent=make.now - timedelta(hours=30), expires=None, polygon=make.far_away
        ),
        make.cap("A-new", expires=None),
    )
    assert [one["identifier"] for one in await story.received(in_force="true")] == ["A-new"]
    gone = {one["identifier"]: one["state"] for one in await story.received(in_force="false")}
    assert gone == {"A-old": "expired", "A-endless": "expired"}


async def test_the_end_of_an_alert_is_told_once(story: Any, make: Any) -> None:
    await story.take(
        make.cap("A-old", sent=make.now - timedelta(days=2), expires=make.now - timedelta(days=1)),
        make.cap("A-new", polygon=make.far_away),
    )
    await story.deliver.run("alert_management.tell_lapsed")
    assert await story.announced() == ["alert.received"] * 2
    await story.runtime.database("alert_management").reader.execute(
        "UPDATE alert_management.received_alert SET expires_at = now() WHERE identifier = 'A-new'"
    )
    for _ in range(2):
        await story.deliver.run("alert_management.tell_lapsed")
    assert await story.announced() == [*["alert.received"] * 2, "received_alert.ended"]
    told = (await story.deliver.outbox("alert_management"))[-1].data
    assert (told["how"], told["facts"]["state"]) == ("expired", "expired")


async def test_nws_geojson_is_read_as_cap_and_word_for_word(
    story: Any, publisher: Any, make: Any
) -> None:
    feature = make.nws()
    broken = make.nws("urn:oid:bad", severity="Awful")
    publisher.body = make.collection(feature, broken, make.nws("urn:oid:nan", expires="soon"))
    await story.listen(publisher, kind="nws")
    (polled,) = await story.poll()
    assert (polled["alerts"], polled["quarantined"]) == (1, 2)
    assert polled["generated_at"].startswith("2026-07-01T12:00:00")
    (one,) = await story.received()
    assert (one["sender_name"], one["severity"]) == ("NWS Sacramento CA", "Severe")
    document = await story.client.get(f"/received-alerts/{one['id']}/document")
    assert document.headers["content-type"].startswith("application/geo+json")
    assert document.json() == feature
    held = (await story.client.get(f"/alert-feeds/{polled['id']}/quarantine")).json()["items"]
    assert {item["external_id"] for item in held} == {"urn:oid:bad", "urn:oid:nan"}


@pytest.mark.parametrize("file", NWS, ids=[path.parent.name for path in NWS])
async def test_every_alert_of_a_real_nws_document_is_there_once(
    file: Path, story: Any, publisher: Any
) -> None:
    publisher.body = read(file)
    told = [feature["properties"] for feature in json.loads(publisher.body)["features"]]
    # The samples are templates: some hold "date:today 16:00" where the service writes an instant.
    good = [one for one in told if "date:" not in str(one)]
    names = {(one["sender"], one["id"], datetime.fromisoformat(one["sent"])) for one in good}
    await story.listen(publisher, kind="nws")
    (polled,) = await story.poll()
    assert polled["last_error"] is None
    assert (polled["alerts"], polled["quarantined"]) == (len(names), len(told) - len(good))
    publisher.body = publisher.body + b"\n"
    await story.poll()
    assert len(await story.rows("received_alert")) == len(names)


async def test_what_is_not_actual_belongs_to_the_exercises_world(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(
        make.cap("A-1"), *(make.cap(f"A-{s}", status=s) for s in ("Exercise", "Test", "System"))
    )
    await story.listen(publisher)
    await story.poll()
    real = await story.received(exercise="false")
    assert [one["identifier"] for one in real] == ["A-1"]
    assert len(await story.received(exercise="true")) == 3
    assert ["A-1"] in [sorted(thread) for thread in await story.threads()]


async def test_all_that_an_exercises_feed_brings_is_exercise(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap("A-1"))
    await story.listen(publisher, exercise=True)
    await story.poll()
    (one,) = await story.received()
    assert one["exercise"] is True


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/feed",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "https://u:p@example.org/",
    ],
)
async def test_an_address_inside_is_refused_when_it_is_entered(url: str, story: Any) -> None:
    asked = {"name": "Inside", "kind": "cap", "url": url}
    answer = await story.client.post("/alert-feeds", json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"


async def test_feeds_are_administered_by_those_who_may(
    story: Any,
    publisher: Any,
    make: Any,
    as_responder: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
) -> None:
    publisher.body = make.atom(make.cap())
    feed = await story.listen(publisher)
    asked = {"name": "Again", "kind": "cap", "url": publisher.url}
    assert (await story.client.post("/alert-feeds", json=asked)).status_code == 409
    other = asked | {"url": publisher.at("/other")}
    assert (await as_responder.post("/alert-feeds", json=other)).status_code == 403
    assert (await as_neighbour.get("/alert-feeds")).json()["items"] == []
    assert (await as_neighbour.get(f"/alert-feeds/{feed}")).status_code == 404

    path = f"/alert-feeds/{feed}"
    changed = await story.client.patch(
        path, json={"name": "The weather service"}, headers={"If-Match": '"1"'}
    )
    assert changed.json()["name"] == "The weather service"
    stale = await story.client.patch(path, json={"name": "No"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await story.client.post(f"{path}/pause")).status_code == 204
    assert (await story.client.post(f"{path}/poll")).status_code == 409
    (polled,) = await story.poll()
    assert (polled["paused"], polled["alerts"]) == (True, 0)
    assert (await story.client.post(f"{path}/resume")).status_code == 204
    assert (await story.client.post(f"{path}/poll")).status_code == 202
    (polled,) = await story.poll()
    assert polled["alerts"] == 1
    assert (await story.client.delete(path)).status_code == 204
    (one,) = await story.received()
    assert (one["feed"], one["source"]) == (None, "The weather service")
    assert (await as_neighbour.get("/received-alerts")).json()["items"] == []
    assert (await as_neighbour.get(f"/received-alerts/{one['id']}")).status_code == 404


async def test_a_poller_that_lost_its_lease_stores_nothing(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body = make.atom(make.cap())
    await story.listen(publisher)
    await story.deliver.run("alert_management.alert_feeds_tick")
    await story.deliver()
    reader = story.runtime.database("alert_management").reader
    await reader.execute("UPDATE alert_management.alert_feed SET lease = gen_random_uuid()")
    for work in list(story.deliver.tasks):
        await story.deliver.run(work["task"], **work["arguments"])
    assert await story.rows("received_alert") == []


async def test_a_copy_that_is_still_current_is_not_sent_again(
    story: Any, publisher: Any, make: Any
) -> None:
    publisher.body, publisher.headers = make.atom(make.cap()), {"ETag": '"abc"'}
    await story.listen(publisher)
    await story.poll()
    (polled,) = await story.poll()
    assert publisher.requests[1]["if-none-match"] == '"abc"'
    assert (polled["last_error"], polled["state"]) == (None, "fresh")
