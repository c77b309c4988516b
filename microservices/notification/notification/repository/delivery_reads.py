"""Broadcasts as JSON that PostgreSQL builds, always within one organization; the log of recipients, page by page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from muster_core.database import Reader
from muster_core.reads import JsonPage
from notification.database import SCHEMA
from notification.domain.delivery import State
from notification.models.delivery import COUNTED


@dataclass(frozen=True, slots=True)
class BroadcastFilter:
    """Which broadcasts a list shows; what is None does not matter."""

    alert_id: UUID | None = None
    thread_id: UUID | None = None
    incident_id: UUID | None = None
    exercise: bool | None = None
    running: bool | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """A delivery as the log has it; the address is still sealed, or gone with its contact point."""

    id: UUID
    contact_point_id: UUID
    channel: str
    state: State
    provider: str | None
    reason: str | None
    attempts: int
    begun_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    language: str | None
    address_sealed: bytes | None = field(repr=False)


def _utc(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


_FIELDS = ", ".join(f"'{state}', coalesce(sum(c.{state}), 0)" for state in COUNTED)
_DECIDED = " + ".join(f"c.{state}" for state in COUNTED)
_COUNTS = f"""json_build_object('recipients', coalesce(sum(c.size), 0),
    'reached', coalesce(sum(c.accepted + c.delivered), 0), 'waiting', coalesce(sum(c.size - ({_DECIDED})), 0), {_FIELDS})"""
_CHUNKS = f"FROM {SCHEMA}.chunks c WHERE c.broadcast_id = b.id"
_STATE = """CASE WHEN b.finished_at IS NOT NULL THEN 'finished' WHEN b.superseded_at IS NOT NULL THEN 'superseded'
    WHEN b.stopped_at IS NOT NULL THEN 'stopped' ELSE 'running' END"""
_ITEM = f"""json_build_object(
    'id', b.id, 'alert_id', b.alert_id, 'thread_id', b.thread_id, 'number', b.number, 'incident_id', b.incident_id,
    'headline', b.headline, 'msg_type', b.msg_type, 'status', b.status, 'severity', b.severity, 'hazard', b.hazard,
    'exercise', b.exercise, 'state', {_STATE}, 'created_at', {_utc("b.created_at")}, 'expires', {_utc("b.expires")},
    'finished_at', {_utc("b.finished_at")}, 'stopped_at', {_utc("b.stopped_at")}, 'stopped_by', b.stopped_by,
    'counts', (SELECT {_COUNTS} {_CHUNKS}))"""
_BY_CHANNEL = f"""(SELECT coalesce(json_agg(json_build_object('channel', n.channel, 'counts', n.counts) ORDER BY n.channel),
    '[]') FROM (SELECT c.channel, {_COUNTS} AS counts {_CHUNKS} GROUP BY c.channel) AS n)"""
_BY_AREA = f"""(SELECT coalesce(json_agg(json_build_object('piece', a.number - 1, 'description', a.area ->> 'description',
    'geometry', a.area -> 'geometry', 'counts', (SELECT {_COUNTS} {_CHUNKS} AND c.piece = a.number - 1)) ORDER BY a.number),
    '[]') FROM jsonb_array_elements(b.areas) WITH ORDINALITY AS a (area, number))"""
_REPLIES = f"""(SELECT json_build_object('ok', count(*) FILTER (WHERE r.meaning = 'ok'),
    'help', count(*) FILTER (WHERE r.meaning = 'help'), 'stop', count(*) FILTER (WHERE r.meaning = 'stop'),
    'other', count(*) FILTER (WHERE r.meaning = 'other')) FROM {SCHEMA}.replies r WHERE r.broadcast_id = b.id)"""


async def list_broadcasts(
    reads: Reader, organization: UUID, wanted: BroadcastFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page, newest first."""
    page = JsonPage(
        select=_ITEM,
        from_=f"{SCHEMA}.broadcasts b",
        order=(("b.created_at", "timestamptz", "desc"), ("b.id", "uuid", "desc")),
    )
    page.where("b.organization_id = {}::uuid", organization)
    for column in ("alert_id", "thread_id", "incident_id"):
        if (value := getattr(wanted, column)) is not None:
            page.where(f"b.{column} = {{}}::uuid", value)
    if wanted.exercise is not None:
        page.where("b.exercise = {}::boolean", wanted.exercise)
    if wanted.running is not None:
        page.where("(b.finished_at IS NULL) = {}::boolean", wanted.running)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def find_broadcast(reads: Reader, organization: UUID, broadcast_id: UUID) -> bytes | None:
    """One broadcast with its progress by channel and by area; None if the organization has none of this id."""
    more = f"'by_channel', {_BY_CHANNEL}, 'by_area', {_BY_AREA}, 'replies', {_REPLIES}"
    return await reads.fetch_json(
        f"SELECT ({_ITEM}::jsonb || jsonb_build_object({more}))::text FROM {SCHEMA}.broadcasts b"
        " WHERE b.id = $1 AND b.organization_id = $2",
        broadcast_id,
        organization,
    )


