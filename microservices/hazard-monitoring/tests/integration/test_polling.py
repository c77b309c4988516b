from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hazard_monitoring.schemas import RevisionPage

REAL = Path("/work/shared/data/hazards")
FILES = {"usgs_1.0_7day_2019.json": 1304, "usgs_1.0_day_2019.json": 158}


async def everything(client: httpx.AsyncClient, path: str = "/hazards") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next"]
        if cursor is None:
            return items


@pytest.mark.parametrize("name", [name for name in FILES if (REAL / name).exists()])
async def test_every_event_of_a_real_feed_is_there_once_and_a_repeat_adds_nothing(
    name: str, feed: Any, poll: Any, story: Any, as_responder: httpx.AsyncClient
) -> None:
    document = json.loads((REAL / name).read_bytes())
    feed.body = json.dumps(document).encode()
    await poll()
    shown = await everything(as_responder)
    assert sorted(h["external_id"] for h in shown) == sorted(f["id"] for f in document["features"])
    assert len(await story.rows("quarantine")) == 0

    document["metadata"]["generated"] += 60_000  # so that it is read, and not merely recognized
    feed.body = json.dumps(document).encode()
    await poll()
    assert await story.announced() == []
    assert len(await everything(as_responder)) == FILES[name]
    assert {row["revision"] for row in await story.rows("hazard")} == {1}

    raised = document["features"][7]["properties"]
    raised["updated"] += 60_000
    raised["mag"] += 0.3
    feed.body = json.dumps(document).encode()
    await poll()
    assert await story.announced() == ["hazard.updated"]
    (revised,) = [row for row in await story.rows("hazard") if row["revision"] == 2]
    assert revised["magnitude"] == raised["mag"]
    answer = await as_responder.get(f"/hazards/{revised['id']}/revisions")
    RevisionPage.model_validate_json(answer.content)
    revisions = answer.json()["items"]
    assert [r["change"] for r in revisions] == ["updated", "reported"]
    assert [c["field"] for c in revisions[0]["changes"]] == ["magnitude"]
    assert revisions[0]["raw"]["properties"]["mag"] == raised["mag"]


