"""Building the index anew from what the services themselves have, while searching and writing go on.

Services stream their documents by gRPC; what is stored here is corrected by them, and what none of them has is
removed. Then a new index of Elasticsearch is made; from that moment each change goes to it too, while all that is
stored is written into it. Once both hold the same, the aliases stand for it in one step and the old index goes.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster.search.v1.documents import Source, from_message, share_from_message
from muster.search.v1.events import SearchIndexRebuilt, SearchRebuildFailed, SearchRebuildRequested
from muster.search.v1.search_pb2 import StreamDocumentsRequest
from muster.search.v1.sources import SOURCES
from muster_core.auth import Actor, authorize, system_actor
from muster_core.identifiers import uuid7
from muster_core.logs import get_logger
from muster_core.outbox import announce
from search.database import SCHEMA
from search.engines.choosing import engines_of
from search.engines.port import EngineDownError
from search.permissions import Permission
from search.repository import state
from search.repository.documents import DocumentRepository
from search.repository.state import StateRepository
from search.service import comparing, pushing

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from muster.search.v1.documents import Document
    from muster_core.runtime import Runtime
    from search.engines.elasticsearch import Elasticsearch

ACTOR = system_actor("search")
_log = get_logger(__name__)


class RebuildError(Exception):
    """Why a rebuild failed, in an operator's words; what answered before answers on."""


async def request_rebuild(session: AsyncSession, actor: Actor) -> None:
    """Ask for a rebuild; while one is wanted or under way, that one is meant."""
    authorize(actor, Permission.MANAGE)
    rebuild = uuid7()
    asked = await StateRepository(session).request(
        rebuild, actor.id, actor.name, actor.organization_id
    )
    if asked:
        await announce(
            session,
            SearchRebuildRequested(rebuild_id=rebuild, organization_id=actor.organization_id),
        )


