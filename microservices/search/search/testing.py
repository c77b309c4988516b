"""What the tests and the benchmark of search put together alike."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from muster.search.v1.documents import Document, Removal, Sharing
from muster_core.auth import system_actor
from muster_core.identifiers import uuid7
from muster_core.runtime import Runtime
from search.engines.choosing import Engines, close_engines, engines_of
from search.engines.elasticsearch import Elasticsearch
from search.engines.port import SearchEngine
from search.repository.documents import DocumentRepository
from search.repository.state import StateRepository
from search.service.pushing import push_once
from search.settings import Settings

ORGANIZATION = UUID("01980000-0000-7000-8000-00000000000a")
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACTOR = system_actor("search")


def document(title: str, kind: str = "incident", **changes: Any) -> Document:
    """A record of our organization that any of its people may see."""
    identifier: UUID = changes.pop("id", None) or uuid7()
    made = Document(
        kind=kind,
        id=identifier,
        title=title,
        listed_by="incidents:read",
        occurred_at=NOW,
        version=1,
        subject=f"{kind}/{identifier}",
        url=f"/{kind}s/{identifier}",
        organization_id=ORGANIZATION,
        incident_id=identifier if kind == "incident" else None,
    )
    return replace(made, **changes)


class Shelf:
    """An engine and what is put into it, the way the service does."""

    def __init__(self, runtime: Runtime, engine: SearchEngine, index: Elasticsearch | None) -> None:
        self.runtime, self.engine, self.index = runtime, engine, index

    async def put(self, *facts: Document | Removal | Sharing) -> None:
        """Facts are heard, and visible."""
        async with self.runtime.session("search", ACTOR) as session:
            repository = DocumentRepository(session)
            await repository.share([fact for fact in facts if isinstance(fact, Sharing)])
            await repository.take(
                [fact for fact in facts if not isinstance(fact, Sharing)], now=datetime.now(UTC)
            )
        if self.index is not None:
            reads = self.runtime.database("search").reader
            while await push_once(reads, self.index):
                pass
            await self.index.refresh(self.index.read_alias)


def settings_for(url: str | None, **changes: Any) -> Settings:
    """The service's settings, with indices of a test's own."""
    return Settings(
        elasticsearch_url=SecretStr(url) if url else None,
        elasticsearch_prefix=f"t{secrets.token_hex(6)}",
        **changes,
    )


async def remove_indices(elasticsearch: Elasticsearch) -> None:
    """Take away what a test made."""
    for name in await elasticsearch.ours():
        await elasticsearch.delete(name)
    template = f"{elasticsearch.prefix}-documents"
    if await elasticsearch.client.indices.exists_index_template(name=template):
        await elasticsearch.client.indices.delete_index_template(name=template)


@asynccontextmanager
async def both_engines(runtime: Runtime, url: str, **changes: Any) -> AsyncGenerator[Engines]:
    """Both engines, with an empty index that answers."""
    runtime.override_settings(settings_for(url, **({"deadline_seconds": 10} | changes)))
    engines = engines_of(runtime)
    elasticsearch = engines.elasticsearch
    assert elasticsearch is not None
    name = f"{elasticsearch.prefix}-documents-1"
    await elasticsearch.create(name)
    async with runtime.session("search", ACTOR) as session:
        await StateRepository(session).begin_index(name)
        await StateRepository(session).keep_index(name)
    await elasticsearch.switch(name)
    try:
        yield engines
    finally:
        await remove_indices(elasticsearch)
        await close_engines(runtime)
