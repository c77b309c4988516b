"""Writing: the journal's entries and heads, and who has a share in which incident."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.domain.chain import Entry, Link
from activity_log.models import Share

CHANNEL = "muster_journal"

COLUMNS: tuple[tuple[str, str], ...] = (
    ("position", "bigint"),
    ("organization_id", "uuid"),
    ("sequence", "bigint"),
    ("id", "uuid"),
    ("time", "timestamptz"),
    ("recorded_at", "timestamptz"),
    ("type", "text"),
    ("source", "text"),
    ("subject", "text"),
    ("incident_id", "uuid"),
    ("person_id", "uuid"),
    ("actor_id", "uuid"),
    ("actor_name", "text"),
    ("actor_kind", "text"),
    ("exercise", "boolean"),
    ("requires", "text"),
    ("summary", "text"),
    ("data", "json"),
    ("previous_hash", "bytea"),
    ("hash", "bytea"),
)
NAMES = ", ".join(name for name, _ in COLUMNS)
_INSERT = text(
    f"INSERT INTO activity_log.entry ({NAMES}) SELECT {NAMES} FROM unnest("
    + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS)
    + f") AS new ({NAMES})"
)
_ENDS = text(
    "SELECT wanted.id, head.sequence, head.hash,"
    " (SELECT coalesce(max(position), 0) FROM activity_log.head) AS last"
    " FROM unnest(CAST(:ids AS uuid[])) AS wanted (id)"
    " LEFT JOIN activity_log.head ON head.organization_id = wanted.id"
)
# The listeners hear of it when this commits, not before.
_MOVE_HEADS = text(
    "WITH moved AS (INSERT INTO activity_log.head AS h"
    " (organization_id, sequence, position, hash, recorded_at) SELECT * FROM unnest("
    "CAST(:organization_id AS uuid[]), CAST(:sequence AS bigint[]), CAST(:position AS bigint[]),"
    " CAST(:hash AS bytea[]), CAST(:recorded_at AS timestamptz[]))"
    " ON CONFLICT (organization_id) DO UPDATE SET sequence = excluded.sequence,"
    " position = excluded.position, hash = excluded.hash, recorded_at = excluded.recorded_at"
    f" RETURNING 1) SELECT pg_notify('{CHANNEL}', '') FROM (SELECT count(*) FROM moved) AS done"
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('activity_log journal', 0))")


class Journal:
    """The chains as the writer sees them: lock, read the ends, append."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        """From here to the commit nobody else appends, so positions become visible in their order."""
        await self._session.execute(_LOCK)

    async def ends(self, organizations: Iterable[UUID]) -> tuple[int, dict[UUID, Link]]:
        """The last position of all, and the ends of some chains."""
        rows = (await self._session.execute(_ENDS, {"ids": list(organizations)})).all()
        ends = {row.id: Link(row.sequence, row.hash) for row in rows if row.sequence is not None}
        return (rows[0].last if rows else 0), ends

    async def append(self, entries: Sequence[Entry]) -> None:
        """Insert entries that are linked already, and move the heads."""
        await self._session.execute(
            _INSERT, {name: [getattr(one, name) for one in entries] for name, _ in COLUMNS}
        )
        last = {entry.organization_id: entry for entry in entries}.values()
        await self._session.execute(
            _MOVE_HEADS,
            {
                name: [getattr(one, name) for one in last]
                for name in ("organization_id", "sequence", "position", "hash", "recorded_at")
            },
        )

    async def keep_share(
        self, organization_id: UUID, incident_id: UUID, until: datetime, access: str
    ) -> None:
        """An incident was shared with an organization, or the share was changed."""
        values = {"until": until, "access": access}
        await self._session.execute(
            insert(Share)
            .values(organization_id=organization_id, incident_id=incident_id, **values)
            .on_conflict_do_update(
                index_elements=[Share.organization_id, Share.incident_id], set_=values
            )
        )

    async def drop_share(self, organization_id: UUID, incident_id: UUID) -> None:
        """An incident is no longer shared with an organization."""
        await self._session.execute(
            delete(Share).where(
                Share.organization_id == organization_id, Share.incident_id == incident_id
            )
        )