async def test_a_hazard_is_shown_as_the_contract_says(
    feed: Any, poll: Any, make: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(make.quake(alert="orange", felt=12, also=("us70004ycs",)))
    await poll()
    (item,) = (await as_responder.get("/hazards")).json()["items"]
    detail = (await as_responder.get(f"/hazards/{item['id']}")).json()
    assert detail["merged_ids"] == ["ci38457511", "us70004ycs"]
    assert {k: v for k, v in detail.items() if k in item} == item
    assert item["location"] == {"type": "Point", "coordinates": [-117.599, 35.77]}
    assert item["occurred_at"] == "2019-07-06T03:19:53.040Z"
    assert (item["severity"], item["alert_level"], item["depth_km"]) == ("Severe", "orange", 8.0)
    assert (item["feed"], item["revision"], item["exercise"]) == ("usgs", 1, False)
    assert (item["incident_id"], item["proposal"], item["deleted"]) == (None, None, False)


async def test_an_older_copy_after_a_newer_one_is_ignored(
    feed: Any, poll: Any, make: Any, story: Any
) -> None:
    feed.body = make.summary(make.quake(mag=7.1, updated=1562390000000))
    await poll()
    feed.body = make.summary(make.quake(mag=6.9, updated=1562383500000))
    await poll()
    (hazard,) = await story.rows("hazard")
    assert (hazard["magnitude"], hazard["revision"]) == (7.1, 1)


async def test_a_withdrawn_event_disappears_from_the_map_and_its_history_stays(
    feed: Any, poll: Any, make: Any, story: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(make.quake())
    await poll()
    feed.body = make.summary(make.quake(status="deleted", updated=1562390000000))
    await poll()
    assert await story.announced() == ["hazard.deleted"]
    assert (await as_responder.get("/hazards")).json()["items"] == []
    (gone,) = (await as_responder.get("/hazards?deleted=true")).json()["items"]
    assert gone["deleted"] is True
    revisions = (await as_responder.get(f"/hazards/{gone['id']}/revisions")).json()["items"]
    assert [r["change"] for r in revisions] == ["deleted", "reported"]

    feed.body = make.summary(make.quake(updated=1562400000000))
    await poll()
    (back,) = (await as_responder.get("/hazards")).json()["items"]
    assert (back["id"], back["revision"]) == (gone["id"], 3)


async def test_an_event_that_left_the_summary_is_still_there(
    feed: Any, poll: Any, make: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(make.quake())
    await poll()
    feed.body = make.summary(generated=1562385000000)
    await poll()
    assert len((await as_responder.get("/hazards")).json()["items"]) == 1


async def test_two_networks_reports_of_one_event_become_one_hazard(
    feed: Any, poll: Any, make: Any, story: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(make.quake("us70004ycs"), make.quake("ci38457511"))
    await poll()
    us, ci = sorted(await story.rows("hazard"), key=lambda h: h["external_id"], reverse=True)
    later = make.quake("ci38457511", also=("us70004ycs",), updated=1562390000000)
    feed.body = make.summary(later)
    await poll()
    assert await story.announced() == ["hazard.merged"]
    (shown,) = (await as_responder.get("/hazards")).json()["items"]
    assert shown["id"] == str(ci["id"])
    assert len((await as_responder.get("/hazards?deleted=true")).json()["items"]) == 1
    detail = (await as_responder.get(f"/hazards/{us['id']}")).json()
    assert (detail["merged_into"], detail["deleted"]) == (str(ci["id"]), True)
    again = make.quake("us70004ycs", also=("ci38457511",), updated=1562395000000)
    feed.body = make.summary(again)
    await poll()
    (shown,) = (await as_responder.get("/hazards")).json()["items"]
    assert (shown["id"], shown["external_id"]) == (str(ci["id"]), "us70004ycs")


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("html", {"body": b"<html><body>Down for maintenance</body></html>"}, "not-json"),
    ("nothing", {"body": b""}, "empty"),
    ("cut-short", {"body": b'{"type": "FeatureCollection", "fea', "length": False}, "not-json"),
    ("wrong-shape", {"body": b'{"earthquakes": []}'}, "wrong-shape"),
    ("duplicate-keys", {"body": b'{"type":"FeatureCollection","type":""}'}, "duplicate-keys"),
    ("bottomless", {"body": b"[" * 100_000}, "too-deep"),
    ("50-mb", {"body": b" " * 50_000_000}, "too-large"),
    ("endless", {"body": b" " * 50_000_000, "length": False}, "too-large"),
    (
        "gzip-bomb",
        {"body": gzip.compress(b" " * 50_000_000), "headers": {"Content-Encoding": "gzip"}},
        "too-large",
    ),
    (
        "damaged-gzip",
        {"body": b"\x1f\x8b\x08\x00rubbish!", "headers": {"Content-Encoding": "gzip"}},
        "broken-off",
    ),
    ("broken-off", {"body": b" " * 100_000, "cut_after": 50_000}, "broken-off"),
]


@pytest.mark.parametrize(("kind", "behaviour", "reason"), HOSTILE, ids=[h[0] for h in HOSTILE])
async def test_a_hostile_document_is_quarantined_and_the_last_good_picture_stays(
    kind: str,
    behaviour: dict[str, Any],
    reason: str,
    feed: Any,
    poll: Any,
    make: Any,
    as_administrator: httpx.AsyncClient,
) -> None:
    feed.body = make.summary(make.quake())
    await poll()
    feed.behave(**behaviour)
    failed = await poll()
    assert failed["last_error"].startswith(reason), failed["last_error"]
    assert failed["consecutive_failures"] == 1
    assert feed.sent < 25_000_000 or kind == "gzip-bomb", "the download was not stopped"
    (item,) = await everything(as_administrator, f"/hazards/feeds/{failed['id']}/quarantine")
    assert item["reason"] == reason
    assert item["detail"]
    assert len((await as_administrator.get("/hazards")).json()["items"]) == 1

    feed.behave(body=make.summary(make.quake(), make.quake("ci2")))
    recovered = await poll()
    assert (recovered["last_error"], recovered["consecutive_failures"]) == (None, 0)
    assert len((await as_administrator.get("/hazards")).json()["items"]) == 2


async def test_the_same_rubbish_again_and_again_is_one_line_with_a_count(
    feed: Any, poll: Any, story: Any
) -> None:
    feed.body = b"<html>"
    for _ in range(3):
        await poll()
    (item,) = await story.rows("quarantine")
    assert (item["times"], item["reason"]) == (3, "not-json")


async def test_one_bad_event_is_quarantined_and_the_others_are_shown(
    feed: Any, poll: Any, make: Any, as_administrator: httpx.AsyncClient
) -> None:
    bad = [
        make.quake("nan1", at=[float("nan"), 35.7, 8]),
        make.quake("text1", mag="big"),
        make.quake("far1", at=[-117.5, 135.7, 8]),
        make.quake("nul1", place="Searles\x00Valley"),
    ]
    feed.body = make.summary(*bad, make.quake("good1"))
    polled = await poll()
    assert polled["last_error"] is None
    (shown,) = (await as_administrator.get("/hazards")).json()["items"]
    assert shown["external_id"] == "good1"
    items = await everything(as_administrator, f"/hazards/feeds/{polled['id']}/quarantine")
    assert {item["external_id"]: item["reason"] for item in items} == {
        "nan1": "not-finite",
        "text1": "wrong-type",
        "far1": "out-of-range",
        "nul1": "control-characters",
    }
    (state,) = (await as_administrator.get("/hazards/feeds")).json()["items"]
    assert (state["hazards"], state["quarantined"], state["state"]) == (1, 4, "fresh")


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        ({"status": "500 Internal Server Error"}, "refused: The server answered 500"),
        ({"status": "403 Forbidden"}, "refused: The server answered 403"),
        ({"status": "304 Not Modified", "length": False}, "refused: The server answered 304"),
        ({"status": "302 Found", "headers": {"Location": "http://example.org/"}}, "redirected"),
        ({"status": "302 Found", "headers": {"Location": "file:///etc/passwd"}}, "redirected"),
        ({"status": "302 Found", "headers": {"Location": "/again"}}, "redirected: More than"),
        ({"headers": {"Content-Encoding": "br"}}, "refused"),
        ({"body": b" " * 4096, "pause": 0.1}, "too-slow: No complete answer"),
        ({"body": b" " * 4096, "pause": 0.9}, "too-slow: The server was silent"),
    ],
)
async def test_a_sick_server_is_a_failure_with_its_reason_and_nothing_else(
    behaviour: dict[str, Any], error: str, feed: Any, poll: Any, story: Any
) -> None:
    feed.behave(**behaviour)
    failed = await poll()
    assert failed["last_error"].startswith(error), failed["last_error"]
    assert await story.rows("quarantine") == []
    assert await story.rows("hazard") == []


async def test_a_copy_that_is_still_current_is_not_sent_again(
    feed: Any, poll: Any, make: Any, story: Any
) -> None:
    feed.body = make.summary(make.quake())
    feed.headers = {"ETag": '"abc"', "Last-Modified": "Sat, 06 Jul 2019 03:30:00 GMT"}
    await poll()
    polled = await poll()
    assert feed.requests[1]["if-none-match"] == '"abc"'
    assert feed.requests[1]["if-modified-since"] == "Sat, 06 Jul 2019 03:30:00 GMT"
    assert (polled["last_error"], polled["etag"]) == (None, '"abc"')
    assert len(await story.rows("hazard_revision")) == 1


async def test_a_gzipped_feed_is_read(feed: Any, poll: Any, make: Any, story: Any) -> None:
    feed.body = gzip.compress(make.summary(make.quake()))
    feed.headers = {"Content-Encoding": "gzip"}
    await poll()
    assert len(await story.rows("hazard")) == 1


async def test_after_five_failures_the_breaker_opens_and_one_success_closes_it(
    feed: Any, poll: Any, make: Any
) -> None:
    feed.status = "503 Service Unavailable"
    breakers = [(await poll())["breaker"] for _ in range(6)]
    assert breakers == ["closed"] * 4 + ["open"] * 2
    feed.status, feed.body = "200 OK", make.summary(make.quake())
    assert (await poll())["breaker"] == "closed"


async def test_two_ticks_at_once_poll_once(feed: Any, deliver: Any, story: Any, make: Any) -> None:
    import asyncio  # noqa: PLC0415

    await asyncio.gather(*(deliver.run("hazard_monitoring.tick") for _ in range(5)))
    await deliver()
    assert len(deliver.tasks) == 1


async def test_a_poller_that_lost_its_lease_stores_nothing(
    feed: Any, deliver: Any, story: Any, make: Any, runtime: Any
) -> None:
    feed.body = make.summary(make.quake())
    await deliver.run("hazard_monitoring.tick")
    await deliver()
    reader = runtime.database("hazard_monitoring").reader
    await reader.execute("UPDATE hazard_monitoring.feed SET lease = gen_random_uuid()")
    for work in deliver.tasks:
        await deliver.run(work["task"], **work["arguments"])
    assert await story.rows("hazard") == []


async def test_a_feed_ages_visibly_and_says_so(
    feed: Any,
    poll: Any,
    make: Any,
    runtime: Any,
    deliver: Any,
    story: Any,
    as_responder: httpx.AsyncClient,
) -> None:
    async def state() -> tuple[str, int | None]:
        (item,) = (await as_responder.get("/hazards/feeds")).json()["items"]
        age = item["age_seconds"]
        return item["state"], None if age is None else round(age / 60)

    reader = runtime.database("hazard_monitoring").reader
    await deliver.run("hazard_monitoring.tick")
    assert await state() == ("unknown", None)
    feed.body = make.summary(make.quake())
    await poll()
    assert await state() == ("fresh", 0)
    for minutes, expected in ((5, "late"), (60, "stale")):
        await reader.execute(
            "UPDATE hazard_monitoring.feed SET next_poll_at = now() + interval '1 hour',"
            f" last_success_at = now() - interval '{minutes} minutes'"
        )
        assert await state() == (expected, minutes)
        await deliver()
        await deliver.run("hazard_monitoring.tick")
        assert await story.announced() == ["feed.state_changed"]


async def test_a_feed_that_answers_but_whose_clock_stands_still_grows_old(
    feed: Any, poll: Any, make: Any, runtime: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(make.quake())
    await poll()
    feed.body = make.summary(make.quake(), generated=1562384060000)
    await poll()
    reader = runtime.database("hazard_monitoring").reader
    await reader.execute(
        "UPDATE hazard_monitoring.feed SET clock_moved_at = now() - interval '1 hour'"
    )
    await poll()
    (item,) = (await as_responder.get("/hazards/feeds")).json()["items"]
    assert item["state"] == "stale"


async def test_a_new_address_in_the_settings_is_read_from_the_start(
    feed: Any, poll: Any, make: Any, runtime: Any, story: Any
) -> None:
    from hazard_monitoring.settings import Settings  # noqa: PLC0415

    feed.body, feed.headers = make.summary(make.quake()), {"ETag": '"1"'}
    await poll()
    changed = runtime.service_settings(Settings).model_copy(update={"usgs_url": feed.url + "?v=2"})
    runtime.override_settings(changed)
    polled = await poll()
    assert polled["url"].endswith("?v=2")
    assert "if-none-match" not in feed.requests[-1]
    assert len(await story.rows("hazard_revision")) == 1
