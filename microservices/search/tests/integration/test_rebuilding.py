"""Rebuilding and falling back, with every service, real gRPC streams and a real Elasticsearch."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from activity_log.schemas import WriteNote
from activity_log.service.notes import write_note
from muster.search.v1.sources import SOURCES
from muster_core.errors import UnavailableError
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_host.engines.elasticsearch import Elasticsearch as Node
from muster_testing.people import FOREIGN_ORGANIZATION, actor_with_role
from search.engines.choosing import Engines, engines_of
from search.service import comparing
from search.service.rebuilding import stream_of
from search.testing import remove_indices, settings_for

PLACE = "/search"
RATE = 100
SECONDS = 12.0


@pytest.fixture
def faces() -> frozenset[str]:
    """Everything runs by itself."""
    return frozenset({"api", "rpc", "relay", "consumers"})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A pool as large as in service."""
    return settings.model_copy(update={"database_pool": 20})


@pytest.fixture
def searching(runtime: Runtime, elasticsearch_url: str) -> None:
    runtime.override_settings(settings_for(elasticsearch_url, deadline_seconds=5))


@pytest_asyncio.fixture
async def engines(searching: None, app: Any, runtime: Runtime) -> AsyncIterator[Engines]:
    """Both engines; an Elasticsearch without an index of ours gets one by itself."""
    engines = engines_of(runtime)
    yield engines
    assert engines.elasticsearch is not None
    await remove_indices(engines.elasticsearch)


async def until(what: str, true: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)


async def insist(ask: Any) -> httpx.Response:
    """Ask again while a busy database sheds the load, as a client does that reads Retry-After."""
    for _ in range(60):
        response: httpx.Response = await ask()
        if response.status_code != 503:
            return response
        await asyncio.sleep(0.5)
    pytest.fail("it was refused for half a minute")


async def status(administrator: httpx.AsyncClient) -> dict[str, Any]:
    response = await insist(lambda: administrator.get("/search/rebuild"))
    assert response.status_code == 200, response.text
    return response.json()


async def settled(runtime: Runtime) -> bool:
    """Nothing is on its way any more: neither in an outbox nor to Elasticsearch."""
    reads = runtime.database("search").reader
    waiting = [
        f"SELECT count(*) AS n FROM {schema}.outbox"
        for schema in (
            "incident_management",
            "activity_log",
            "hazard_monitoring",
            "identity",
            "search",
        )
    ]
    waiting.append("SELECT count(*) AS n FROM search.pending WHERE purpose = 'index'")
    rows = await reads.fetch(" UNION ALL ".join(waiting))
    return not any(row["n"] for row in rows)


