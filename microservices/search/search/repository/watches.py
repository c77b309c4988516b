"""Saved searches: each is its owner's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.database import Reader
from muster_core.reads import JsonPage
from search.models import Watch


def _utc(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_ITEM = f"""json_build_object('id', w.id, 'name', w.name, 'search', w.search, 'paused', w.paused,
    'unseen', w.unseen, 'matched_at', {_utc("w.matched_at")}, 'created_at', {_utc("w.created_at")},
    'version', w.version)"""


@dataclass(frozen=True, slots=True)
class WatchView:
    """A saved search as JSON, with what the answer's headers need."""

    id: UUID
    version: int
    body: bytes


async def list_watches(reads: Reader, owner: UUID, *, limit: int, cursor: str | None) -> bytes:
    """A page of what somebody saved, newest first."""
    page = JsonPage(select=_ITEM, from_="search.watch w", order=(("w.id", "uuid", "desc"),))
    page.where("w.owner_id = {}::uuid", owner)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def find_watch(reads: Reader, owner: UUID, watch_id: UUID) -> WatchView | None:
    """One saved search, or None if the person has none of this id."""
    rows = await reads.fetch(
        f"SELECT w.version, ({_ITEM})::text AS body FROM search.watch w"
        " WHERE w.id = $1 AND w.owner_id = $2",
        watch_id,
        owner,
    )
    return WatchView(watch_id, rows[0]["version"], rows[0]["body"].encode()) if rows else None


async def active_watches(reads: Reader) -> list[Any]:
    """Every saved search that is not paused: `id`, `owner_id`, `organization_id`, `search`, `created_at`."""
    return await reads.fetch(
        "SELECT id, owner_id, organization_id, search, created_at FROM search.watch WHERE NOT paused"
    )


async def forget_matches(session: AsyncSession, kept: timedelta) -> None:
    """Forget what was found longer ago than this."""
    await session.execute(
        text(
            "DELETE FROM search.match WHERE matched_at < clock_timestamp() - CAST(:kept AS interval)"
        ),
        {"kept": kept},
    )


class WatchRepository:
    """The saved searches of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, owner: UUID, watch_id: UUID) -> Watch | None:
        """A saved search of somebody, locked for a change."""
        query = select(Watch).where(Watch.id == watch_id, Watch.owner_id == owner)
        return await self._session.scalar(query.with_for_update())

    async def count(self, owner: UUID) -> int:
        """How many somebody has saved."""
        query = select(func.count()).where(Watch.owner_id == owner)
        return await self._session.scalar(query) or 0

    async def view(self, watch: Watch) -> WatchView:
        """A saved search as it will be once this transaction commits."""
        await self._session.flush()
        body: str = (
            await self._session.execute(
                text(f"SELECT ({_ITEM})::text FROM search.watch w WHERE w.id = :id"),
                {"id": watch.id},
            )
        ).scalar_one()
        return WatchView(watch.id, watch.version, body.encode())

    def save(self, watch: Watch) -> None:
        """Store a new one with this transaction."""
        self._session.add(watch)

    async def remove(self, watch: Watch) -> None:
        """Delete one with this transaction."""
        await self._session.delete(watch)

    async def note(self, watch_id: UUID, found: Sequence[tuple[str, UUID]]) -> int:
        """Note what a saved search has found; answers how much of it was news."""
        rows = await self._session.execute(
            text("""
                WITH news AS (
                    INSERT INTO search.match (watch_id, kind, document_id)
                    SELECT w.id, f.kind, f.id FROM search.watch w,
                           unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[])) AS f (kind, id)
                     WHERE w.id = :watch
                    ON CONFLICT DO NOTHING RETURNING 1),
                counted AS (SELECT count(*) AS n FROM news)
                UPDATE search.watch w
                   SET unseen = unseen + n, untold = untold + n, matched_at = clock_timestamp()
                  FROM counted WHERE w.id = :watch AND n > 0 RETURNING n
            """),
            {
                "watch": watch_id,
                "kinds": [kind for kind, _ in found],
                "ids": [one for _, one in found],
            },
        )
        return rows.scalar() or 0

    async def tell(self, quiet_seconds: float) -> list[Any]:
        """The saved searches whose owners are to hear of news now; they count as told."""
        rows = await self._session.execute(
            text("""
                UPDATE search.watch w SET untold = 0, told_at = clock_timestamp()
                  FROM (SELECT id, untold FROM search.watch
                         WHERE untold > 0 AND (told_at IS NULL OR told_at < clock_timestamp()
                               - make_interval(secs => :quiet)) FOR UPDATE SKIP LOCKED) news
                 WHERE w.id = news.id
                RETURNING w.id, w.owner_id, w.organization_id, news.untold
            """),
            {"quiet": quiet_seconds},
        )
        return list(rows.all())
