"""GET /activity: what one may see of the journal, and nothing of what one may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from muster_testing.people import FOREIGN_ORGANIZATION


async def items(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    response = await client.get("/activity", params=params)
    assert response.status_code == 200, response.text
    return response.json()["items"]


async def test_the_timeline_of_an_incident_says_who_what_and_when(
    as_responder: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared("Cedar Creek Fire")
    await story.happens(story.declared("Another Fire"), fire)

    (entry,) = await items(as_responder, incident_id=fire.incident_id)

    assert entry["summary"] == 'declared "Cedar Creek Fire" as 2026-000001'
    assert entry["actor"] == {
        "id": str(story.commander.id),
        "name": story.commander.name,
        "kind": "user",
    }
    assert entry["time"].endswith("Z")
    assert entry["data"]["incident_name"] == "Cedar Creek Fire"
    assert len(entry["hash"]) == 64


async def test_pages_follow_each_other_without_gap_or_repetition(
    as_responder: httpx.AsyncClient, story: Any
) -> None:
    await story.happens(*(story.declared(f"Fire {n}") for n in range(25)))
    for order in ("asc", "desc"):
        positions: list[int] = []
        cursor = None
        while True:
            params = {"limit": 7, "order": order} | ({"cursor": cursor} if cursor else {})
            page = (await as_responder.get("/activity", params=params)).json()
            positions += [item["position"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert positions == (list(range(1, 26)) if order == "asc" else list(range(25, 0, -1)))


async def test_another_organization_sees_nothing_of_ours(
    as_neighbour: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire, story.declared("Theirs", organization_id=FOREIGN_ORGANIZATION))

    assert [entry["data"]["incident_name"] for entry in await items(as_neighbour)] == ["Theirs"]
    assert await items(as_neighbour, incident_id=fire.incident_id) == []
    assert (
        await items(as_neighbour, person_id=story.commander.id, incident_id=fire.incident_id) == []
    )


async def test_a_shared_incident_is_seen_while_the_share_lasts(
    as_neighbour: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire, story.declared("Not shared"), story.shared(fire))
    assert len(await items(as_neighbour)) == 2

    await story.happens(story.unshared(fire))
    assert await items(as_neighbour) == []

    await story.happens(story.shared(fire, seconds=-1))
    assert await items(as_neighbour) == []


async def test_what_belongs_to_the_platform_is_seen_by_everybody(
    as_neighbour: httpx.AsyncClient, as_responder: httpx.AsyncClient, story: Any
) -> None:
    await story.happens(story.declared(organization_id=None))

    for client in (as_neighbour, as_responder):
        (entry,) = await items(client)
        assert entry["organization_id"] is None


async def test_an_entry_is_seen_only_with_the_permission_it_requires(
    as_auditor: httpx.AsyncClient, as_responder: httpx.AsyncClient, story: Any
) -> None:
    (event,) = await story.events(story.declared())
    secret = event.model_copy(update={"requires": "activity:audit"})
    await story.hears(secret)

    assert len(await items(as_auditor)) == 1
    assert await items(as_responder) == []


async def test_the_exercise_and_the_live_world_are_kept_apart(
    as_responder: httpx.AsyncClient, story: Any
) -> None:
    await story.happens(story.declared("Real"), story.declared("Played", exercise=True))

    def names(entries: list[dict[str, Any]]) -> list[str]:
        return [entry["data"]["incident_name"] for entry in entries]

    assert names(await items(as_responder, exercise="false")) == ["Real"]
    assert names(await items(as_responder, exercise="true")) == ["Played"]
    assert names(await items(as_responder)) == ["Played", "Real"]


async def test_filters_by_person_period_and_type(
    as_commander: httpx.AsyncClient, story: Any
) -> None:
    fire = story.declared()
    await story.happens(fire)
    await story.happens(story.assigned(fire, story.neighbour, "Safety Officer"))
    await story.happens(
        story.declared("Mine", organization_id=fire.organization_id), actor=story.neighbour
    )

    assert len(await items(as_commander, person_id=story.neighbour.id)) == 2
    assert len(await items(as_commander, type="muster.position")) == 1
    assert (
        len(await items(as_commander, type=["muster.position.assigned.v1", "muster.incident"])) == 3
    )
    assert await items(as_commander, type="muster.pos") == []
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert await items(as_commander, since=soon.isoformat()) == []
    assert len(await items(as_commander, until=soon.isoformat())) == 3


async def test_bad_questions_are_refused(as_commander: httpx.AsyncClient) -> None:
    for params in (
        {"limit": 0},
        {"cursor": "nonsense"},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"incident_id": "1"},
        {"type": "muster%"},
        {"order": "sideways"},
    ):
        response = await as_commander.get("/activity", params=params)
        assert response.status_code == 422, params
        assert response.headers["content-type"] == "application/problem+json"


async def test_strangers_are_refused_everywhere(anonymous: httpx.AsyncClient) -> None:
    for path in ("/activity", "/activity/integrity", "/activity/ics-214", "/stream"):
        assert (await anonymous.get(path)).status_code == 401
    assert (await anonymous.post("/activity/notes", json={"text": "x"})).status_code == 401


async def test_integrity_is_for_auditors_and_says_unknown_before_it_is_known(
    as_auditor: httpx.AsyncClient, as_responder: httpx.AsyncClient, story: Any
) -> None:
    assert (await as_responder.get("/activity/integrity")).status_code == 403
    await story.happens(story.declared(), story.declared())

    before = (await as_auditor.get("/activity/integrity")).json()
    assert (before["ok"], before["entries"], before["verified_entries"]) == (None, 2, 0)

    await story.deliver.run("activity_log.seal_journal")
    await story.deliver.run("activity_log.verify_journal")
    after = (await as_auditor.get("/activity/integrity")).json()
    assert (after["ok"], after["verified_entries"], after["problem"]) == (True, 2, None)
    assert after["sealed_at"] is not None

    await story.tampered("UPDATE activity_log.entry SET summary = '' WHERE position = 2")
    await story.sql(
        "UPDATE activity_log.verification SET finished_at = finished_at - interval '2 days'"
    )
    await story.deliver.run("activity_log.verify_journal")
    bad = (await as_auditor.get("/activity/integrity")).json()
    assert bad["ok"] is False
    assert "sequence 2" in bad["problem"]
