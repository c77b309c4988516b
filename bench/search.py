"""Search: a million entries on Elasticsearch against the same request sent bare, and 100,000 on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.load import Connection, request
from bench.process import PASSWORD, environment_of, people, process, ready, settings_of, sign_in
from bench.report import NOTHING, Row
from muster.activity.v1.documents import Entry, entry_document
from muster.search.v1.documents import Document
from muster_core.identifiers import uuid7
from muster_host.application import make_runtime
from muster_host.engines import Postgres, embedded_postgres, embedded_valkey
from muster_host.engines.elasticsearch import Elasticsearch as Node
from search.domain.query import parse
from search.engines.asking import request_of
from search.engines.choosing import close_engines
from search.engines.elasticsearch import Elasticsearch
from search.engines.mapping import Write, body_of
from search.engines.port import Scope, Wanted
from search.repository.documents import DocumentRepository, row_of
from search.service.rebuilding import ACTOR

PORT = 18953
ADDRESS = f"http://127.0.0.1:{PORT}"
SEEDED_ELASTICSEARCH = 1_000_000
SEEDED_POSTGRESQL = 100_000
ASKED = 300
_BATCH = 2_000
_NAMES = (
    "Cedar Creek", "Mill Road", "Kernville", "Ridgecrest", "Lone Pine", "Walker Pass", "Isabella",
    "Tehachapi", "Bishop", "Owens", "Piute", "Caliente", "Glennville", "Onyx", "Havilah", "Bodfish",
)  # fmt: skip
_PEOPLE = ("Amara Okafor", "Dana Reyes", "Søren Holm", "Łucja Nowak", "Renée Côté", "Noor Haddad")
_VERBS = (
    "declared",
    "moved",
    "assigned",
    "noted",
    "shared",
    "closed",
    "relieved",
    "added the task",
)
# What people ask: a name, a name and what happened, a number, a phrase, a beginning, a typing error.
QUERIES = (
    "cedar creek", "kernville assigned", '"lone pine" fire', "2026-004711 ", "isab", "soren tehachapi",
    "unit 1742 ", "walker pass flood", "bodfsh ", "noor relieved onyx", "bishop quake 77 ", "cote",
)  # fmt: skip


def measure(folder: Path) -> list[Row]:
    """Both engines; Elasticsearch through the API and bare, turn about."""
    node = Node(folder / "elasticsearch", "a-bench-is-no-secret")
    folder.chmod(0o755)
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_valkey(folder / "valkey") as cache,
    ):
        node.start()
        try:
            environment = environment_of(
                folder, server, cache, MUSTER_PORT=str(PORT), MUSTER_SEARCH_DEADLINE_SECONDS="10"
            )
            return asyncio.run(_figures(server, node, folder, environment))
        finally:
            node.kill()


async def _figures(
    server: Postgres, node: Node, folder: Path, environment: dict[str, str]
) -> list[Row]:
    with_node = environment | {"MUSTER_SEARCH_ELASTICSEARCH_URL": node.url}
    elasticsearch = Elasticsearch(node.url, "muster", 30)
    try:
        with process(environment, folder, "serve", "--faces", "api,rpc"):
            token = await _token(environment)
            organization = await _organization(token)
            await _seed_postgresql(environment, organization)
            server.query("VACUUM ANALYZE")
            alone = await _timed(lambda n: _ask(token, QUERIES[n % len(QUERIES)], "postgresql"))
        server.query("TRUNCATE search.document, search.word")
        with process(with_node, folder, "serve", "--faces", "api,rpc,relay,consumers"):
            token = await _token(with_node)
            await _answering(elasticsearch)
            await _seed_elasticsearch(elasticsearch, organization)
            _connections[:] = [Connection(ADDRESS)]
            fresh = sorted([await _visible(token, n) for n in range(20)])
            through, bare = await _turn_about(token, elasticsearch, organization)
    finally:
        await elasticsearch.close()
    ours, limit = _p95(through), _p95(bare)
    return [
        Row(
            f"search {SEEDED_ELASTICSEARCH:,} entries on Elasticsearch, p95",
            f"{ours * 1000:.1f} ms",
            f"the same request bare {limit * 1000:.1f} ms",
            f"{ours / limit:.2f} times",
            "at most 1.5 times",
            ours > 1.5 * limit,
        ),
        Row(
            "a note found, from its commit, slowest of 20",
            f"{fresh[-1]:.2f} s",
            NOTHING,
            f"median {statistics.median(fresh):.2f} s",
            "under 2 s",
            fresh[-1] >= 2.0,
        ),
        Row(
            f"search {SEEDED_POSTGRESQL:,} entries on PostgreSQL, p95",
            f"{_p95(alone) * 1000:.1f} ms",
            NOTHING,
            f"median {statistics.median(alone) * 1000:.1f} ms",
            "under 100 ms",
            _p95(alone) >= 0.1,
        ),
    ]


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


async def _timed(ask: Callable[[int], Awaitable[None]]) -> list[float]:
    _connections[:] = [Connection(ADDRESS)]  # an idle one was closed by the server
    for number in range(2 * len(QUERIES)):
        await ask(number)
    times: list[float] = []
    for number in range(ASKED):
        started = time.perf_counter()
        await ask(number)
        times.append(time.perf_counter() - started)
    return times


async def _turn_about(
    token: str, elasticsearch: Elasticsearch, organization: UUID
) -> tuple[list[float], list[float]]:
    """Each query through the API, then the very request that the API sends, bare, by the client.

    The bare one asks for what the API asks for: a page, totals and facets; where nothing is found as typed, also the
    second request, which forgives typing errors.
    """
    scope = Scope(organization, frozenset(await _permissions(token)))

    async def bare(number: int) -> None:
        query = parse(QUERIES[number % len(QUERIES)])
        wanted = Wanted(query, scope, limit=21)
        answer = await elasticsearch.client.search(
            index=elasticsearch.read_alias, **request_of(wanted)
        )
        if not answer["hits"]["hits"] and query.forgivable:
            forgiving = Wanted(query, scope, limit=21, tolerant=True)
            await elasticsearch.client.search(
                index=elasticsearch.read_alias, **request_of(forgiving)
            )

    through: list[float] = []
    alone: list[float] = []
    for _ in range(3):
        through += await _timed(lambda n: _ask(token, QUERIES[n % len(QUERIES)], "elasticsearch"))
        alone += await _timed(bare)
    return through, alone


_connections: list[Connection] = []


async def _get(token: str, path: str) -> Any:
    status, body = await _connections[0].send(request("GET", path, token))
    if status != 200:
        raise RuntimeError(f"{path}: {status} {body[:300]!r}")
    return json.loads(body)


async def _ask(token: str, query: str, engine: str) -> None:
    page = await _get(token, f"/api/v1/search?q={urllib.parse.quote(query)}")
    if page["engine"] != engine:
        raise RuntimeError(f"{page['engine']} answered, not {engine}: {page['degraded_because']}")


async def _visible(token: str, number: int) -> float:
    """How long it takes from a note's commit until it is found."""
    word = f"visible{number}x{random.randrange(10**9)}"
    body = json.dumps({"text": word}).encode()
    status, answer = await _connections[0].send(
        request("POST", "/api/v1/activity/notes", token, body)
    )
    if status != 201:
        raise RuntimeError(f"{status} {answer[:300]!r}")
    started = time.perf_counter()
    while True:
        page = await _get(token, f"/api/v1/search?q={word}%20&kind=activity")
        if page["items"] and page["engine"] == "elasticsearch":
            return time.perf_counter() - started
        if time.perf_counter() - started > 30:
            raise RuntimeError("a note was not found within 30 s")
        await asyncio.sleep(0.02)


