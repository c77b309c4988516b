"""Incidents as JSON that PostgreSQL builds, always within what an organization may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.database import SCHEMA
from incident_management.domain.command import INCIDENT_COMMANDER
from incident_management.domain.lifecycle import (
    INCIDENT_LIFE,
    OBJECTIVE_LIFE,
    TASK_LIFE,
    Life,
    Status,
    next_statuses,
)
from muster_core.database import Reader
from muster_core.geo import BBox
from muster_core.reads import JsonPage


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as JSON, with what the answer's headers need."""

    id: UUID
    version: int
    body: bytes


def _utc(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _object(fields: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {sql}" for name, sql in fields.items())
    return f"json_build_object({pairs})"


def _list(fields: Mapping[str, str], rest: str, order: str) -> str:
    return f"(SELECT coalesce(json_agg({_object(fields)} ORDER BY {order}), '[]') FROM {rest})"


def _next(life: Life[Status], column: str) -> str:
    steps = "".join(
        f" WHEN '{now}' THEN '{json.dumps(next_statuses(life, now))}'::json" for now in life
    )
    return f"CASE {column}{steps} END"


def _organization(column: str) -> str:
    return f"(SELECT name FROM {SCHEMA}.organization WHERE organization.id = {column})"


_ITEM: dict[str, str] = {
    "id": "incident.id",
    "name": "incident.name",
    "number": "incident.number",
    "kind": "incident.kind",
    "complexity_type": "incident.complexity_type",
    "status": "incident.status",
    "severity": "incident.severity",
    "location": "incident.location",
    "has_area": "incident.area IS NOT NULL",
    "address": "incident.address",
    "summary": "incident.summary",
    "hazard_id": "incident.hazard_id",
    "organization_id": "incident.organization_id",
    "organization_name": _organization("incident.organization_id"),
    "declared_at": _utc("incident.declared_at"),
    "declared_by": _object({"id": "incident.declared_by_id", "name": "incident.declared_by_name"}),
    "closed_at": _utc("incident.closed_at"),
    "close_reason": "incident.close_reason",
    "close_note": "incident.close_note",
    "commander": (
        f"(SELECT {_object({'id': 'p.person_id', 'name': 'p.person_name'})}"
        f" FROM {SCHEMA}.position_assignment p WHERE p.incident_id = incident.id"
        f" AND p.position = '{INCIDENT_COMMANDER}' AND p.ended_at IS NULL"
        " ORDER BY p.started_at, p.id LIMIT 1)"
    ),
    "objectives_open": (
        f"(SELECT count(*) FROM {SCHEMA}.objective o"
        " WHERE o.incident_id = incident.id AND o.status = 'open')"
    ),
    "tasks_open": (
        f"(SELECT count(*) FROM {SCHEMA}.task t"
        " WHERE t.incident_id = incident.id AND t.status IN ('open', 'in_progress'))"
    ),
    "watchers": f"(SELECT count(*) FROM {SCHEMA}.watcher w WHERE w.incident_id = incident.id)",
    "exercise": "incident.exercise",
    "version": "incident.version",
    "updated_at": _utc("incident.updated_at"),
}

# An incident that has just been declared: nobody but its owner sees it, and nothing hangs on it yet.
DECLARED_JSON = (
    _object(
        _ITEM
        | {"shared": "false", "commander": "null::json"}
        | dict.fromkeys(("objectives_open", "tasks_open", "watchers"), "0")
    )
    + "::text"
)

# Two branches in the list's order, which PostgreSQL merges: it stops after a page. With an OR, or
# with branches whose columns differ in type, it would read and sort all that one may see.
_SEEN = f"""(
    (SELECT incident.*, 'own'::text AS access FROM {SCHEMA}.incident
      WHERE incident.organization_id = %(viewer)s
      ORDER BY incident.declared_at DESC, incident.id DESC)
    UNION ALL
    (SELECT incident.*, share.access::text FROM {SCHEMA}.incident
       JOIN {SCHEMA}.incident_share share ON share.incident_id = incident.id
      WHERE share.organization_id = %(viewer)s AND share.until > now()
      ORDER BY incident.declared_at DESC, incident.id DESC)
) AS incident"""
_SEEN_ITEM = _ITEM | {"shared": "incident.access <> 'own'"}


def _detail(viewer: str) -> str:
    mine = "x.incident_id = incident.id"
    unified = (
        f"x.position = '{INCIDENT_COMMANDER}' AND x.ended_at IS NULL AND EXISTS (SELECT 1"
        f" FROM {SCHEMA}.position_assignment y WHERE y.incident_id = incident.id"
        " AND y.position = x.position AND y.ended_at IS NULL AND y.id <> x.id)"
    )
    other_seen = (
        f"(other.organization_id = {viewer} OR EXISTS (SELECT 1 FROM {SCHEMA}.incident_share s"
        f" WHERE s.incident_id = other.id AND s.organization_id = {viewer} AND s.until > now()))"
    )
    plan = {"version": "x.version", "id": "x.id"}
    return _object(
        _SEEN_ITEM
        | {
            "area": "incident.area",
            "access": "incident.access",
            "next_statuses": (
                "CASE WHEN incident.access <> 'own' THEN '[]'::json ELSE"
                f" {_next(INCIDENT_LIFE, 'incident.status')} END"
            ),
            "watchers": _list(
                {"id": "x.person_id", "name": "x.person_name"},
                f"{SCHEMA}.watcher x WHERE {mine}",
                "x.person_name, x.person_id",
            ),
            "positions": _list(
                {
                    "id": "x.id",
                    "position": "x.position",
                    "person_id": "x.person_id",
                    "person_name": "x.person_name",
                    "organization_id": "x.organization_id",
                    "organization_name": _organization("x.organization_id"),
                    "started_at": _utc("x.started_at"),
                    "ended_at": _utc("x.ended_at"),
                    "unified": unified,
                },
                f"{SCHEMA}.position_assignment x WHERE {mine}",
                "x.started_at, x.id",
            ),
            "periods": _list(
                plan
                | {
                    "number": "x.number",
                    "starts_at": _utc("x.starts_at"),
                    "ends_at": _utc("x.ends_at"),
                },
                f"{SCHEMA}.operational_period x WHERE {mine}",
                "x.number",
            ),
            "objectives": _list(
                plan
                | {
                    "text": "x.text",
                    "priority": "x.priority",
                    "period_id": "x.period_id",
                    "status": "x.status",
                    "next_statuses": _next(OBJECTIVE_LIFE, "x.status"),
                },
                f"{SCHEMA}.objective x WHERE {mine}",
                "x.priority NULLS LAST, x.id",
            ),
            "tasks": _list(
                plan
                | {
                    "title": "x.title",
                    "assignee": "x.assignee",
                    "due_at": _utc("x.due_at"),
                    "objective_id": "x.objective_id",
                    "status": "x.status",
                    "next_statuses": _next(TASK_LIFE, "x.status"),
                },
                f"{SCHEMA}.task x WHERE {mine}",
                "x.id",
            ),
            "links": _list(
                {
                    "id": "x.id",
                    "kind": "x.kind",
                    "direction": "CASE x.incident_id WHEN incident.id THEN 'outgoing'"
                    " ELSE 'incoming' END",
                    "incident_id": "other.id",
                    "name": "other.name",
                    "number": "other.number",
                    "status": "other.status",
                },
                f"{SCHEMA}.incident_link x JOIN {SCHEMA}.incident other ON other.id ="
                " CASE x.incident_id WHEN incident.id THEN x.other_id ELSE x.incident_id END"
                f" WHERE (x.incident_id = incident.id OR x.other_id = incident.id) AND {other_seen}",
                "x.id",
            ),
            "shares": _list(
                {
                    "id": "x.id",
                    "organization_id": "x.organization_id",
                    "organization_name": _organization("x.organization_id"),
                    "access": "x.access",
                    "until": _utc("x.until"),
                },
                f"{SCHEMA}.incident_share x WHERE {mine} AND x.until > now()",
                "x.until, x.id",
            ),
        }
    )


_DETAIL_SQL = (
    f"SELECT incident.version, ({_detail('$1')})::text AS body"
    f" FROM {_SEEN % {'viewer': '$1'}} WHERE incident.id = $2"
)
_ITEM_STATEMENT = text(
    f"SELECT incident.id, incident.version, ({_object(_SEEN_ITEM)})::text AS body"
    f" FROM {_SEEN % {'viewer': 'CAST(:viewer AS uuid)'}} WHERE incident.id = :id"
)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to list; what is None is not asked."""

    statuses: list[str] | None = None
    kinds: list[str] | None = None
    exercise: bool | None = None
    bbox: BBox | None = None
    words: str | None = None


async def list_incidents(
    reads: Reader, viewer: UUID, wanted: IncidentFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page of the incidents that an organization owns or that are shared with it, newest first."""
    page = JsonPage(
        select=_object(_SEEN_ITEM),
        from_=_SEEN % {"viewer": "$1"},
        order=(("incident.declared_at", "timestamptz", "desc"), ("incident.id", "uuid", "desc")),
    )
    page.argument(viewer)
    if wanted.statuses is not None:
        page.where("incident.status = ANY({}::text[])", wanted.statuses)
    if wanted.kinds is not None:
        page.where("incident.kind = ANY({}::text[])", wanted.kinds)
    if wanted.exercise is not None:
        page.where("incident.exercise = {}", wanted.exercise)
    if wanted.bbox is not None:
        page.where(_meets(wanted.bbox))
    if wanted.words:
        like = f"%{_escaped(wanted.words)}%"
        page.where("(incident.name ILIKE {} OR incident.number ILIKE {})", like, like)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def incident_detail(reads: Reader, viewer: UUID, incident_id: UUID) -> IncidentView | None:
    """One incident with everything that belongs to it, or None if it is absent or unseen."""
    rows = await reads.fetch(_DETAIL_SQL, viewer, incident_id)
    if not rows:
        return None
    return IncidentView(incident_id, rows[0]["version"], rows[0]["body"].encode())


async def incident_item(session: AsyncSession, viewer: UUID, incident_id: UUID) -> IncidentView:
    """One incident as lists show it, as this transaction has left it."""
    row = (await session.execute(_ITEM_STATEMENT, {"viewer": viewer, "id": incident_id})).one()
    return IncidentView(row.id, row.version, row.body.encode())


async def incident_of_hazard(reads: Reader, organization: UUID, hazard_id: UUID) -> UUID | None:
    """The incident that the organization has already declared from a hazard."""
    rows = await reads.fetch(
        f"SELECT id FROM {SCHEMA}.incident WHERE organization_id = $1 AND hazard_id = $2",
        organization,
        hazard_id,
    )
    return rows[0]["id"] if rows else None


def _meets(bbox: BBox) -> str:
    boxes = [
        f"incident.extent && box(point({west!r},{south!r}), point({east!r},{north!r}))"
        for west, south, east, north in bbox.boxes()
    ]
    return f"({' OR '.join(boxes)})"


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
