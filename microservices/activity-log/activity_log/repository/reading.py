"""Reading for people: every query here asks first what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from activity_log.domain.chain import PLATFORM
from activity_log.domain.visibility import Audience, Mark, Shares
from muster_core.database import Reader
from muster_core.reads import JsonPage


def _instant(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_ITEM = (
    "'position', e.position, 'sequence', e.sequence, 'id', e.id,"
    f" 'time', {_instant('e.time')}, 'recorded_at', {_instant('e.recorded_at')},"
    " 'type', e.type, 'summary', e.summary,"
    " 'actor', CASE WHEN e.actor_id IS NOT NULL THEN"
    " json_build_object('id', e.actor_id, 'name', e.actor_name, 'kind', e.actor_kind) END,"
    " 'subject', e.subject, 'incident_id', e.incident_id,"
    f" 'organization_id', nullif(e.organization_id, '{PLATFORM}'),"
    " 'exercise', e.exercise, 'data', e.data"
)
LIST_ITEM = f"json_build_object({_ITEM}, 'hash', encode(e.hash, 'hex'))"
STREAM_ITEM = f"json_build_object({_ITEM})"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the journal, within what may be seen."""

    audience: Audience
    person_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    types: Sequence[str] = ()


_VISIBLE = (
    "e.requires = ANY({}::text[]) AND (e.organization_id = ANY({}::uuid[]) OR e.incident_id IN"
    " (SELECT s.incident_id FROM activity_log.share s"
    " WHERE s.organization_id = {}::uuid AND s.until > now()))"
)
_OF_TYPE = (
    "EXISTS (SELECT FROM unnest({}::text[]) AS t (prefix)"
    " WHERE e.type = t.prefix OR starts_with(e.type, t.prefix || '.'))"
)
Condition = tuple[str, tuple[object, ...]]


def visible(audience: Audience) -> list[Condition]:
    """What the audience may see, as `may_see` has it; no entry is read for a person without these."""
    own = [audience.organization_id, PLATFORM]
    found: list[Condition] = [
        (_VISIBLE, (sorted(audience.permissions), own, audience.organization_id))
    ]
    if audience.exercise is not None:
        found.append(("e.exercise = {}::boolean", (audience.exercise,)))
    if audience.incident_id is not None:
        found.append(("e.incident_id = {}::uuid", (audience.incident_id,)))
    return found


def conditions(wanted: Wanted) -> list[Condition]:
    """The entries wanted, of those the audience may see."""
    found = visible(wanted.audience)
    if wanted.person_id is not None:
        found.append(("(e.actor_id = {}::uuid OR e.person_id = {}::uuid)", (wanted.person_id,) * 2))
    if wanted.since is not None:
        found.append(("e.time >= {}::timestamptz", (wanted.since,)))
    if wanted.until is not None:
        found.append(("e.time < {}::timestamptz", (wanted.until,)))
    if wanted.types:
        found.append((_OF_TYPE, (list(wanted.types),)))
    return found


def _numbered(found: Sequence[Condition]) -> tuple[str, list[object]]:
    """Conditions for a WHERE, and the values of their placeholders $1, $2 and so on."""
    values: list[object] = []
    parts: list[str] = []
    for condition, its in found:
        places = [f"${len(values) + number}" for number in range(1, len(its) + 1)]
        parts.append(condition.format(*places))
        values.extend(its)
    return " AND ".join(parts), values


async def list_entries(
    reads: Reader, wanted: Wanted, *, direction: str, limit: int, cursor: str | None
) -> bytes:
    """A page of entries in order of position."""
    order = [("e.position", "bigint", direction)]
    page = JsonPage(select=LIST_ITEM, from_="activity_log.entry e", order=order)
    for condition, values in conditions(wanted):
        page.where(condition, *values)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def log_lines(reads: Reader, wanted: Wanted, limit: int) -> list[Any]:
    """What a form prints, by time: `time`, `summary`, `actor_name`, `exercise`, `text` of a note."""
    where, values = _numbered(conditions(wanted))
    return await reads.fetch(
        "SELECT e.time, e.recorded_at, e.summary, e.actor_name, e.exercise, e.type,"
        " CASE WHEN e.type = 'muster.note.written.v1' THEN"
        " CASE WHEN e.data ->> 'corrects' IS NOT NULL THEN 'Correction: ' ELSE '' END"
        " || (e.data ->> 'text') END AS text"
        f" FROM activity_log.entry e WHERE {where} ORDER BY e.time, e.position LIMIT {limit}",
        *values,
    )


async def assignments(reads: Reader, audience: Audience, incident_id: UUID) -> list[Any]:
    """Who was given which ICS position, and is not relieved: `person_id`, `person_name`, `title`, `home`."""
    seen = Audience(audience.organization_id, audience.permissions, None, incident_id)
    where, values = _numbered(visible(seen))
    return await reads.fetch(
        "SELECT DISTINCT ON (e.subject) e.person_id, e.data ->> 'person_name' AS person_name,"
        " e.data ->> 'title' AS title, e.data ->> 'person_organization_id' AS home, e.type"
        f" FROM activity_log.entry e WHERE {where} AND e.type = ANY("
        "ARRAY['muster.position.assigned.v1', 'muster.position.relieved.v1'])"
        " ORDER BY e.subject, e.position DESC",
        *values,
    )


