"""Walking through all chains to verify them; never on behalf of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, null, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.domain.chain import Entry, Link, Walk
from activity_log.models import Head, Seal, Verification, VerifiedChain
from activity_log.repository.writing import COLUMNS
from muster_core.database import Reader

_ENTRIES = (
    "SELECT "
    + ", ".join(f"{name}::text" if name == "data" else name for name, _ in COLUMNS)
    + " FROM activity_log.entry WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"
)


_SEARCHABLE = (
    "SELECT position, id, time, recorded_at, type, subject, organization_id, incident_id, exercise,"
    " requires, summary, actor_name,"
    " CASE WHEN type = 'muster.note.written.v1' THEN data::text END AS data"
    " FROM activity_log.entry WHERE position > $1 ORDER BY position LIMIT $2"
)


@dataclass(frozen=True, slots=True)
class Heads:
    """All heads at one moment, and the newest position that an entry has."""

    ends: dict[UUID, Link]
    position: int
    newest: int


async def heads_now(reads: Reader) -> Heads:
    """One statement, so that no append comes between."""
    rows = await reads.fetch(
        "SELECT head.*, newest.position AS newest"
        " FROM (SELECT coalesce(max(position), 0) AS position FROM activity_log.entry) AS newest"
        " LEFT JOIN activity_log.head ON true"
    )
    ends = {
        row["organization_id"]: Link(row["sequence"], row["hash"])
        for row in rows
        if row["organization_id"] is not None
    }
    return Heads(ends, max((row["position"] or 0 for row in rows), default=0), rows[0]["newest"])


async def entries_from(reads: Reader, position: int, upto: int, limit: int) -> list[Entry]:
    """The next entries in order of position, as they stand."""
    rows = await reads.fetch(_ENTRIES, position, upto, limit)
    return [Entry(**dict(row)) for row in rows]


async def searchable_after(reads: Reader, position: int, limit: int) -> list[Any]:
    """The next entries in order of position, as far as search needs them."""
    return await reads.fetch(_SEARCHABLE, position, limit)


async def seals_between(reads: Reader, after: int, upto: int) -> list[Any]:
    """Seals by position, each with the hash (`found`) that the journal has at its place now, or None."""
    return await reads.fetch(
        "SELECT seal.organization_id, seal.sequence, seal.position, seal.hash, seal.sealed_at,"
        " seal.key_id, seal.signature, entry.hash AS found"
        " FROM activity_log.seal LEFT JOIN activity_log.entry"
        " ON entry.organization_id = seal.organization_id AND entry.sequence = seal.sequence"
        " WHERE seal.position > $1 AND seal.position <= $2 ORDER BY seal.position, seal.id",
        after,
        upto,
    )


class Walks:
    """How far the walks have come."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def load(self, name: str) -> tuple[Walk, Verification | None]:
        """Take a walk up where it was put down."""
        state = await self._session.get(Verification, name)
        if state is None or state.position == 0:
            return Walk(), state
        rows = await self._session.execute(
            select(VerifiedChain.organization_id, VerifiedChain.sequence, VerifiedChain.hash).where(
                VerifiedChain.walk == name
            )
        )
        ends = {row.organization_id: Link(row.sequence, row.hash) for row in rows}
        return Walk(state.position, ends), state

    async def save(
        self,
        name: str,
        walk: Walk,
        *,
        ok: bool | None,
        problem: dict[str, Any] | None,
        finished_at: datetime | None,
    ) -> None:
        """Put a walk down."""
        state = {
            "position": walk.position,
            "ok": ok,
            "problem": null() if problem is None else problem,
            "finished_at": finished_at,
        }
        await self._session.execute(
            upsert(Verification)
            .values(walk=name, **state)
            .on_conflict_do_update(index_elements=[Verification.walk], set_=state)
        )
        await self._session.execute(delete(VerifiedChain).where(VerifiedChain.walk == name))
        if walk.ends:
            await self._session.execute(
                insert(VerifiedChain),
                [
                    {"walk": name, "organization_id": organization_id, **asdict(end)}
                    for organization_id, end in walk.ends.items()
                ],
            )

    async def unsealed(self, upto: int) -> list[Head]:
        """Heads that no seal says yet, up to a position; without those that have moved on since."""
        sealed = select(Seal.id).where(
            Seal.organization_id == Head.organization_id, Seal.sequence == Head.sequence
        )
        found = await self._session.scalars(
            select(Head).where(Head.position <= upto, ~sealed.exists()).order_by(Head.position)
        )
        return list(found)

    async def add_seals(self, seals: Sequence[dict[str, Any]]) -> None:
        """Keep seals for good."""
        if seals:
            await self._session.execute(insert(Seal), list(seals))


@dataclass(frozen=True, slots=True)
class Health:
    """When the newest entry was recorded, and by walk what was found last and when."""

    head_at: datetime | None
    walks: dict[str, tuple[bool | None, datetime | None]]


async def health_now(reads: Reader) -> Health:
    """The whole journal's, on nobody's behalf."""
    rows = await reads.fetch(
        "SELECT newest.at, walk, ok, finished_at"
        " FROM (SELECT max(recorded_at) AS at FROM activity_log.head) AS newest"
        " LEFT JOIN activity_log.verification ON true"
    )
    found = {row["walk"]: (row["ok"], row["finished_at"]) for row in rows if row["walk"]}
    return Health(rows[0]["at"], found)


_INTEGRITY = """
SELECT wanted.id AS organization_id, coalesce(head.sequence, 0) AS entries,
    head.hash AS head_hash, head.recorded_at AS head_at,
    (SELECT max(sealed_at) FROM activity_log.seal WHERE seal.organization_id = wanted.id)
        AS sealed_at,
    fresh.ok AS new_ok, fresh.finished_at AS new_at, fresh.problem AS new_problem,
    whole.ok AS whole_ok, whole.finished_at AS whole_at, whole.problem AS whole_problem,
    coalesce(chain.sequence, 0) AS verified_entries
FROM (SELECT $1::uuid AS id) AS wanted
LEFT JOIN activity_log.head ON head.organization_id = wanted.id
LEFT JOIN activity_log.verification fresh ON fresh.walk = 'new'
LEFT JOIN activity_log.verification whole ON whole.walk = 'whole'
LEFT JOIN activity_log.verified_chain chain
    ON chain.walk = 'new' AND chain.organization_id = wanted.id
"""


async def integrity_of(reads: Reader, organization_id: UUID) -> Any:
    """An organization's chain, and what the walks found last."""
    (row,) = await reads.fetch(_INTEGRITY, organization_id)
    return row
