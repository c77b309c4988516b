"""Alerts as JSON that PostgreSQL builds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.database import SCHEMA
from alert_management.domain.life import NEXT, next_statuses
from muster_core.database import Reader
from muster_core.geo import BBox
from muster_core.reads import JsonPage


@dataclass(frozen=True, slots=True)
class View:
    """A record as JSON, with what the answer's headers need."""

    id: UUID
    version: int
    body: bytes


def utc(column: str) -> str:
    """SQL for a moment as RFC 3339."""
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def built(fields: Mapping[str, str]) -> str:
    """SQL for a JSON object. PostgreSQL takes a hundred arguments at most, so a long one is put together."""
    pairs = [f"'{name}', {sql}" for name, sql in fields.items()]
    parts = [
        f"jsonb_build_object({', '.join(pairs[at : at + 40])})" for at in range(0, len(pairs), 40)
    ]
    return " || ".join(parts)


def listed(fields: Mapping[str, str], rest: str, order: str) -> str:
    """SQL for a JSON list."""
    return f"(SELECT coalesce(jsonb_agg({built(fields)} ORDER BY {order}), '[]') FROM {rest})"


def _person(prefix: str) -> str:
    return (
        f"CASE WHEN {prefix}_by_id IS NOT NULL THEN"
        f" jsonb_build_object('id', {prefix}_by_id, 'name', {prefix}_by_name) END"
    )


def _of_each(what: str, field: str) -> str:
    return (
        f"(SELECT coalesce(jsonb_agg(one->>'{field}'), '[]')"
        f" FROM jsonb_array_elements(a.content->'{what}') one)"
    )


def _next() -> str:
    steps = "".join(f" WHEN '{now}' THEN '{json.dumps(next_statuses(now))}'::jsonb" for now in NEXT)
    return f"CASE a.status{steps} END"


