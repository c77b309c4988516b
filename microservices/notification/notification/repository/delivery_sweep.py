"""What the clock looks for: chunks that nobody holds any more, that came too late, and broadcasts that are through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.models.delivery import COUNTED

_SUMS = ", ".join(f"coalesce(sum({state}), 0)::int AS {state}" for state in COUNTED)

_LATELY = "(b.finished_at IS NULL OR b.finished_at > clock_timestamp() - interval '15 minutes')"


@dataclass(frozen=True, slots=True)
class Lost:
    """A chunk to be taken up: its lease ended, or it came too late. Locked, and its broadcast too in share mode."""

    id: UUID
    lane: str
    attempts: int
    severity: str
    superseded: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A broadcast that is not finished, or was a short while ago, as it stands."""

    id: UUID
    organization_id: UUID | None
    alert_id: UUID
    thread_id: UUID
    incident_id: UUID | None
    exercise: bool
    headline: str
    recipients: int
    finished: bool
    open: bool
    counts: dict[str, int]
    told: dict[str, Any] | None
    number: int


@dataclass(frozen=True, slots=True)
class Called:
    """A lane with work that nobody takes: when workers were last called to it, and claimed something in it."""

    lane: str
    called_at: datetime | None
    pause_seconds: float
    claimed_at: datetime | None
    now: datetime


