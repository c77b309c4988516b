"""Saved searches: one's own, quiet about repeats, and told of nothing that their owner may not see."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from identity_service.models import Account, AccountRole, Organization, Role
from muster_core.auth import Actor
from muster_core.events import Event
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION, actor_with_role
from search.schemas import SearchWatch, SearchWatchPage
from search.service.watching import watch_once
from search.testing import settings_for

PLACE = "/search/watches"


@pytest.fixture(autouse=True)
def quick(runtime: Runtime) -> None:
    runtime.override_settings(settings_for(None, quiet_seconds=0.0, watches=3))


async def saved(client: httpx.AsyncClient, q: str = "cedar", **more: Any) -> dict[str, Any]:
    response = await client.post(PLACE, json={"name": "Mine", "search": {"q": q, **more}})
    assert response.status_code == 201, response.text
    SearchWatch.model_validate(response.json())
    return response.json()


async def known(runtime: Runtime, *people: Actor) -> None:
    """Let identity know the people of the test, with the rights that their tokens say."""
    async with runtime.session("identity") as session:
        for organization in {person.organization for person in people}:
            session.add(
                Organization(
                    id=organization, name=str(organization), time_zone="UTC", units="metric"
                )
            )
        await session.flush()
        for person in people:
            about = {"id": person.id, "organization_id": person.organization}
            name = str(person.id)
            session.add(Account(**about, username=name, name=name, password_hash=""))
            rights = sorted(person.permissions)
            session.add(Role(**about, key=name, name=name, description="", permissions=rights))
            await session.flush()
            session.add(AccountRole(account_id=person.id, role_id=person.id))


class Watched:
    def __init__(self, runtime: Runtime, deliver: Delivery) -> None:
        self.runtime, self.deliver = runtime, deliver

    async def __call__(self) -> list[Event]:
        """What is told once all that happened was heard and looked at."""
        await self.deliver()
        while await watch_once(self.runtime):
            pass
        told = await self.deliver.outbox("search")
        await self.deliver()
        return told


@pytest.fixture
def watched(runtime: Runtime, deliver: Delivery) -> Watched:
    return Watched(runtime, deliver)


async def declare(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    response = await client.post("/incidents", json={"name": name})
    assert response.status_code == 201
    return response.json()


async def test_its_owner_is_told_of_what_is_new_once(
    as_commander: httpx.AsyncClient,
    as_responder: httpx.AsyncClient,
    runtime: Runtime,
    watched: Watched,
) -> None:
    owner = actor_with_role("responder")
    await known(runtime, owner)
    await declare(as_commander, "Cedar before")
    await watched()
    watch = await saved(as_responder, kind=["incident"])
    assert await watched() == []

    incident = await declare(as_commander, "Cedar Creek Fire")
    await declare(as_commander, "Mill flood")
    (event,) = await watched()
    assert event.type == "muster.search_watch.matched.v1"
    assert event.organization_id == ORGANIZATION
    assert event.data["owner_id"] == str(owner.id)
    assert (event.data["watch_id"], event.data["matches"]) == (watch["id"], 1)
    assert "Cedar" not in event.to_json()

    # The same record again is no news.
    moved = await as_commander.post(
        f"/incidents/{incident['id']}/status", json={"status": "active"}
    )
    assert moved.status_code == 200
    assert await watched() == []

    mine = (await as_responder.get(f"{PLACE}/{watch['id']}")).json()
    assert mine["unseen"] == 1
    seen = await as_responder.post(f"{PLACE}/{watch['id']}/seen")
    assert seen.json()["unseen"] == 0


async def test_the_journal_shows_it_on_the_live_stream(
    as_commander: httpx.AsyncClient, runtime: Runtime, watched: Watched
) -> None:
    await known(runtime, actor_with_role("incident-commander"))
    await saved(as_commander, "cedar")
    await declare(as_commander, "Cedar Creek Fire")
    await watched()

    page = (await as_commander.get("/activity", params={"type": "muster.search_watch"})).json()
    assert [item["summary"] for item in page["items"]] == ["found 2 new for a saved search"]
    # An event about a saved search never sets one off.
    assert await watched() == []


async def test_who_may_not_see_it_is_not_told(
    as_commander: httpx.AsyncClient,
    as_neighbour: httpx.AsyncClient,
    as_responder: httpx.AsyncClient,
    runtime: Runtime,
    watched: Watched,
) -> None:
    neighbour = actor_with_role("incident-commander", FOREIGN_ORGANIZATION)
    # Since the search was saved, the responder has lost the right to see incidents.
    less = actor_with_role("responder", permissions=frozenset({"search:read"}))
    await known(runtime, neighbour, less)
    await saved(as_neighbour)
    await saved(as_responder)

    await declare(as_commander, "Cedar Creek Fire")

    assert await watched() == []


async def test_it_is_quiet_about_repeats(
    as_commander: httpx.AsyncClient, runtime: Runtime, watched: Watched
) -> None:
    runtime.override_settings(settings_for(None, quiet_seconds=3600.0))
    await known(runtime, actor_with_role("incident-commander"))
    watch = await saved(as_commander, kind=["incident"])
    for n in range(3):
        await declare(as_commander, f"Cedar {n}")
        assert len(await watched()) == (n == 0)
    assert (await as_commander.get(f"{PLACE}/{watch['id']}")).json()["unseen"] == 3

    runtime.override_settings(settings_for(None, quiet_seconds=0.0))
    (event,) = await watched()
    assert event.data["matches"] == 2


async def test_a_paused_one_tells_nothing(
    as_commander: httpx.AsyncClient, runtime: Runtime, watched: Watched
) -> None:
    await known(runtime, actor_with_role("incident-commander"))
    watch = await saved(as_commander)
    paused = await as_commander.patch(
        f"{PLACE}/{watch['id']}", json={"paused": True}, headers={"If-Match": '"1"'}
    )
    assert paused.json()["paused"] is True
    await declare(as_commander, "Cedar Creek Fire")
    assert await watched() == []


async def test_each_has_their_own(
    as_commander: httpx.AsyncClient, as_responder: httpx.AsyncClient
) -> None:
    watch = await saved(as_commander, status=["active"], bbox="-119,35,-117,36")
    address = f"{PLACE}/{watch['id']}"

    page = (await as_commander.get(PLACE)).json()
    SearchWatchPage.model_validate(page)
    assert [one["search"]["status"] for one in page["items"]] == [["active"]]
    assert (await as_responder.get(PLACE)).json()["items"] == []
    for answer in (
        await as_responder.get(address),
        await as_responder.patch(address, json={"name": "No"}, headers={"If-Match": '"1"'}),
        await as_responder.delete(address),
        await as_responder.post(f"{address}/seen"),
    ):
        assert answer.status_code == 404
    assert (await as_commander.delete(address)).status_code == 204
    assert (await as_commander.get(address)).status_code == 404


async def test_edits_on_an_older_version_and_bad_searches_are_refused(
    as_commander: httpx.AsyncClient, as_auditor: httpx.AsyncClient
) -> None:
    watch = await saved(as_commander)
    address = f"{PLACE}/{watch['id']}"
    assert (await as_commander.patch(address, json={"name": "New"})).status_code == 428
    edit = await as_commander.patch(address, json={"name": "New"}, headers={"If-Match": '"1"'})
    assert (edit.status_code, edit.headers["etag"]) == (200, '"2"')
    late = await as_commander.patch(address, json={"name": "Old"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412

    for search in ({"q": "***"}, {"q": "a", "bbox": "1"}, {"q": "a", "near": "x"}, {"q": ""}):
        refused = await as_commander.post(PLACE, json={"name": "Bad", "search": search})
        assert refused.status_code == 422, search
    body = {"name": "No", "search": {"q": "a"}}
    assert (await as_auditor.post(PLACE, json=body)).status_code == 403


async def test_there_is_a_limit(as_commander: httpx.AsyncClient) -> None:
    for _ in range(3):
        await saved(as_commander)
    refused = await as_commander.post(PLACE, json={"name": "Fourth", "search": {"q": "a"}})
    assert refused.status_code == 409
    assert "delete one" in refused.json()["detail"]
