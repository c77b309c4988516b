from __future__ import annotations

from typing import Any

import httpx
import pytest

from muster.hazards.v1 import hazards_pb2 as messages
from muster.hazards.v1.hazards_pb2_grpc import HazardsStub
from muster_core.errors import ForbiddenError, NotFoundError
from muster_testing.people import actor_with_role

NOBODY = "01980000-0000-7000-8000-0000000000ff"


async def test_hazards_are_found_by_place_time_kind_and_size(
    feed: Any, poll: Any, make: Any, as_responder: httpx.AsyncClient
) -> None:
    feed.body = make.summary(
        make.quake("ridgecrest"),
        make.quake("fiji-east", at=[-179.5, -17.0, 550], mag=5.5),
        make.quake("fiji-west", at=[179.5, -17.0, 550], mag=None),
        make.quake("blast", type="quarry blast", mag=1.6, time=1562300000000),
    )
    await poll()

    async def found(query: str) -> set[str]:
        answer = await as_responder.get(f"/hazards?{query}")
        assert answer.status_code == 200, answer.text
        return {item["external_id"] for item in answer.json()["items"]}

    assert await found("bbox=-119,35,-117,36") == {"ridgecrest", "blast"}
    assert await found("bbox=170,-30,-170,0") == {"fiji-east", "fiji-west"}
    assert await found("kind=quarry-blast") == {"blast"}
    assert await found("kind=quarry-blast&kind=earthquake&min_magnitude=5") == {
        "ridgecrest",
        "fiji-east",
    }
    assert await found("until=2019-07-06T00:00:00Z") == {"blast"}
    assert await found("since=2019-07-06T00:00:00Z&min_magnitude=7") == {"ridgecrest"}
    assert await found("exercise=true") == set()
    assert await found("feed=usgs&exercise=false&min_magnitude=7") == {"ridgecrest"}

    first = (await as_responder.get("/hazards?limit=3")).json()
    second = (await as_responder.get(f"/hazards?limit=3&cursor={first['next']}")).json()
    both = [item["external_id"] for item in first["items"] + second["items"]]
    assert (len(both), len(set(both)), second["next"]) == (4, 4, None)
    assert both[-1] == "blast"


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=-200,0,0,10",
        "bbox=0,10,10,0",
        "bbox=nan,0,1,1",
        "since=yesterday",
        "since=2019-07-06T00:00:00",
        "since=0001-01-01T00:00:00Z",
        "kind=dragon",
        "min_magnitude=NaN",
        "limit=0",
        "limit=501",
        "cursor=rubbish",
        "exercise=perhaps",
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(
    query: str, as_responder: httpx.AsyncClient
) -> None:
    answer = await as_responder.get(f"/hazards?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_strangers_see_nothing_and_responders_manage_nothing(
    feed: Any,
    poll: Any,
    anonymous: httpx.AsyncClient,
    as_responder: httpx.AsyncClient,
    as_administrator: httpx.AsyncClient,
) -> None:
    polled = await poll()
    feed_path = f"/hazards/feeds/{polled['id']}"
    for path in ("/hazards", "/hazards/feeds", "/hazards/rules", "/hazards/proposals"):
        assert (await anonymous.get(path)).status_code == 401
        assert (await as_responder.get(path)).status_code == 200
    for step in ("poll", "pause", "resume"):
        assert (await as_responder.post(f"{feed_path}/{step}")).status_code == 403
    assert (await as_responder.get(f"{feed_path}/quarantine")).status_code == 403
    rule = {"name": "Mine", "minimum_magnitude": 5}
    assert (await as_responder.post("/hazards/rules", json=rule)).status_code == 403
    assert (await as_administrator.get(f"/hazards/{NOBODY}")).status_code == 404
    assert (await as_administrator.get(f"/hazards/{NOBODY}/revisions")).status_code == 404
    assert (await as_administrator.post(f"/hazards/feeds/{NOBODY}/poll")).status_code == 404
    assert (await as_administrator.get(f"/hazards/feeds/{NOBODY}/quarantine")).status_code == 404