CAP_STATUS = "CASE WHEN a.exercise THEN 'Exercise' WHEN a.test THEN 'Test' ELSE 'Actual' END"
_ITEM: dict[str, str] = {
    "id": "a.id",
    "thread_id": "a.thread_id",
    "number": "a.number",
    "msg_type": "a.msg_type",
    "status": "a.status",
    "cap_status": CAP_STATUS,
    "next_statuses": _next(),
    "headline": "a.headline",
    "hazard": "a.hazard",
    "severity": "a.severity",
    "urgency": "a.content->>'urgency'",
    "certainty": "a.content->>'certainty'",
    "languages": _of_each("texts", "language"),
    "areas": _of_each("areas", "description"),
    "extent": (
        "CASE WHEN a.extent IS NOT NULL THEN jsonb_build_array((a.extent[1])[0], (a.extent[1])[1],"
        " (a.extent[0])[0], (a.extent[0])[1]) END"
    ),
    "incident_id": "a.incident_id",
    "incident_name": f"(SELECT i.name FROM {SCHEMA}.incident i WHERE i.id = a.incident_id)",
    "exercise": "a.exercise",
    "test": "a.test",
    "revision": "a.revision",
    "drafted_at": utc("a.drafted_at"),
    "drafted_by": _person("a.drafted"),
    "submitted_at": utc("a.submitted_at"),
    "submitted_by": _person("a.submitted"),
    "approved_at": utc("a.approved_at"),
    "approved_by": _person("a.approved"),
    "sent": utc("a.sent"),
    "expires": utc("a.expires"),
    "ended_at": utc("a.ended_at"),
    "updated_at": utc("a.updated_at"),
    "version": "a.version",
}
_SHAPES = (
    "(SELECT coalesce(jsonb_agg(jsonb_build_object('geometry', one->'geometry', 'circle', one->'circle')), '[]')"
    " FROM jsonb_array_elements(a.content->'areas') one)"
)
_PUBLIC = "CASE WHEN a.identifier IS NOT NULL THEN"
_DETAIL = _ITEM | {
    "content": "a.content",
    "identifier": "a.identifier",
    "sender": "a.sender",
    "signed": "a.signed",
    "follows_id": "a.follows_id",
    "replaces": "to_jsonb(a.replaces)",
    "public_url": f"{_PUBLIC} '/warnings/' || a.id END",
    "cap_url": f"{_PUBLIC} '/api/v1/alerts/' || a.id || '/cap.xml' END",
    "authors": (
        "(SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name) ORDER BY v.first), '[]')"
        " FROM (SELECT written_by_id AS id, max(written_by_name) AS name, min(revision) AS first"
        f" FROM {SCHEMA}.alert_version WHERE alert_id = a.id GROUP BY written_by_id) v)"
    ),
    "entries": listed(
        {
            "id": "e.id",
            "before": "e.before",
            "after": "e.after",
            "comment": "e.comment",
            "place": "e.place",
            "revision": "e.revision",
            "at": utc("e.at"),
            "by": "jsonb_build_object('id', e.by_id, 'name', e.by_name)",
        },
        f"{SCHEMA}.alert_entry e WHERE e.alert_id = a.id",
        "e.id",
    ),
    "thread": listed(
        {
            "id": "o.id",
            "number": "o.number",
            "msg_type": "o.msg_type",
            "status": "o.status",
            "headline": "o.headline",
            "sent": utc("o.sent"),
        },
        f"{SCHEMA}.alert o WHERE o.thread_id = a.thread_id AND o.id <> a.id",
        "o.number NULLS LAST, o.id",
    ),
}
_ONE = f"SELECT a.id, a.version, ({built(_DETAIL)})::text AS body FROM {SCHEMA}.alert a"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts to list; what is None is not asked."""

    statuses: list[str] | None = None
    severities: list[str] | None = None
    incident_id: UUID | None = None
    hazards: list[str] | None = None
    exercise: bool | None = None
    bbox: BBox | None = None
    words: str | None = None
    shapes: bool = False
    """Not a filter: whether each is to come with its areas."""


async def list_alerts(
    reads: Reader, organization: UUID, wanted: AlertFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page of an organization's alerts, newest first."""
    page = JsonPage(
        select=built(_ITEM | {"shapes": _SHAPES if wanted.shapes else "NULL::jsonb"}),
        from_=f"{SCHEMA}.alert a",
        order=(("a.drafted_at", "timestamptz", "desc"), ("a.id", "uuid", "desc")),
    )
    page.where("a.organization_id = {}::uuid", organization)
    if wanted.statuses is not None:
        page.where("a.status = ANY({}::text[])", wanted.statuses)
    if wanted.severities is not None:
        page.where("a.severity = ANY({}::text[])", wanted.severities)
    if wanted.incident_id is not None:
        page.where("a.incident_id = {}::uuid", wanted.incident_id)
    if wanted.hazards is not None:
        page.where("a.hazard = ANY({}::text[])", wanted.hazards)
    if wanted.exercise is not None:
        page.where("(a.exercise OR a.test) = {}::boolean", wanted.exercise)
    if wanted.bbox is not None:
        page.where(meets("a.extent", wanted.bbox))
    if wanted.words:
        page.where("a.headline ILIKE {}", f"%{escaped(wanted.words)}%")
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def alert_detail(reads: Reader, organization: UUID, alert_id: UUID) -> View | None:
    """One alert with everything that belongs to it."""
    rows = await reads.fetch(
        f"{_ONE} WHERE a.organization_id = $1 AND a.id = $2", organization, alert_id
    )
    return View(alert_id, rows[0]["version"], rows[0]["body"].encode()) if rows else None


async def alert_now(session: AsyncSession, alert_id: UUID) -> View:
    """One alert as this transaction has left it."""
    await session.flush()
    row = (await session.execute(text(f"{_ONE} WHERE a.id = :id"), {"id": alert_id})).one()
    return View(row.id, row.version, row.body.encode())


async def versions(reads: Reader, organization: UUID, alert_id: UUID) -> bytes | None:
    """Every version of an alert, oldest first; None if the organization has no such alert."""
    fields = {
        "revision": "v.revision",
        "content": "v.content",
        "written_at": utc("v.written_at"),
        "written_by": _person("v.written"),
    }
    items = listed(fields, f"{SCHEMA}.alert_version v WHERE v.alert_id = a.id", "v.revision")
    return await reads.fetch_json(
        f"SELECT jsonb_build_object('items', {items}, 'next', NULL)::text FROM {SCHEMA}.alert a"
        " WHERE a.organization_id = $1 AND a.id = $2",
        organization,
        alert_id,
    )


def meets(column: str, bbox: BBox) -> str:
    """SQL for a box that touches another; the numbers are ours, checked by `parse`."""
    boxes = [
        f"{column} && box(point({west!r},{south!r}), point({east!r},{north!r}))"
        for west, south, east, north in bbox.boxes()
    ]
    return f"({' OR '.join(boxes)})"


def escaped(words: str) -> str:
    """Words for LIKE, taken literally."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