async def _answering(elasticsearch: Elasticsearch) -> None:
    """Wait for the index that search makes by itself."""
    deadline = time.monotonic() + 60
    while not await elasticsearch.answering():
        if time.monotonic() > deadline:
            raise RuntimeError("no index was made within 60 s")
        await asyncio.sleep(0.2)


def _entries(organization: UUID, count: int) -> Iterator[Document]:
    """Entries of a busy journal: who did what where, in numbers."""
    chance = random.Random(4)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        name, verb = chance.choice(_NAMES), chance.choice(_VERBS)
        what = chance.choice(("fire", "flood", "quake", "search", "shelter", "closure"))
        yield entry_document(
            Entry(
                id=uuid7(),
                time=start + timedelta(seconds=number * 20),
                type=f"muster.{chance.choice(('incident', 'task', 'position', 'note'))}.changed.v1",
                subject=f"incident/{number}",
                organization_id=organization,
                incident_id=None,
                exercise=False,
                requires="incidents:read",
                summary=f'{verb} "{name} {what} {number % 977}" as 2026-{number % 999983:06} with unit {number % 2003}',
                actor_name=chance.choice(_PEOPLE),
                note=None,
            )
        )


async def _seed_postgresql(environment: dict[str, str], organization: UUID) -> None:
    runtime = make_runtime(settings_of(environment))
    try:
        batch: list[Any] = []
        for document in _entries(organization, SEEDED_POSTGRESQL):
            batch.append(document)
            if len(batch) == _BATCH:
                async with runtime.session("search", ACTOR) as session:
                    await DocumentRepository(session).take(batch, now=datetime.now(UTC), news=False)
                batch = []
    finally:
        await close_engines(runtime)
        await runtime.close()


async def _seed_elasticsearch(elasticsearch: Elasticsearch, organization: UUID) -> None:
    """Straight into the index that answers, four batches at a time."""
    room = asyncio.Semaphore(4)
    writing: set[asyncio.Task[None]] = set()

    async def write(writes: list[Write]) -> None:
        try:
            await elasticsearch.write(elasticsearch.write_alias, writes)
        finally:
            room.release()

    batch: list[Write] = []
    for document in _entries(organization, SEEDED_ELASTICSEARCH):
        row = row_of(document) | {
            "id": document.id,
            "occurred_at": document.occurred_at,
            "location": None,
            "extent": None,
        }
        batch.append(Write(f"{document.kind}/{document.id}", 1, body_of(row)))
        if len(batch) == _BATCH:
            await room.acquire()
            writing.add(asyncio.create_task(write(batch)))
            batch = []
    await asyncio.gather(*writing)
    await elasticsearch.refresh(elasticsearch.read_alias)
    await elasticsearch.client.options(request_timeout=300).indices.forcemerge(
        index=elasticsearch.read_alias, max_num_segments=5
    )


async def _token(environment: dict[str, str]) -> str:
    await ready(ADDRESS, 60)
    await people(environment)
    _connections[:] = [Connection(ADDRESS)]
    return await sign_in(ADDRESS, "incident-commander", PASSWORD)


async def _organization(token: str) -> UUID:
    return UUID((await _get(token, "/api/v1/me"))["organization"]["id"])


async def _permissions(token: str) -> list[str]:
    return (await _get(token, "/api/v1/me"))["permissions"]