async def rebuilt(administrator: httpx.AsyncClient, not_this: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def over() -> bool:
        found.update(await status(administrator))
        latest = found["rebuild"]
        return (
            latest is not None
            and latest["id"] != not_this
            and latest["state"] in {"done", "failed"}
        )

    await until("the rebuild is over", over, 90)
    assert found["rebuild"]["state"] == "done", found["rebuild"]
    return found


async def copies_are_equal(runtime: Runtime, engines: Engines) -> None:
    """What the services have, what is stored, and what Elasticsearch holds: one and the same."""
    stored = await engines.postgresql.tallies()
    assert engines.elasticsearch is not None
    await engines.elasticsearch.refresh(engines.elasticsearch.read_alias)
    held = await engines.elasticsearch.tallies()
    counted = comparing.Count()
    for source in SOURCES:
        theirs = await stream_of(runtime, source)
        counted.tallies |= theirs.tallies
    assert comparing.summed(counted.tallies) == comparing.summed(stored)
    assert comparing.differing(counted.tallies, stored) == []
    assert comparing.differing(stored, held) == []


async def everything(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    """All that Elasticsearch finds, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        given = {**query, "limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(PLACE, params=given)).json()
        assert page["engine"] == "elasticsearch"
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


class Writing:
    """Notes, and now and then an incident's new name, at a steady rate."""

    def __init__(self, runtime: Runtime, client: httpx.AsyncClient, incident: str) -> None:
        self.notes: list[str] = []
        self.renamed = 0
        self.unknown = 0
        """How many may or may not have been written: a busy database did not say in time."""
        self._runtime, self._client, self._incident = runtime, client, f"/incidents/{incident}"
        self._renaming = asyncio.Lock()

    async def go_on(self, rate: float, seconds: float) -> float:
        """Write for so long, or until as much is written; answers the writes a second that were acknowledged."""
        started = time.monotonic()
        numbers = iter(range(1, int(rate * seconds) + 1))

        async def writer() -> None:
            for number in numbers:
                await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                await (self._rename(number) if number % 20 == 0 else self._note(number))

        await asyncio.gather(*(writer() for _ in range(24)))
        return (len(self.notes) + self.renamed) / (time.monotonic() - started)

    async def _note(self, number: int) -> None:
        """Written as the API does it, without HTTP: what is measured here is the rebuild."""
        author, text = actor_with_role("incident-commander"), f"sentinel note n{number:05}"
        reads = self._runtime.database("activity_log").reader
        try:
            async with self._runtime.session("activity_log", author) as session:
                note = await write_note(session, reads, author, WriteNote(text=text))
        except UnavailableError as error:
            self.unknown += error.code == "outcome-unknown"
        else:
            self.notes.append(str(note.id))

    async def _rename(self, number: int) -> None:
        async with self._renaming:
            tag = (await insist(lambda: self._client.get(self._incident))).headers["etag"]
            edit = await self._client.patch(
                self._incident, json={"name": f"Sentinel {number}"}, headers={"If-Match": tag}
            )
            assert edit.status_code in {200, 503}, edit.text
            self.renamed += edit.status_code == 200


@pytest.mark.serial
@pytest.mark.timeout(400)
async def test_the_index_is_rebuilt_while_writes_go_on(
    engines: Engines,
    runtime: Runtime,
    as_commander: httpx.AsyncClient,
    as_administrator: httpx.AsyncClient,
) -> None:
    first = (await rebuilt(as_administrator))["rebuild"]["id"]
    assert engines.elasticsearch is not None
    (before,) = await engines.elasticsearch.answering()
    incident = (await as_commander.post("/incidents", json={"name": "Sentinel"})).json()
    writes = Writing(runtime, as_commander, incident["id"])
    writing = asyncio.create_task(writes.go_on(RATE, SECONDS))
    await asyncio.sleep(2)
    asked = await insist(lambda: as_administrator.post("/search/rebuild"))
    assert asked.status_code == 202
    # Searching goes on all the while.
    answers: set[str] = set()
    while not writing.done():
        answer = await insist(lambda: as_commander.get(PLACE, params={"q": "sentinel "}))
        answers.add(answer.json()["engine"])
        assert answer.json()["items"]
        await asyncio.sleep(0.25)
    rate = await writing
    after = await rebuilt(as_administrator, first)
    await until("all is settled", lambda: settled(runtime), 120)

    (now,) = await engines.elasticsearch.answering()
    assert now != before
    assert await engines.elasticsearch.ours() == [now]
    assert after["rebuild"]["progress"]["index"]["equal"] is True
    await copies_are_equal(runtime, engines)
    found = await everything(as_commander, q="sentinel note ", kind="activity")
    ids = {item["id"] for item in found}
    assert len(ids) == len(found), "nothing is found twice"
    assert set(writes.notes) <= ids, "all that was acknowledged is found"
    assert len(ids) <= len(writes.notes) + writes.unknown, "and nothing that was refused"
    assert "elasticsearch" in answers
    assert rate > 0.5 * RATE, f"only {rate:.0f} writes/s: the machine is too busy to tell"


async def test_what_services_no_longer_have_goes_and_what_was_missed_comes(
    engines: Engines,
    runtime: Runtime,
    as_commander: httpx.AsyncClient,
    as_administrator: httpx.AsyncClient,
) -> None:
    first = (await rebuilt(as_administrator))["rebuild"]["id"]
    for name in ("Cedar fire", "Mill flood"):
        assert (await as_commander.post("/incidents", json={"name": name})).status_code == 201
    await until("all is settled", lambda: settled(runtime))
    reads = runtime.database("search").reader
    # As if the index had been restored from long ago: one is missing, one is older, one should not be.
    await reads.execute("DELETE FROM search.document WHERE title = 'Cedar fire'")
    await reads.execute(
        "UPDATE search.document SET title = 'Old', digest = 1 WHERE title = 'Mill flood'"
    )
    await reads.execute(
        'INSERT INTO search.document SELECT (jsonb_populate_record(d, \'{"id":'
        ' "01980000-0000-7000-8000-0000000000ff", "title": "Ghost"}\')).*'
        " FROM search.document d WHERE kind = 'incident' LIMIT 1"
    )

    await reads.execute(
        "INSERT INTO search.share (organization_id, incident_id, until, changed_at)"
        " SELECT $1, id, now() + interval '1 hour', now() - interval '1 hour' FROM search.document"
        " WHERE kind = 'incident'",
        FOREIGN_ORGANIZATION,
    )

    asked = await insist(lambda: as_administrator.post("/search/rebuild"))
    assert asked.status_code == 202
    await rebuilt(as_administrator, first)
    await until("all is settled", lambda: settled(runtime))

    await copies_are_equal(runtime, engines)
    ghosts = await reads.fetch(
        "SELECT s.incident_id FROM search.share s JOIN search.document d ON d.id = s.incident_id"
        " WHERE s.until IS NOT NULL AND NOT d.deleted"
    )
    assert ghosts == [], "a share that its service does not know goes on"
    for name in ("Cedar fire", "Mill flood"):
        page = (await as_commander.get(PLACE, params={"q": name, "kind": "incident"})).json()
        assert [item["title"] for item in page["items"]] == [name]
    summaries = [
        item["summary"]
        for item in (
            await as_administrator.get("/activity", params={"type": "muster.search_index"})
        ).json()["items"]
    ]
    assert "asked for the search index to be built anew" in summaries


async def test_only_administrators_rebuild(
    engines: Engines, as_commander: httpx.AsyncClient, as_auditor: httpx.AsyncClient
) -> None:
    for client in (as_commander, as_auditor):
        assert (await client.post("/search/rebuild")).status_code == 403
        assert (await client.get("/search/rebuild")).status_code == 403


async def test_an_index_that_was_lost_is_built_anew(
    engines: Engines, as_commander: httpx.AsyncClient, as_administrator: httpx.AsyncClient
) -> None:
    first = (await rebuilt(as_administrator))["rebuild"]["id"]
    assert engines.elasticsearch is not None
    await remove_indices(engines.elasticsearch)

    assert (await as_commander.post("/incidents", json={"name": "Cedar fire"})).status_code == 201
    page = (await as_commander.get(PLACE, params={"q": "cedar"})).json()
    assert (page["engine"], page["degraded"]) == ("postgresql", True)

    await rebuilt(as_administrator, first)

    async def found() -> bool:
        page = (await as_commander.get(PLACE, params={"q": "cedar", "kind": "incident"})).json()
        return page["engine"] == "elasticsearch" and len(page["items"]) == 1

    await until("Elasticsearch answers again", found, 20)


@pytest.fixture
def node() -> Iterator[Node]:
    """An Elasticsearch of this test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="muster-es-", dir="/tmp"))
    node = Node(folder, "a-story-is-no-secret")
    node.start()
    yield node
    node.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.serial
@pytest.mark.timeout(400)
class TestKilled:
    @pytest.fixture
    def searching(self, runtime: Runtime, node: Node) -> None:
        runtime.override_settings(settings_for(node.url, breaker_seconds=1.0))

    async def test_postgresql_answers_while_elasticsearch_is_away_and_it_catches_up(
        self,
        node: Node,
        engines: Engines,
        runtime: Runtime,
        as_commander: httpx.AsyncClient,
        as_administrator: httpx.AsyncClient,
    ) -> None:
        await rebuilt(as_administrator)

        async def ask(q: str) -> dict[str, Any]:
            started = time.monotonic()
            response = await as_commander.get(PLACE, params={"q": q, "kind": "incident"})
            assert response.status_code == 200, response.text
            assert time.monotonic() - started < 5
            return response.json()

        async def by_elasticsearch(q: str) -> bool:
            page = await ask(q)
            return page["engine"] == "elasticsearch" and len(page["items"]) == 1

        assert (await as_commander.post("/incidents", json={"name": "Before"})).status_code == 201
        await until("the first is found", lambda: by_elasticsearch("before"), 20)

        await asyncio.to_thread(node.kill)
        assert (
            await as_commander.post("/incidents", json={"name": "Meanwhile"})
        ).status_code == 201

        async def by_postgresql() -> bool:
            page = await ask("meanwhile")
            assert (page["engine"], page["degraded"]) == ("postgresql", True)
            return len(page["items"]) == 1

        await until("PostgreSQL finds what was written meanwhile", by_postgresql, 20)
        assert [item["title"] for item in (await ask("before"))["items"]] == ["Before"]
        assert (await status(as_administrator))["pending"] > 0

        await asyncio.to_thread(node.start)
        await until("Elasticsearch has caught up", lambda: by_elasticsearch("meanwhile"), 60)
        await until("all is settled", lambda: settled(runtime))
        await copies_are_equal(runtime, engines)
