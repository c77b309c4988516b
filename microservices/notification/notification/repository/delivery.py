"""Chunks as workers claim them, and the deliveries in them. Every write is fenced by the claim's token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.delivery import BEGUN, State
from notification.models.delivery import COUNTED

# An earlier message of the thread that somebody may still be sending goes first; a later one makes this one too late.
_CLAIM = f"""
    WITH chosen AS (
        SELECT c.id FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id
        WHERE c.lane = :lane AND c.state = 'open' AND c.due_at <= clock_timestamp()
            AND b.superseded_at IS NULL AND b.stopped_at IS NULL AND b.expires > clock_timestamp()
            AND NOT EXISTS (
                SELECT 1 FROM {SCHEMA}.chunks e WHERE e.thread_id = c.thread_id AND e.number < c.number
                    AND e.state = 'leased' AND e.leased_until > clock_timestamp())
        ORDER BY c.rank, c.id LIMIT 1
        FOR UPDATE OF c SKIP LOCKED FOR SHARE OF b SKIP LOCKED
    )
    UPDATE {SCHEMA}.chunks c
    SET state = 'leased', fence = c.fence + 1, attempts = c.attempts + 1, claimed_at = clock_timestamp(),
        leased_until = clock_timestamp() + CAST(:lease AS interval)
    FROM chosen JOIN {SCHEMA}.chunks k ON k.id = chosen.id JOIN {SCHEMA}.broadcasts b ON b.id = k.broadcast_id
    WHERE c.id = chosen.id
    RETURNING c.id, c.broadcast_id, c.thread_id, c.number, c.lane, c.channel, c.fence, c.attempts, b.exercise, b.status,
        b.msg_type, b.severity, b.expires, b.created_at"""

_MAKE = f"""
    INSERT INTO {SCHEMA}.deliveries (broadcast_id, chunk_id, contact_point_id, channel, state, reason)
    SELECT c.broadcast_id, c.id, u.id, c.channel, {{state}}, {{reason}}
    FROM {SCHEMA}.chunks c CROSS JOIN unnest(c.contact_point_ids) AS u (id)
    LEFT JOIN {SCHEMA}.contact_points p ON p.id = u.id AND p.active
    WHERE c.id = :chunk_id
    ON CONFLICT DO NOTHING"""
_MAKE_PENDING = _MAKE.format(
    state="CASE WHEN p.id IS NULL THEN 'suppressed' ELSE 'pending' END",
    reason="CASE WHEN p.id IS NULL THEN 'left' END",
)
_MAKE_ENDED = _MAKE.format(state="CAST(:state AS text)", reason="CAST(:reason AS text)")

_DUE = f"""
    SELECT d.id, d.contact_point_id, d.state, d.provider, d.attempts, p.address_sealed, p.language, p.tz, p.quiet_from,
        p.quiet_until, p.per_day
    FROM {SCHEMA}.deliveries d LEFT JOIN {SCHEMA}.contact_points p ON p.id = d.contact_point_id AND p.active
    WHERE d.chunk_id = :chunk_id AND (d.state = 'pending'
        OR (d.state IN ('held', 'in_doubt') AND d.due_at <= clock_timestamp()))
    ORDER BY d.id"""

_COUNTS = ", ".join(f"count(*) FILTER (WHERE state = '{state}') AS {state}" for state in COUNTED)
_SET = ", ".join(f"{state} = n.{state}" for state in COUNTED)
# A chunk is done when nothing in it waits for us; else it is open again when the first of it is due.
_RELEASE = f"""
    UPDATE {SCHEMA}.chunks c SET {_SET}, state = CASE WHEN n.open = 0 THEN 'done' ELSE 'open' END, leased_until = NULL,
        attempts = CASE WHEN :restarts THEN 0 ELSE c.attempts END,
        due_at = CASE WHEN n.pending > 0 OR n.sending > 0 THEN clock_timestamp() + CAST(:pause AS interval)
            ELSE coalesce(n.due_at, clock_timestamp()) END
    FROM (SELECT {_COUNTS}, count(*) FILTER (WHERE state = 'pending') AS pending,
            count(*) FILTER (WHERE state = 'sending') AS sending,
            count(*) FILTER (WHERE state IN ('pending', 'held', 'sending') OR state = 'in_doubt' AND due_at IS NOT NULL)
                AS open,
            min(due_at) FILTER (WHERE state IN ('held', 'in_doubt')) AS due_at
        FROM {SCHEMA}.deliveries WHERE chunk_id = :chunk_id) AS n
    WHERE c.id = :chunk_id"""
_RECOUNT = f"""
    UPDATE {SCHEMA}.chunks c SET {_SET}
    FROM (SELECT chunk_id, {_COUNTS} FROM {SCHEMA}.deliveries WHERE chunk_id = ANY(:chunk_ids) GROUP BY chunk_id) AS n
    WHERE c.id = n.chunk_id"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A chunk in a worker's hands; `fence` is its token."""

    id: UUID
    broadcast_id: UUID
    thread_id: UUID
    number: int
    lane: str
    channel: str
    fence: int
    attempts: int
    exercise: bool
    status: str
    msg_type: str
    severity: str
    expires: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be begun, and where it goes; without an address its contact point is gone."""

    id: UUID
    contact_point_id: UUID
    state: State
    provider: str | None
    attempts: int
    address_sealed: bytes | None = field(repr=False)
    language: str | None
    tz: str | None
    quiet_from: time | None
    quiet_until: time | None
    per_day: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of a delivery that was being sent, or of one that is not begun."""

    id: UUID
    state: State
    provider: str | None = None
    provider_id: str | None = None
    reason: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A chunk that is still ours: whether a later message overtook it, or a person stopped it."""

    superseded: bool
    stopped: bool


class DeliveryRepository:
    """The chunks and deliveries of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, lane: str, lease: timedelta) -> Claim | None:
        """Take the gravest open chunk of a lane for so long, or None if nothing can be begun now."""
        row = (await self._session.execute(text(_CLAIM), {"lane": lane, "lease": lease})).first()
        return None if row is None else Claim(*row)

    async def hold(self, chunk_id: UUID, fence: int, lease: timedelta) -> Held | None:
        """Make sure that the chunk is still ours, and lengthen the lease; None if somebody else has it.

        Until this transaction ends no later message of the thread is taken in.
        """
        row = (
            await self._session.execute(
                text(
                    f"SELECT b.superseded_at IS NOT NULL AS superseded, b.stopped_at IS NOT NULL AS stopped"
                    f" FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id"
                    " WHERE c.id = :id AND c.fence = :fence AND c.state = 'leased' FOR UPDATE OF c FOR SHARE OF b"
                ),
                {"id": chunk_id, "fence": fence},
            )
        ).first()
        if row is None:
            return None
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.chunks SET leased_until = clock_timestamp() + CAST(:lease AS interval)"
                " WHERE id = :id"
            ),
            {"id": chunk_id, "lease": lease},
        )
        return Held(row.superseded, row.stopped)

    async def make(self, chunk_id: UUID) -> None:
        """Write the deliveries of a chunk that has none; who left meanwhile is suppressed."""
        await self._session.execute(text(_MAKE_PENDING), {"chunk_id": chunk_id})

    async def due(self, chunk_id: UUID) -> list[Due]:
        """What of the chunk can be begun now."""
        rows = await self._session.execute(text(_DUE), {"chunk_id": chunk_id})
        return [Due(row.id, row.contact_point_id, State(row.state), *row[3:]) for row in rows]

    async def begin(self, ids: Sequence[UUID], provider: str) -> None:
        """From here on they may have been sent."""
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.deliveries SET state = 'sending', provider = :provider, attempts = attempts + 1,"
                " begun_at = coalesce(begun_at, clock_timestamp()), changed_at = clock_timestamp(), due_at = NULL"
                " WHERE id = ANY(:ids) AND state IN ('pending', 'held', 'in_doubt')"
            ),
            {"ids": list(ids), "provider": provider},
        )

    async def settle(self, results: Sequence[Result], before: Sequence[State]) -> None:
        """Write what became of deliveries that are in one of these states; a receipt may have been quicker."""
        if not results:
            return
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.deliveries d SET"
                " state = CASE WHEN d.state = ANY(:before) THEN r.state ELSE d.state END,"
                " reason = CASE WHEN d.state = ANY(:before) THEN r.reason ELSE d.reason END,"
                " due_at = CASE WHEN d.state = ANY(:before) THEN r.due_at ELSE d.due_at END,"
                " provider = coalesce(r.provider, d.provider), provider_id = coalesce(r.provider_id, d.provider_id),"
                " changed_at = clock_timestamp()"
                " FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:providers AS text[]),"
                " CAST(:provider_ids AS text[]), CAST(:reasons AS text[]), CAST(:dues AS timestamptz[]))"
                " AS r (id, state, provider, provider_id, reason, due_at) WHERE d.id = r.id"
            ),
            {
                "before": [state.value for state in before],
                "ids": [one.id for one in results],
                "states": [one.state.value for one in results],
                "providers": [one.provider for one in results],
                "provider_ids": [one.provider_id for one in results],
                "reasons": [one.reason for one in results],
                "dues": [one.due_at for one in results],
            },
        )

    async def release(self, chunk_id: UUID, pause: timedelta, *, restarts: bool = False) -> None:
        """Count, and give the chunk back: done, or open again after the pause."""
        await self._session.execute(
            text(_RELEASE), {"chunk_id": chunk_id, "pause": pause, "restarts": restarts}
        )

    async def recount(self, chunk_ids: Sequence[UUID]) -> None:
        """Count what became of the deliveries of locked chunks."""
        await self._session.execute(text(_RECOUNT), {"chunk_ids": list(chunk_ids)})

    async def end_rest(self, chunk_id: UUID, state: State, reason: str) -> None:
        """Whatever was not begun comes to this end; what is being sent, or in doubt, stays in doubt."""
        told = {"chunk_id": chunk_id, "state": state.value, "reason": reason}
        await self._session.execute(text(_MAKE_ENDED), told)
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.deliveries SET changed_at = clock_timestamp(), due_at = NULL,"
                " reason = CASE WHEN state IN ('pending', 'held') THEN CAST(:reason AS text)"
                " ELSE coalesce(reason, 'worker-lost') END,"
                " state = CASE WHEN state IN ('pending', 'held') THEN CAST(:state AS text) ELSE 'in_doubt' END"
                " WHERE chunk_id = :chunk_id AND (state IN ('pending', 'held', 'sending')"
                " OR state = 'in_doubt' AND due_at IS NOT NULL)"
            ),
            told,
        )

    async def sent_lately(self, contact_points: Sequence[UUID]) -> dict[UUID, int]:
        """How many Moderate, Minor and unknown messages each was sent in the last 24 hours."""
        rows = await self._session.execute(
            text(
                f"SELECT d.contact_point_id, count(*) AS sent FROM {SCHEMA}.deliveries d"
                f" JOIN {SCHEMA}.broadcasts b ON b.id = d.broadcast_id"
                " WHERE d.contact_point_id = ANY(:ids) AND d.state = ANY(:begun) AND b.lane = 'bulk'"
                " AND d.begun_at > clock_timestamp() - interval '24 hours' GROUP BY 1"
            ),
            {"ids": list(contact_points), "begun": [state.value for state in BEGUN]},
        )
        return {row.contact_point_id: row.sent for row in rows}

    async def warned(
        self, contact_points: Sequence[UUID], thread_id: UUID, number: int
    ) -> set[UUID]:
        """Those to whom an earlier message of the thread was sent, or nobody knows whether."""
        rows = await self._session.scalars(
            text(
                f"SELECT DISTINCT d.contact_point_id FROM {SCHEMA}.deliveries d"
                f" JOIN {SCHEMA}.broadcasts b ON b.id = d.broadcast_id WHERE d.contact_point_id = ANY(:ids)"
                " AND b.thread_id = :thread AND b.number < :number AND d.state = ANY(:begun)"
            ),
            {
                "ids": list(contact_points),
                "thread": thread_id,
                "number": number,
                "begun": [state.value for state in BEGUN],
            },
        )
        return set(rows.all())

    async def silence(self, contact_points: Sequence[UUID]) -> None:
        """An address that is dead, or wants to hear nothing, is not used again."""
        await self._session.execute(
            text(f"UPDATE {SCHEMA}.contact_points SET active = false WHERE id = ANY(:ids)"),
            {"ids": list(contact_points)},
        )

    async def content(self, broadcast_id: UUID) -> dict[str, Any]:
        """The frozen words of a broadcast."""
        found = await self._session.execute(
            text(f"SELECT content FROM {SCHEMA}.broadcasts WHERE id = :id"), {"id": broadcast_id}
        )
        return found.scalar_one()