@dataclass
class Rebuilding:
    """A rebuild under way. `holder` is who holds the lease: a rebuild whose lease was lost notes nothing more."""

    runtime: Runtime
    id: UUID
    holder: UUID
    organization_id: UUID | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    progress: dict[str, Any] = field(default_factory=dict[str, Any])

    async def run(self) -> None:
        """From beginning to end.

        Raises:
            RebuildError: it could not be finished; nothing that answered before was touched.
        """
        reads = self.runtime.database(SCHEMA).reader
        elasticsearch = engines_of(self.runtime).elasticsearch
        async with self.runtime.session(SCHEMA, ACTOR) as session:
            await StateRepository(session).forget_seen()
        if elasticsearch is not None:
            await settle_indices(self.runtime, elasticsearch)
        for source in SOURCES:
            await self._read(source)
        async with self.runtime.session(SCHEMA, ACTOR) as session:
            kinds = [kind for source in SOURCES for kind in source.kinds]
            removed = await DocumentRepository(session).sweep(
                kinds, self.started, datetime.now(UTC)
            )
        self.progress["removed"] = removed
        if elasticsearch is not None:
            await self._build(elasticsearch)
        elif await state.indices(reads):
            async with self.runtime.session(SCHEMA, ACTOR) as session:
                await StateRepository(session).forget_engine()
        await self._finish("done", None)

    async def _read(self, source: Source) -> None:
        """Take everything that a service streams, and count that it is stored as told or newer."""
        counted = comparing.Count()
        told: dict[str, Any] = {"documents": 0, "agreeing": 0}
        self.progress[source.service] = told
        await self._note(f"reading {source.service}")
        rpc = self.runtime.rpc
        stream = rpc.stream(
            rpc.stub(source.stub, source.service).StreamDocuments,
            StreamDocumentsRequest(batch=500),
            actor=ACTOR,
        )
        async with contextlib.aclosing(stream) as batches:
            async for batch in batches:
                documents = [from_message(one) for one in batch.documents]
                shares = [share_from_message(one) for one in batch.shares]
                async with self.runtime.session(SCHEMA, ACTOR) as session:
                    repository = DocumentRepository(session)
                    await repository.share(shares)
                    shared = [one.incident_id for one in documents if one.id == one.incident_id]
                    await repository.end_shares(
                        [one for one in shared if one], shares, self.started
                    )
                    await repository.take(documents, now=datetime.now(UTC), true=True, news=False)
                    await repository.see(documents)
                    told["agreeing"] += await repository.agreeing(documents)
                counted.add(documents)
                told["documents"] += len(documents)
                await self._note(f"reading {source.service}")
        told["digest"] = _printed(counted)
        if told["documents"] != told["agreeing"]:
            raise RebuildError(
                f"{source.service} has {told['documents']} documents, of which only"
                f" {told['agreeing']} are stored as it has them."
            )

    async def _build(self, elasticsearch: Elasticsearch) -> None:
        reads = self.runtime.database(SCHEMA).reader
        name = (
            f"{elasticsearch.prefix}-documents-{self.started:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
        )
        await self._note("making an index")
        await elasticsearch.create(name)
        async with self.runtime.session(SCHEMA, ACTOR) as session:
            await StateRepository(session).begin_index(name)
        await self._note("filling the index")
        kinds = [kind for source in SOURCES for kind in source.kinds]
        loaded = await pushing.load(reads, elasticsearch, name, kinds)
        self.progress["index"] = {"name": name, "loaded": loaded}
        await self._note("comparing")
        stored = await engines_of(self.runtime).postgresql.tallies()
        wrong = await comparing.unequal(reads, elasticsearch, name, stored)
        if wrong:
            kind, one = wrong[0]
            raise RebuildError(
                f"{len(wrong)} documents are not in the new index as they are stored; the first is {kind} {one}."
            )
        self.progress["index"]["equal"] = True
        await self._note("switching")
        await elasticsearch.switch(name)
        await settle_indices(self.runtime, elasticsearch)

    async def _note(self, phase: str) -> None:
        reads = self.runtime.database(SCHEMA).reader
        if not await state.advance(reads, self.id, self.holder, phase, self.progress):
            raise RebuildError("Another process has taken the rebuild over.")

    async def _finish(self, outcome: str, problem: str | None) -> None:
        async with self.runtime.session(SCHEMA, ACTOR) as session:
            await StateRepository(session).finish(self.id, outcome, problem, self.progress)
            documents = sum(
                told["documents"] for told in self.progress.values() if _is_source(told)
            )
            fact = (
                SearchIndexRebuilt(
                    rebuild_id=self.id,
                    organization_id=self.organization_id,
                    documents=documents,
                    seconds=(datetime.now(UTC) - self.started).total_seconds(),
                )
                if problem is None
                else SearchRebuildFailed(
                    rebuild_id=self.id, organization_id=self.organization_id, problem=problem
                )
            )
            await announce(session, fact)

    async def fail(self, problem: str) -> None:
        """Note that it failed, and write no longer to what it had begun."""
        _log.error("the search index was not rebuilt", problem=problem)
        elasticsearch = engines_of(self.runtime).elasticsearch
        if elasticsearch is not None:
            with contextlib.suppress(EngineDownError):
                await settle_indices(self.runtime, elasticsearch)
        await self._finish("failed", problem)


async def settle_indices(runtime: Runtime, elasticsearch: Elasticsearch) -> None:
    """Hold what is noted to what is: the index with the alias is live, every other of ours goes.

    Whatever a rebuild left behind that was killed in any moment, before or after its switch, ends here.
    """
    reads = runtime.database(SCHEMA).reader
    noted = await state.indices(reads)
    answering = await elasticsearch.answering()
    live = [name for name in answering if name in noted]
    async with runtime.session(SCHEMA, ACTOR) as session:
        repository = StateRepository(session)
        if live:
            await repository.keep_index(live[0])
        else:
            await repository.forget_engine()
    for name in await elasticsearch.ours():
        if name not in live:
            await elasticsearch.delete(name)


def _is_source(told: Any) -> bool:
    return isinstance(told, dict) and "documents" in told


def _printed(counted: comparing.Count) -> str:
    return f"{sum(tally.digest for tally in counted.tallies.values()):x}"


async def stream_of(runtime: Runtime, source: Source) -> comparing.Count:
    """What a service has, counted as it streams."""
    counted = comparing.Count()
    rpc = runtime.rpc
    stream = rpc.stream(
        rpc.stub(source.stub, source.service).StreamDocuments,
        StreamDocumentsRequest(batch=500),
        actor=ACTOR,
    )
    async with contextlib.aclosing(stream) as batches:
        async for batch in batches:
            documents: list[Document] = [from_message(one) for one in batch.documents]
            counted.add(documents)
    return counted
