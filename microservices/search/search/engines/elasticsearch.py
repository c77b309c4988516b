"""The search port on Elasticsearch: reads by one alias, writes by another, an index behind them for each rebuild.

Words come cut and folded, so the only analysis is to split at spaces. Ranking is by constant scores, as on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from elasticsearch import ApiError, AsyncElasticsearch, TransportError

from search.engines.mapping import Json, Write, index_template
from search.engines.port import EngineDownError, Tallies, Tally

_WRITE_SECONDS = 30.0
_PAGE = 5_000


class Elasticsearch:
    """Our indices in one cluster."""

    def __init__(self, url: str, prefix: str, seconds: float) -> None:
        """`seconds` is how long a search may take. Nothing is connected before first use."""
        parts = urlsplit(url)
        account = (
            (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        )
        self.client = AsyncElasticsearch(
            f"{parts.scheme}://{parts.hostname}:{parts.port or 9200}{parts.path}",
            basic_auth=account,
            max_retries=0,
            retry_on_timeout=False,
            request_timeout=_WRITE_SECONDS,
        )
        self.prefix = prefix
        self.read_alias = f"{prefix}-documents"
        self.write_alias = f"{prefix}-documents-write"
        self.seconds = seconds

    async def close(self) -> None:
        """Let go of connections."""
        await self.client.close()

    async def create(self, name: str) -> None:
        """A new, empty index; no alias has it yet."""
        with translated():
            template = index_template(f"{self.prefix}-documents-*")
            await self.client.indices.put_index_template(
                name=f"{self.prefix}-documents", **template
            )
            await self.client.indices.create(index=name)

    async def exists(self, name: str) -> bool:
        """Whether there is such an index."""
        with translated():
            return bool(await self.client.indices.exists(index=name))

    async def delete(self, name: str) -> None:
        """Remove an index; that it is not there is the same."""
        with translated():
            await self.client.indices.delete(index=name, ignore_unavailable=True)

    async def ours(self) -> list[str]:
        """The names of our indices."""
        with translated():
            found = await self.client.indices.get(
                index=f"{self.prefix}-documents-*",
                expand_wildcards="all",
                filter_path="*.settings.index.uuid",
            )
        return sorted(found.body)

    async def answering(self) -> list[str]:
        """The indices that the read alias stands for: one, or none before the first rebuild."""
        with translated():
            if not await self.client.indices.exists_alias(name=self.read_alias):
                return []
            return sorted((await self.client.indices.get_alias(name=self.read_alias)).body)

    async def switch(self, name: str) -> None:
        """Let both aliases stand for this index, in one step."""
        with translated():
            await self.client.indices.update_aliases(
                actions=[
                    {
                        "remove": {
                            "index": f"{self.prefix}-documents-*",
                            "aliases": [self.read_alias, self.write_alias],
                            "must_exist": False,
                        }
                    },
                    {"add": {"index": name, "alias": self.read_alias}},
                    {"add": {"index": name, "alias": self.write_alias, "is_write_index": True}},
                ]
            )

    async def write(self, index: str, writes: Sequence[Write]) -> None:
        """Bring an index (or the write alias) up to date; what it holds of a later revision stays.

        Raises:
            EngineDownError: it did not take all of them; writing them again is harmless.
        """
        if not writes:
            return
        operations: list[Json] = []
        for one in writes:
            place: Json = {"_id": one.key, "version": one.revision, "version_type": "external"}
            if one.body is None:
                operations.append({"delete": place})
            else:
                operations += [{"index": place}, one.body]
        with translated():
            answer = await self.client.bulk(
                index=index,
                operations=operations,
                require_alias=index == self.write_alias,
                filter_path="errors,items.*.status,items.*.error",
            )
        if answer.body.get("errors"):
            for item in answer.body["items"]:
                outcome: Json = next(iter(item.values()))
                # 409: it has a later revision; 404: what is to go was never there.
                if (outcome["status"] >= 300 and outcome["status"] not in {404, 409}) or (
                    outcome["status"] == 404 and outcome.get("error")
                ):
                    raise EngineDownError(str(outcome.get("error", outcome["status"]))[:300])

    async def refresh(self, index: str) -> None:
        """Make what was written so far visible."""
        with translated():
            await self.client.indices.refresh(index=index)

    async def tallies(self, index: str | None = None) -> Tallies:
        """What an index holds (the one that answers, if none is named)."""
        found: Tallies = {}
        after: Json = {}
        while True:
            composite: Json = {
                "size": 1000,
                "sources": [
                    {"kind": {"terms": {"field": "kind"}}},
                    {"bucket": {"terms": {"field": "bucket"}}},
                ],
            } | ({"after": after} if after else {})
            with translated():
                answer = await self.client.search(
                    index=index or self.read_alias,
                    size=0,
                    track_total_hits=False,
                    aggs={
                        "all": {
                            "composite": composite,
                            "aggs": {"digest": {"sum": {"field": "digest"}}},
                        }
                    },
                )
            whole: Json = answer["aggregations"]["all"]
            for one in whole["buckets"]:
                place = (str(one["key"]["kind"]), int(one["key"]["bucket"]))
                found[place] = Tally(one["doc_count"], round(one["digest"]["value"]))
            after = whole.get("after_key") or {}
            if not after:
                return found

    async def digests(self, index: str, kind: str, bucket: int) -> dict[UUID, int]:
        """The digest of each document of a bucket, read at one point in time."""
        found: dict[UUID, int] = {}
        async with self._point_in_time(index) as point:
            after: list[Any] | None = None
            while True:
                with translated():
                    answer = await self.client.search(
                        pit={"id": point, "keep_alive": "1m"},
                        size=_PAGE,
                        track_total_hits=False,
                        query={
                            "bool": {
                                "filter": [{"term": {"kind": kind}}, {"term": {"bucket": bucket}}]
                            }
                        },
                        sort=[{"_shard_doc": "asc"}],
                        search_after=after,
                        source={"includes": ["id"]},
                        docvalue_fields=[{"field": "digest"}],
                    )
                hits: list[Json] = answer["hits"]["hits"]
                for hit in hits:
                    found[UUID(hit["_source"]["id"])] = hit["fields"]["digest"][0]
                if len(hits) < _PAGE:
                    return found
                after = hits[-1]["sort"]

    async def digests_of(self, index: str, keys: Sequence[str]) -> dict[str, int]:
        """The digests of some documents by `kind/id`, as far as the index holds them."""
        found: dict[str, int] = {}
        for start in range(0, len(keys), _PAGE):
            with translated():
                answer = await self.client.mget(
                    index=index, ids=list(keys[start : start + _PAGE]), source=["digest"]
                )
            for one in answer["docs"]:
                if one.get("found"):
                    found[one["_id"]] = one["_source"]["digest"]
        return found

    @asynccontextmanager
    async def _point_in_time(self, index: str) -> AsyncGenerator[str]:
        with translated():
            opened = await self.client.open_point_in_time(index=index, keep_alive="1m")
        try:
            yield opened["id"]
        finally:
            with translated():
                await self.client.close_point_in_time(id=opened["id"])


@contextmanager
def translated() -> Generator[None]:
    """Every failure of the client is one thing to us: it cannot answer now."""
    try:
        yield
    except (ApiError, TransportError, TimeoutError, OSError) as error:
        raise EngineDownError(f"{type(error).__name__}: {error}"[:300]) from error