async def log(
    reads: Reader,
    organization: UUID,
    broadcast_id: UUID,
    *,
    state: State | None,
    channel: str | None,
    after: UUID | None,
    limit: int,
) -> list[Logged]:
    """Deliveries in the order of their ids, after one of them."""
    rows = await reads.fetch(
        "SELECT d.id, d.contact_point_id, d.channel, d.state, d.provider, d.reason, d.attempts, d.begun_at, d.changed_at,"
        f" d.due_at, p.language, p.address_sealed FROM {SCHEMA}.deliveries d"
        f" JOIN {SCHEMA}.chunks c ON c.id = d.chunk_id JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id"
        f" LEFT JOIN {SCHEMA}.contact_points p ON p.id = d.contact_point_id"
        " WHERE b.id = $1 AND b.organization_id = $2 AND ($3::text IS NULL OR d.state = $3)"
        " AND ($4::text IS NULL OR d.channel = $4) AND ($5::uuid IS NULL OR d.id > $5) ORDER BY d.id LIMIT $6",
        broadcast_id,
        organization,
        state and state.value,
        channel,
        after,
        limit,
    )
    return [
        Logged(row[0], row[1], row[2], State(row[3]), *[row[n] for n in range(4, 12)])
        for row in rows
    ]


async def exists(reads: Reader, organization: UUID, broadcast_id: UUID) -> bool:
    """Whether the organization has this broadcast."""
    return bool(
        await reads.fetch(
            f"SELECT 1 FROM {SCHEMA}.broadcasts WHERE id = $1 AND organization_id = $2",
            broadcast_id,
            organization,
        )
    )


async def provider_lines(reads: Reader) -> Sequence[dict[str, Any]]:
    """What each process last saw of each provider within the last day."""
    rows = await reads.fetch(
        f"SELECT health, seen_at FROM {SCHEMA}.provider_health WHERE seen_at > now() - interval '1 day'"
        " ORDER BY channel, provider, seen_at DESC"
    )
    return [{**json.loads(row["health"]), "seen_at": row["seen_at"]} for row in rows]


async def sink_messages(
    reads: Reader, organization: UUID, broadcast_id: UUID, *, limit: int, cursor: str | None
) -> bytes:
    """What an exercise would have sent."""
    page = JsonPage(
        select=(
            "json_build_object('key', s.key, 'channel', s.channel, 'language', s.language, 'subject', s.subject,"
            f" 'text', s.text, 'html', s.html, 'kept_at', {_utc('s.kept_at')})"
        ),
        from_=f"{SCHEMA}.sink_messages s JOIN {SCHEMA}.broadcasts b ON b.id = s.broadcast_id",
        order=(("s.key", "uuid", "asc"),),
    )
    page.where("b.organization_id = {}::uuid", organization)
    page.where("s.broadcast_id = {}::uuid", broadcast_id)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def backlog(reads: Reader) -> dict[str, dict[str, float]]:
    """By lane: the age in seconds of the oldest chunk that could be claimed, and how many wait."""
    rows = await reads.fetch(
        f"SELECT c.lane, count(*) AS chunks, extract(epoch FROM now() - min(greatest(c.due_at, b.created_at))) AS age"
        f" FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b ON b.id = c.broadcast_id"
        " WHERE c.state = 'open' AND c.due_at <= now() AND b.stopped_at IS NULL AND b.finished_at IS NULL"
        " GROUP BY c.lane"
    )
    return {row["lane"]: {"chunks": row["chunks"], "age": float(row["age"])} for row in rows}


async def in_doubt(reads: Reader) -> int:
    """Deliveries in doubt of broadcasts that are real and not older than a day."""
    rows = await reads.fetch(
        f"SELECT coalesce(sum(c.in_doubt), 0) AS n FROM {SCHEMA}.chunks c JOIN {SCHEMA}.broadcasts b"
        " ON b.id = c.broadcast_id WHERE b.created_at > now() - interval '1 day' AND NOT b.exercise"
    )
    return int(rows[0]["n"])
