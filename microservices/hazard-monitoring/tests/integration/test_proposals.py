from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx

from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION


async def proposals(client: httpx.AsyncClient, query: str = "?status=open") -> list[dict[str, Any]]:
    answer = await client.get(f"/hazards/proposals{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_strong_earthquake_nearby_is_proposed_with_its_reason(
    feed: Any, poll: Any, make: Any, story: Any, as_commander: httpx.AsyncClient
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    feed.body = make.summary(
        make.quake(),
        make.quake("ci2", mag=2.0),
        make.quake("far", at=[142.4, 38.3, 29.0]),
    )
    await poll()
    (proposed,) = await proposals(as_commander)
    assert proposed["reason"] == "Felt close by: M 7.1, 2 km from the area"
    assert proposed["hazard"]["title"] == "M 7.1 - 18km W of Searles Valley, CA"
    shown = (await as_commander.get(f"/hazards/{proposed['hazard_id']}")).json()
    assert shown["proposal"]["id"] == proposed["id"]
    assert (await story.announced()).count("hazard.proposed") == 1


async def test_each_organization_is_asked_by_its_own_rules_and_sees_only_its_own(
    feed: Any,
    poll: Any,
    make: Any,
    story: Any,
    as_commander: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    await story.know_organization(FOREIGN_ORGANIZATION, None)
    feed.body = make.summary(make.quake())
    await poll()
    assert len(await proposals(as_commander)) == 1
    assert await proposals(as_neighbour) == []
    (mine,) = await proposals(as_commander)
    dismissed = await as_neighbour.post(
        f"/hazards/proposals/{mine['id']}/dismiss", json={"reason": "not ours"}
    )
    assert dismissed.status_code == 404
    shown = (await as_neighbour.get(f"/hazards/{mine['hazard_id']}")).json()
    assert shown["proposal"] is None


async def test_an_organization_that_comes_later_is_proposed_what_is_still_news(
    feed: Any, poll: Any, make: Any, story: Any, as_commander: httpx.AsyncClient
) -> None:
    old = make.quake("old", time=1562383193040 - 3 * 86_400_000)
    feed.body = make.summary(make.quake(), old)
    await poll()
    assert await proposals(as_commander) == []
    await story.know_organization(ORGANIZATION, make.kern)
    (proposed,) = await proposals(as_commander)
    assert proposed["hazard"]["magnitude"] == 7.1


async def test_a_revision_that_raises_the_magnitude_is_proposed_once(
    feed: Any, poll: Any, make: Any, story: Any, as_commander: httpx.AsyncClient
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    feed.body = make.summary(make.quake(mag=4.0))
    await poll()
    assert await proposals(as_commander) == []
    for step, magnitude in enumerate((6.9, 7.1), start=1):
        feed.body = make.summary(make.quake(mag=magnitude, updated=1562383500000 + step))
        await poll()
        assert len(await proposals(as_commander)) == 1


async def test_a_dispatcher_dismisses_a_proposal_and_it_stays_dismissed(
    feed: Any, poll: Any, make: Any, story: Any, as_dispatcher: httpx.AsyncClient
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    feed.body = make.summary(make.quake())
    await poll()
    (open_one,) = await proposals(as_dispatcher)
    path = f"/hazards/proposals/{open_one['id']}/dismiss"
    assert (await as_dispatcher.post(path, json={"reason": "Felt, no damage"})).status_code == 204
    assert (await as_dispatcher.post(path, json={"reason": "Again"})).status_code == 204
    assert await proposals(as_dispatcher) == []
    (closed,) = await proposals(as_dispatcher, "?status=dismissed")
    assert closed["dismissed_because"] == "Felt, no damage"
    feed.body = make.summary(make.quake(updated=1562390000000, mag=7.2))
    await poll()
    assert await proposals(as_dispatcher) == []


async def test_a_withdrawn_event_closes_its_open_proposal(
    feed: Any, poll: Any, make: Any, story: Any, as_commander: httpx.AsyncClient
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    feed.body = make.summary(make.quake())
    await poll()
    feed.body = make.summary(make.quake(status="deleted", updated=1562390000000))
    await poll()
    (closed,) = await proposals(as_commander, "")
    assert (closed["status"], closed["dismissed_because"]) == (
        "dismissed",
        "The feed withdrew the event.",
    )


async def test_an_incident_declared_from_a_hazard_settles_its_proposal(
    feed: Any, poll: Any, make: Any, story: Any, runtime: Any, as_commander: httpx.AsyncClient
) -> None:
    from hazard_monitoring.service import proposals as service  # noqa: PLC0415
    from hazard_monitoring.tasks import ACTOR  # noqa: PLC0415

    await story.know_organization(ORGANIZATION, make.kern)
    feed.body = make.summary(make.quake())
    await poll()
    (proposed,) = await proposals(as_commander)
    incident_id = uuid4()
    async with runtime.session("hazard_monitoring", ACTOR) as session:
        await service.note_declared(
            session,
            ACTOR,
            organization_id=ORGANIZATION,
            hazard_id=UUID(proposed["hazard_id"]),
            incident_id=incident_id,
        )
    (item,) = (await as_commander.get("/hazards")).json()["items"]
    assert item["incident_id"] == str(incident_id)
    assert item["proposal"]["status"] == "declared"
    refused = await as_commander.post(
        f"/hazards/proposals/{proposed['id']}/dismiss", json={"reason": "too late"}
    )
    assert refused.status_code == 409


async def test_rules_are_data_that_an_administrator_changes(
    feed: Any,
    poll: Any,
    make: Any,
    story: Any,
    as_administrator: httpx.AsyncClient,
    as_commander: httpx.AsyncClient,
) -> None:
    await story.know_organization(ORGANIZATION, make.kern)
    defaults = (await as_administrator.get("/hazards/rules")).json()["items"]
    assert defaults[0]["name"] == "Felt close by"
    feed.body = make.summary(make.quake(mag=3.2))
    await poll()
    added = await as_administrator.post(
        "/hazards/rules", json={"name": "Anything at all", "minimum_magnitude": 3, "within_km": 50}
    )
    assert added.status_code == 201, added.text
    assert added.headers["etag"] == '"1"'
    (proposed,) = await proposals(as_commander)
    assert proposed["rule"] == "Anything at all"

    path = f"/hazards/rules/{added.json()['id']}"
    assert (await as_administrator.patch(path, json={"enabled": False})).status_code == 428
    stale = await as_administrator.patch(path, json={"enabled": False}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    changed = await as_administrator.patch(
        path, json={"enabled": False, "within_km": None}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["within_km"]) == (2, None)
    nothing_left = await as_administrator.patch(
        path, json={"minimum_magnitude": None}, headers={"If-Match": '"2"'}
    )
    assert nothing_left.status_code == 422
    assert (await as_administrator.delete(path)).status_code == 204
    assert (await as_administrator.delete(path)).status_code == 404


async def test_a_rule_that_asks_nothing_is_refused(as_administrator: httpx.AsyncClient) -> None:
    refused = await as_administrator.post("/hazards/rules", json={"name": "Everything"})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    for wrong in (
        {"name": "x", "minimum_magnitude": "big"},
        {"name": "x", "minimum_magnitude": 5, "colour": "red"},
        {"name": "x", "alert_levels": ["purple"]},
        {"name": "x\x00y", "minimum_magnitude": 5},
        {"name": "x", "minimum_magnitude": 5, "within_km": -1},
    ):
        answer = await as_administrator.post("/hazards/rules", json=wrong)
        assert answer.status_code == 422, wrong