@dataclass(frozen=True, slots=True)
class IncidentSeen:
    """An incident as the journal knows it, for whoever may see it."""

    id: UUID
    organization_id: UUID
    exercise: bool
    access: str
    name: str
    number: str | None


_INCIDENT = """
SELECT e.organization_id, e.exercise, coalesce(s.access, 'own') AS access,
    e.data ->> 'incident_name' AS name, e.data ->> 'number' AS number
FROM activity_log.entry e
LEFT JOIN activity_log.share s ON s.incident_id = e.incident_id
    AND s.organization_id = $2 AND s.until > now() AND e.organization_id <> $2
WHERE e.incident_id = $1
    AND e.type = ANY(ARRAY['muster.incident.declared.v1', 'muster.incident.updated.v1'])
    AND (e.organization_id = $2 OR s.access IS NOT NULL)
ORDER BY e.position DESC LIMIT 1
"""


async def find_incident(
    reads: Reader, incident_id: UUID, organization_id: UUID
) -> IncidentSeen | None:
    """An incident of the organization's own, or one shared with it now."""
    rows = await reads.fetch(_INCIDENT, incident_id, organization_id)
    return IncidentSeen(id=incident_id, **dict(rows[0])) if rows else None


async def find_note(reads: Reader, entry_id: UUID, audience: Audience) -> Any | None:
    """A note that the audience may see: its `incident_id`, `exercise` and `organization_id`."""
    where, values = _numbered(
        [
            *visible(audience),
            ("e.type = 'muster.note.written.v1' AND e.id = {}::uuid", (entry_id,)),
        ]
    )
    rows = await reads.fetch(
        "SELECT e.incident_id, e.exercise, e.organization_id"
        f" FROM activity_log.entry e WHERE {where}",
        *values,
    )
    return rows[0] if rows else None


async def person_name(reads: Reader, person_id: UUID, audience: Audience) -> str:
    """What a person was last called in entries the audience may see; empty if they never appear."""
    where, values = _numbered(
        [
            *visible(audience),
            ("(e.actor_id = {}::uuid OR e.person_id = {}::uuid)", (person_id,) * 2),
        ]
    )
    rows = await reads.fetch(
        f"SELECT CASE WHEN e.actor_id = ${len(values)} THEN e.actor_name"
        " ELSE e.data ->> 'person_name' END AS name"
        f" FROM activity_log.entry e WHERE {where} ORDER BY e.position DESC LIMIT 1",
        *values,
    )
    return (rows[0]["name"] or "") if rows else ""


async def organization_name(reads: Reader, organization_id: UUID) -> str:
    """What the organization is called, as far as the journal has heard; empty if it has not."""
    rows = await reads.fetch(
        "SELECT e.data ->> 'name' AS name FROM activity_log.entry e"
        " WHERE e.subject = $1 AND starts_with(e.type, 'muster.organization.')"
        " ORDER BY e.position DESC LIMIT 1",
        f"organization/{organization_id}",
    )
    return rows[0]["name"] if rows else ""


async def last_position(reads: Reader) -> int:
    """The newest entry's position; 0 in an empty journal."""
    (row,) = await reads.fetch("SELECT coalesce(max(position), 0) AS last FROM activity_log.entry")
    return row["last"]


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the stream tells it: who may see it, and the bytes."""

    position: int
    mark: Mark
    type: str
    json: str


async def entries_after(reads: Reader, position: int, limit: int) -> list[Told]:
    """The next entries of all organizations, for the hub alone."""
    rows = await reads.fetch(
        "SELECT e.position, e.organization_id, e.incident_id, e.exercise, e.requires, e.type,"
        f" {STREAM_ITEM}::text AS json FROM activity_log.entry e"
        " WHERE e.position > $1 ORDER BY e.position LIMIT $2",
        position,
        limit,
    )
    return [
        Told(
            row["position"],
            Mark(row["organization_id"], row["incident_id"], row["exercise"], row["requires"]),
            row["type"],
            row["json"],
        )
        for row in rows
    ]


async def entries_between(
    reads: Reader, audience: Audience, after: int, upto: int, limit: int
) -> list[Any]:
    """What an audience may see between two positions, for a stream that resumes: `position`, `type`, `json`."""
    between = ("e.position > {}::bigint AND e.position <= {}::bigint", (after, upto))
    where, values = _numbered([*visible(audience), between])
    return await reads.fetch(
        f"SELECT e.position, e.type, {STREAM_ITEM}::text AS json"
        f" FROM activity_log.entry e WHERE {where} ORDER BY e.position LIMIT {limit}",
        *values,
    )


async def shares_in_force(reads: Reader) -> Shares:
    """Every share that has not ended."""
    rows = await reads.fetch(
        "SELECT organization_id, incident_id, until FROM activity_log.share WHERE until > now()"
    )
    shares: dict[UUID, dict[UUID, datetime]] = {}
    for row in rows:
        shares.setdefault(row["organization_id"], {})[row["incident_id"]] = row["until"]
    return shares
