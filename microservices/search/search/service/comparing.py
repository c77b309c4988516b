"""Comparing copies: counts and sums of digests by kind and bucket, and document by document where they differ."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster.search.v1.documents import Document
from muster_core.database import Reader
from search.engines.port import Tallies, Tally
from search.repository import state
from search.repository.documents import row_of

if TYPE_CHECKING:
    from search.engines.elasticsearch import Elasticsearch

_TRIES = 40
_PAUSE_SECONDS = 0.25


@dataclass
class Count:
    """Documents counted one by one, as an engine would tally them."""

    tallies: Tallies = field(default_factory=dict[tuple[str, int], Tally])

    def add(self, documents: Iterable[Document]) -> None:
        """Count some more."""
        for document in documents:
            row = row_of(document)
            place = (document.kind, row["bucket"])
            known = self.tallies.get(place, Tally(0, 0))
            self.tallies[place] = Tally(known.count + 1, known.digest + row["digest"])


def summed(tallies: Tallies) -> dict[str, Tally]:
    """The same by kind."""
    found: dict[str, Tally] = defaultdict(lambda: Tally(0, 0))
    for (kind, _), tally in tallies.items():
        found[kind] = Tally(found[kind].count + tally.count, found[kind].digest + tally.digest)
    return dict(found)


def differing(one: Tallies, other: Tallies) -> list[tuple[str, int]]:
    """The buckets that differ."""
    nothing = Tally(0, 0)
    return sorted(
        place
        for place in one.keys() | other.keys()
        if one.get(place, nothing) != other.get(place, nothing)
    )


async def unequal(
    reads: Reader, elasticsearch: Elasticsearch, index: str, stored: Tallies
) -> list[tuple[str, UUID]]:
    """The documents that an index does not hold as they are stored; empty: it holds all of them and no other.

    While writes go on, some are always on their way: whatever differs is looked at again until it agrees, for ten
    seconds at most.
    """
    suspects = await _suspects(reads, elasticsearch, index, stored)
    for _ in range(_TRIES):
        if not suspects:
            return []
        await asyncio.sleep(_PAUSE_SECONDS)
        await elasticsearch.refresh(index)
        suspects = await _still(reads, elasticsearch, index, suspects)
    return suspects


async def _suspects(
    reads: Reader, elasticsearch: Elasticsearch, index: str, stored: Tallies
) -> list[tuple[str, UUID]]:
    await elasticsearch.refresh(index)
    held = await elasticsearch.tallies(index)
    found: list[tuple[str, UUID]] = []
    for kind, bucket in differing(stored, held):
        ours = await state.digests(reads, kind, bucket)
        its = await elasticsearch.digests(index, kind, bucket)
        found += [(kind, one) for one in ours.keys() | its.keys() if ours.get(one) != its.get(one)]
    return found


async def _still(
    reads: Reader, elasticsearch: Elasticsearch, index: str, suspects: list[tuple[str, UUID]]
) -> list[tuple[str, UUID]]:
    rows: list[Any] = await state.documents(reads, suspects)
    ours = {(row["kind"], row["id"]): row["digest"] for row in rows if not row["deleted"]}
    its = await elasticsearch.digests_of(index, [f"{kind}/{one}" for kind, one in suspects])
    return [
        (kind, one) for kind, one in suspects if ours.get((kind, one)) != its.get(f"{kind}/{one}")
    ]