class SweepRepository:
    """What one tick looks at."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def be_the_clock(self) -> bool:
        """Whether this transaction alone sweeps; a second tick has nothing to do."""
        held = await self._session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended('notification tick', 0))")
        )
        return bool(held)

    async def lost(self, most: int) -> list[Lost]:
        """Chunks whose worker has not been heard of for a whole lease."""
        return await self._lock("c.state = 'leased' AND c.leased_until <= clock_timestamp()", most)

    async def too_late(self, most: int) -> list[Lost]:
        """Open chunks of messages that expired or were overtaken."""
        return await self._lock(
            "c.state = 'open' AND b.finished_at IS NULL"
            " AND (b.superseded_at IS NOT NULL OR b.expires <= clock_timestamp())",
            most,
        )

    async def _lock(self, condition: str, most: int) -> list[Lost]:
        rows = await self._session.execute(
            text(
                "SELECT c.id, c.lane, c.attempts, b.severity, b.superseded_at IS NOT NULL,"
                f" b.expires <= clock_timestamp() FROM {SCHEMA}.chunks c"
                f" JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id WHERE {condition}"
                " ORDER BY c.rank, c.id LIMIT :most FOR UPDATE OF c SKIP LOCKED FOR SHARE OF b SKIP LOCKED"
            ),
            {"most": most},
        )
        return [Lost(*row) for row in rows]

    async def doubt(self, chunk_id: UUID, *, again: bool, keyed: Sequence[str], most: int) -> None:
        """What the lost worker was sending is in doubt; it is sent again if it matters, or cannot arrive twice."""
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.deliveries SET state = 'in_doubt', reason = 'worker-lost',"
                " changed_at = clock_timestamp(), due_at = CASE"
                " WHEN (:again OR provider = ANY(:keyed)) AND attempts < :most THEN clock_timestamp() END"
                " WHERE chunk_id = :chunk_id AND state = 'sending'"
            ),
            {"chunk_id": chunk_id, "again": again, "keyed": list(keyed), "most": most},
        )

    async def has_rows(self, chunk_id: UUID) -> bool:
        """Whether the chunk's deliveries were written."""
        found = await self._session.scalar(
            text(f"SELECT EXISTS (SELECT FROM {SCHEMA}.deliveries WHERE chunk_id = :id)"),
            {"id": chunk_id},
        )
        return bool(found)

    async def running(self) -> list[Running]:
        """Every broadcast that is not finished, or was a short while ago: receipts still come.

        With its counts and what was last told of it. Where there are very many, those come first whose end is to be
        noted, then the others that go on.
        """
        rows = await self._session.execute(
            text(
                f"""
            WITH counted AS (
                SELECT c.broadcast_id, c.channel, sum(c.size)::int AS recipients,
                    bool_or(c.state <> 'done') AS open, {_SUMS}
                FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id
                WHERE {_LATELY} GROUP BY 1, 2
            ), whole AS (
                SELECT n.broadcast_id, bool_or(n.open) AS open,
                    json_object_agg(n.channel, to_jsonb(n) - 'broadcast_id' - 'channel' - 'open') AS by_channel
                FROM counted n GROUP BY 1
            )
            SELECT b.id, b.organization_id, b.alert_id, b.thread_id, b.incident_id, b.exercise, b.headline,
                b.recipients, b.finished_at IS NOT NULL AS finished, p.told, coalesce(p.number, 0) AS told_number,
                coalesce(w.open, false) AS open, coalesce(w.by_channel, '{{}}'::json) AS by_channel
            FROM {SCHEMA}.broadcasts b LEFT JOIN {SCHEMA}.progress p ON p.broadcast_id = b.id
            LEFT JOIN whole w ON w.broadcast_id = b.id
            WHERE {_LATELY}
            ORDER BY (b.finished_at IS NULL AND w.open IS NOT TRUE) DESC, b.finished_at IS NOT NULL, b.id DESC
            LIMIT 200"""
            )
        )
        found: list[Running] = []
        for row in rows:
            by_channel: dict[str, dict[str, int]] = dict(row.by_channel)
            counts = {s: sum(one[s] for one in by_channel.values()) for s in COUNTED}
            found.append(
                Running(
                    id=row.id,
                    organization_id=row.organization_id,
                    alert_id=row.alert_id,
                    thread_id=row.thread_id,
                    incident_id=row.incident_id,
                    exercise=row.exercise,
                    headline=row.headline,
                    recipients=row.recipients,
                    finished=row.finished,
                    open=row.open,
                    counts=counts,
                    told=row.told,
                    number=row.told_number,
                )
            )
        return found

    async def told(self, broadcast_id: UUID, what: dict[str, Any], number: int) -> None:
        """Remember what was told."""
        await self._session.execute(
            text(
                f"INSERT INTO {SCHEMA}.progress (broadcast_id, told, told_at, number)"
                " VALUES (:id, CAST(:told AS jsonb), clock_timestamp(), :number)"
                " ON CONFLICT (broadcast_id) DO UPDATE SET told = excluded.told, told_at = excluded.told_at,"
                " number = excluded.number"
            ),
            {"id": broadcast_id, "told": json.dumps(what), "number": number},
        )

    async def finish(self, broadcast_id: UUID) -> bool:
        """Note that nothing is left to be done, unless a worker has it in hand in this moment."""
        done = await self._session.scalar(
            text(
                f"UPDATE {SCHEMA}.broadcasts SET finished_at = clock_timestamp() WHERE id = ("
                f" SELECT id FROM {SCHEMA}.broadcasts WHERE id = :id AND finished_at IS NULL FOR UPDATE SKIP LOCKED)"
                f" AND NOT EXISTS (SELECT FROM {SCHEMA}.chunks WHERE broadcast_id = :id AND state <> 'done')"
                " RETURNING id"
            ),
            {"id": broadcast_id},
        )
        return done is not None

    async def waiting_lanes(self, task: str) -> list[Called]:
        """Lanes with a chunk that can be claimed, but whose workers are not on their way through the outbox already."""
        rows = await self._session.execute(
            text(
                f"""
            WITH waiting AS (
                SELECT DISTINCT c.lane FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id
                WHERE c.state = 'open' AND c.due_at <= clock_timestamp() AND b.superseded_at IS NULL
                    AND b.stopped_at IS NULL AND b.expires > clock_timestamp()
                    AND NOT EXISTS (
                        SELECT 1 FROM {SCHEMA}.chunks e WHERE e.thread_id = c.thread_id AND e.number < c.number
                            AND e.state = 'leased' AND e.leased_until > clock_timestamp())
            )
            SELECT w.lane, l.called_at, coalesce(l.pause_seconds, 0),
                (SELECT max(c.claimed_at) FROM {SCHEMA}.chunks c WHERE c.lane = w.lane
                    AND c.claimed_at > clock_timestamp() - interval '5 minutes'),
                clock_timestamp()
            FROM waiting w LEFT JOIN {SCHEMA}.lane_calls l ON l.lane = w.lane
            WHERE NOT EXISTS (SELECT 1 FROM {SCHEMA}.outbox o WHERE o.kind = 'task'
                AND o.body::jsonb ->> 'task' = :task AND o.body::jsonb -> 'arguments' ->> 'lane' = w.lane)"""
            ),
            {"task": task},
        )
        return [Called(*row) for row in rows]

    async def called(self, lane: str, pause_seconds: float) -> None:
        """Remember that workers were called."""
        await self._session.execute(
            text(
                f"INSERT INTO {SCHEMA}.lane_calls (lane, called_at, pause_seconds)"
                " VALUES (:lane, clock_timestamp(), :pause) ON CONFLICT (lane) DO UPDATE"
                " SET called_at = excluded.called_at, pause_seconds = excluded.pause_seconds"
            ),
            {"lane": lane, "pause": pause_seconds},
        )
