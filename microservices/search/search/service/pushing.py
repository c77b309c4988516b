"""Bringing Elasticsearch up to date: what changed here is written there, for as long and as late as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster_core.database import Reader
from search.engines.mapping import Write, body_of
from search.repository import state

if TYPE_CHECKING:
    from search.engines.elasticsearch import Elasticsearch

_BATCH = 1_000
_KIND_START = UUID(int=0)


async def push_once(reads: Reader, elasticsearch: Elasticsearch) -> int:
    """Write what has waited longest; answers how many changes were settled.

    Two that push at the same time do no harm: documents go as they stand now, each under its revision, and an index
    keeps the latest. The indices are asked for after the changes: one that is being built gets all that follows.

    Raises:
        EngineDownError: Elasticsearch did not take it; everything waits on.
    """
    waiting = await state.pending(reads, "index", _BATCH)
    if not waiting:
        return 0
    indices = await state.indices(reads)
    rows = await state.documents(
        reads, list({(row["kind"], row["document_id"]): None for row in waiting})
    )
    writes = [write_of(row) for row in rows]
    # The index that answers by its alias, so that whoever is told an older name writes to the right one.
    names = [elasticsearch.write_alias if its == "live" else name for name, its in indices.items()]
    await asyncio.gather(*(elasticsearch.write(name, writes) for name in names))
    await state.settle(reads, [row["position"] for row in waiting])
    return len(waiting)


async def load(
    reads: Reader, elasticsearch: Elasticsearch, index: str, kinds: Sequence[str]
) -> int:
    """Write every document of some kinds to an index; answers how many there were."""
    total = 0
    for kind in kinds:
        last = _KIND_START
        rows = await state.documents_after(reads, kind, last, _BATCH)
        while rows:
            # The next are read while these are written.
            writing = asyncio.create_task(
                elasticsearch.write(index, [write_of(row) for row in rows])
            )
            total += len(rows)
            try:
                rows = await state.documents_after(reads, kind, rows[-1]["id"], _BATCH)
            finally:
                await writing
    return total


def write_of(row: Any) -> Write:
    """A stored document as an index is to hold it."""
    body = None if row["deleted"] else body_of(row)
    return Write(f"{row['kind']}/{row['id']}", row["revision"], body)