async def test_a_feed_is_paused_resumed_and_asked_at_once(
    feed: Any, poll: Any, deliver: Any, story: Any, as_administrator: httpx.AsyncClient
) -> None:
    polled = await poll()
    path = f"/hazards/feeds/{polled['id']}"
    assert (await as_administrator.post(f"{path}/pause")).status_code == 204
    assert (await as_administrator.post(f"{path}/poll")).status_code == 409
    assert "feed.paused" in await story.announced()
    asked = len(feed.requests)
    await poll()
    assert len(feed.requests) == asked
    assert (await as_administrator.post(f"{path}/resume")).status_code == 204
    assert (await as_administrator.post(f"{path}/poll")).status_code == 202
    await deliver()
    assert [work["task"] for work in deliver.tasks] == ["hazard_monitoring.poll_feed"]


async def test_another_service_asks_for_a_hazard_on_behalf_of_its_caller(
    feed: Any, poll: Any, make: Any, story: Any, runtime: Any
) -> None:
    feed.body = make.summary(make.quake("us70004ycs"), make.quake("ci38457511", mag=None))
    await poll()
    later = make.quake("ci38457511", also=("us70004ycs",), updated=1562390000000)
    feed.body = make.summary(later)
    await poll()
    ids = {row["external_id"]: str(row["id"]) for row in await story.rows("hazard")}
    stub = runtime.rpc.stub(HazardsStub, "hazard-monitoring")
    commander = actor_with_role("incident-commander")

    async def ask(hazard_id: str, actor: Any = commander) -> messages.Hazard:
        request = messages.GetHazardRequest(hazard_id=hazard_id)
        answer: messages.Hazard = await runtime.rpc.call(stub.GetHazard, request, actor=actor)
        return answer

    merged = await ask(ids["us70004ycs"])
    found = await ask(ids["ci38457511"])
    assert merged == found, "the merged one answers as the one it was merged into"
    assert (found.id, found.magnitude) == (ids["ci38457511"], 7.1)
    assert found.occurred_at.ToJsonString() == "2019-07-06T03:19:53.040Z"
    assert not found.HasField("alert_level")
    for nobody in (NOBODY, "rubbish", ""):
        with pytest.raises(NotFoundError):
            await ask(nobody)
    with pytest.raises(ForbiddenError):
        await ask(ids["ci38457511"], actor_with_role("responder", permissions=frozenset[str]()))


async def test_an_exercise_is_marked_in_all_that_comes_of_it_and_can_be_played_again(
    feed: Any, poll: Any, make: Any, story: Any, runtime: Any, as_commander: httpx.AsyncClient
) -> None:
    from hazard_monitoring.service import feeds  # noqa: PLC0415
    from hazard_monitoring.tasks import ACTOR  # noqa: PLC0415
    from muster_testing.people import ORGANIZATION  # noqa: PLC0415

    await story.know_organization(ORGANIZATION, make.kern)

    async def add(key: str) -> None:
        async with runtime.session("hazard_monitoring", ACTOR) as session:
            await feeds.clear_exercise(session, ACTOR, prefix="ridgecrest")
            await feeds.add_exercise_feed(
                session, ACTOR, key=key, name="Ridgecrest", url=feed.url, poll_seconds=1
            )

    feed.body = make.summary(make.quake(), generated=1662384000000)  # years later: exempt
    await poll()
    await add("ridgecrest-1")
    await poll()
    played = (await as_commander.get("/hazards?exercise=true")).json()["items"]
    assert [h["feed"] for h in played] == ["ridgecrest-1"]
    (proposed,) = (await as_commander.get("/hazards/proposals")).json()["items"]
    assert proposed["hazard"]["exercise"] is True
    events = await story.deliver.outbox("hazard_monitoring")
    assert all(e.exercise for e in events if e.type.startswith("muster.hazard."))
    await add("ridgecrest-2")
    await poll()
    played = (await as_commander.get("/hazards?exercise=true")).json()["items"]
    assert [h["feed"] for h in played] == ["ridgecrest-2"]
    real = (await as_commander.get("/hazards?exercise=false")).json()["items"]
    assert [h["feed"] for h in real] == ["usgs"]


async def test_models_and_migrations_agree(app: Any, runtime: Any) -> None:
    from hazard_monitoring.main import service  # noqa: PLC0415
    from muster_core.migrations import differences, downgrade, upgrade  # noqa: PLC0415

    async with runtime.database("hazard_monitoring").engine.begin() as connection:
        assert await connection.run_sync(differences, service) == []
        await connection.run_sync(downgrade, service)
        await connection.run_sync(upgrade, service)
        assert await connection.run_sync(differences, service) == []
