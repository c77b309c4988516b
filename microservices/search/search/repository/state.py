"""What goes on beside searching: work pending, indices written to, leases, rebuilds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.database import Reader
from search.engines.choosing import State

_SITUATION = """
    SELECT EXISTS (SELECT FROM search.engine_index WHERE state = 'live') AS built,
           coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT written_at FROM search.pending WHERE purpose = 'index'
                ORDER BY position LIMIT 1)), 0)::float8 AS behind,
           ARRAY(SELECT incident_id FROM search.share
                  WHERE organization_id = $1 AND until > now()) AS shared
"""
_DOCUMENTS = (
    "SELECT kind, id, organization_id, incident_id, exercise, listed_by, requires, title, text,"
    " title_words, status, type, occurred_at, location, extent, url, subject, revision, digest,"
    " bucket, deleted, version FROM search.document"
)


@dataclass(frozen=True, slots=True)
class Situation:
    """The other engine's state, and the incidents shared with an organization now."""

    engine: State
    shared: frozenset[UUID]


async def situation(reads: Reader, organization: UUID) -> Situation:
    """Everything a search needs to know first, in one round trip."""
    (row,) = await reads.fetch(_SITUATION, organization)
    return Situation(State(row["built"], row["behind"]), frozenset(row["shared"]))


async def pending(reads: Reader, purpose: str, most: int) -> list[Any]:
    """The oldest work of a purpose: `position`, `kind`, `document_id`."""
    return await reads.fetch(
        "SELECT position, kind, document_id FROM search.pending WHERE purpose = $1"
        " ORDER BY position LIMIT $2",
        purpose,
        most,
    )


async def count_pending(reads: Reader, purpose: str) -> int:
    """How much work of a purpose there is."""
    rows = await reads.fetch("SELECT count(*) AS n FROM search.pending WHERE purpose = $1", purpose)
    return rows[0]["n"]


async def settle(reads: Reader, positions: Sequence[int]) -> None:
    """Forget work that is done."""
    await reads.execute("DELETE FROM search.pending WHERE position = ANY($1)", list(positions))


async def documents(reads: Reader, keys: Sequence[tuple[str, UUID]]) -> list[Any]:
    """Documents as they stand, removed ones too."""
    return await reads.fetch(
        f"{_DOCUMENTS} WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))",
        [kind for kind, _ in keys],
        [one for _, one in keys],
    )


async def documents_after(reads: Reader, kind: str, last: UUID, most: int) -> list[Any]:
    """The next documents of a kind in order of their ids, removed ones left out."""
    return await reads.fetch(
        f"{_DOCUMENTS} WHERE kind = $1 AND id > $2 AND NOT deleted ORDER BY id LIMIT $3",
        kind,
        last,
        most,
    )


async def digests(reads: Reader, kind: str, bucket: int) -> dict[UUID, int]:
    """The digest of each document of a bucket."""
    rows = await reads.fetch(
        "SELECT id, digest FROM search.document WHERE kind = $1 AND bucket = $2 AND NOT deleted",
        kind,
        bucket,
    )
    return {row["id"]: row["digest"] for row in rows}


async def indices(reads: Reader) -> dict[str, str]:
    """The indices that are written to, and the state of each."""
    rows = await reads.fetch("SELECT name, state FROM search.engine_index")
    return {row["name"]: row["state"] for row in rows}


async def hold(reads: Reader, name: str, holder: UUID, time: timedelta) -> bool:
    """Take or renew a lease; False while another holds it."""
    rows = await reads.fetch(
        "INSERT INTO search.lease AS l (name, holder, until) VALUES ($1, $2, now() + $3)"
        " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
        " WHERE l.holder = excluded.holder OR l.until < now() RETURNING 1",
        name,
        holder,
        time,
    )
    return bool(rows)


async def let_go(reads: Reader, name: str, holder: UUID) -> None:
    """Give a lease back."""
    await reads.execute("DELETE FROM search.lease WHERE name = $1 AND holder = $2", name, holder)


async def latest_rebuild(reads: Reader) -> Any | None:
    """The rebuild that was asked for last, whatever became of it."""
    rows = await reads.fetch(
        "SELECT * FROM search.rebuild ORDER BY requested_at DESC, id DESC LIMIT 1"
    )
    return rows[0] if rows else None


async def open_rebuild(reads: Reader) -> Any | None:
    """The rebuild that is wanted or under way."""
    rows = await reads.fetch(
        "SELECT * FROM search.rebuild WHERE state IN ('wanted', 'running') LIMIT 1"
    )
    return rows[0] if rows else None


async def advance(
    reads: Reader, rebuild: UUID, holder: UUID, phase: str, progress: dict[str, Any]
) -> bool:
    """Note how far a rebuild is; False if the lease was lost meanwhile, and nothing was noted."""
    rows = await reads.fetch(
        "UPDATE search.rebuild SET state = 'running', phase = $3, progress = $4::jsonb,"
        " started_at = coalesce(started_at, now())"
        " WHERE id = $1 AND EXISTS (SELECT FROM search.lease WHERE name = 'rebuild' AND holder = $2)"
        " RETURNING 1",
        rebuild,
        holder,
        phase,
        json.dumps(progress),
    )
    return bool(rows)


class StateRepository:
    """The same within a transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def request(
        self, rebuild: UUID, person: UUID, name: str, organization: UUID | None
    ) -> bool:
        """Ask for a rebuild; False if one is wanted or under way already."""
        row = await self._session.execute(
            text(
                "INSERT INTO search.rebuild (id, requested_by_id, requested_by_name, organization_id)"
                " VALUES (:id, :person, :name, :organization) ON CONFLICT DO NOTHING RETURNING id"
            ),
            {"id": rebuild, "person": person, "name": name, "organization": organization},
        )
        return row.one_or_none() is not None

    async def finish(
        self, rebuild: UUID, state: str, problem: str | None, progress: dict[str, Any]
    ) -> None:
        """Note what became of a rebuild."""
        await self._session.execute(
            text(
                "UPDATE search.rebuild SET state = :state, phase = :state, problem = :problem,"
                " progress = CAST(:progress AS jsonb), finished_at = clock_timestamp() WHERE id = :id"
            ),
            {
                "id": rebuild,
                "state": state,
                "problem": problem,
                "progress": json.dumps(progress),
            },
        )

    async def begin_index(self, name: str) -> None:
        """Write to a new index too, from now on: whoever writes a document now is waited for."""
        await self._session.execute(text("LOCK TABLE search.document IN SHARE MODE"))
        await self._session.execute(
            text("INSERT INTO search.engine_index (name, state) VALUES (:name, 'building')"),
            {"name": name},
        )

    async def keep_index(self, name: str) -> None:
        """Only this index is written to from now on, and answers."""
        await self._session.execute(
            text("DELETE FROM search.engine_index WHERE name <> :name"), {"name": name}
        )
        await self._session.execute(
            text("UPDATE search.engine_index SET state = 'live' WHERE name = :name"), {"name": name}
        )

    async def drop_index(self, name: str) -> None:
        """No longer write to an index."""
        await self._session.execute(
            text("DELETE FROM search.engine_index WHERE name = :name"), {"name": name}
        )

    async def forget_engine(self) -> None:
        """There is no other engine: nothing is left for it."""
        await self._session.execute(text("DELETE FROM search.engine_index"))
        await self._session.execute(text("DELETE FROM search.pending WHERE purpose = 'index'"))

    async def forget_seen(self) -> None:
        """Begin to note anew what the services have."""
        await self._session.execute(text("TRUNCATE search.seen"))
