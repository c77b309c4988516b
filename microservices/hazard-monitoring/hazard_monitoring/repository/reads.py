"""Lists and single items as JSON that PostgreSQL builds."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from muster_core.database import Reader
from muster_core.geo import BBox, point_sql
from muster_core.polled import age_sql, state_sql
from muster_core.reads import JsonPage

S = "hazard_monitoring"


def utc(column: str) -> str:
    """SQL for an instant as ISO 8601 in UTC, to the millisecond."""
    return f'to_char({column}, \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')'


def _hazard(organization: str) -> str:
    return f"""json_build_object(
        'id', h.id, 'feed_id', h.feed_id, 'feed', f.key, 'external_id', h.external_id,
        'kind', h.kind, 'title', h.title, 'magnitude', h.magnitude,
        'magnitude_type', h.magnitude_type, 'severity', h.severity,
        'alert_level', h.alert_level, 'tsunami', h.tsunami, 'felt', h.felt, 'place', h.place,
        'location', {point_sql("h.location")}, 'depth_km', h.depth_km,
        'occurred_at', {utc("h.occurred_at")}, 'reported_at', {utc("h.reported_at")},
        'first_seen_at', {utc("h.first_seen_at")}, 'revision', h.revision,
        'deleted', h.deleted, 'url', h.url, 'exercise', h.exercise,
        'incident_id', (SELECT d.incident_id FROM {S}.hazard_incident d
            WHERE d.hazard_id = h.id AND d.organization_id = {organization}),
        'proposal', (SELECT json_build_object('id', p.id, 'reason', p.reason, 'status', p.status)
            FROM {S}.proposal p
            WHERE p.hazard_id = h.id AND p.organization_id = {organization}))"""


def hazards(
    organization_id: UUID | None,
    *,
    bbox: BBox | None,
    since: datetime | None,
    until: datetime | None,
    kinds: list[str] | None,
    min_magnitude: float | None,
    exercise: bool | None,
    feed: str | None,
    deleted: bool,
) -> JsonPage:
    """Hazards, the latest first. Merged ones are shown once, as what they were merged into."""
    page = JsonPage(
        select=_hazard("$1::uuid"),
        from_=f"{S}.hazard h JOIN {S}.feed f ON f.id = h.feed_id",
        order=(("h.occurred_at", "timestamptz", "desc"), ("h.id", "uuid", "desc")),
    )
    page.argument(organization_id)
    page.where("h.merged_into_id IS NULL")
    if not deleted:
        page.where("NOT h.deleted")
    if bbox is not None:
        page.where(bbox.sql("h.location"))
    if since is not None:
        page.where("h.occurred_at >= {}::timestamptz", since)
    if until is not None:
        page.where("h.occurred_at < {}::timestamptz", until)
    if kinds:
        page.where("h.kind = ANY({}::text[])", kinds)
    if min_magnitude is not None:
        page.where("h.magnitude >= {}::float8", min_magnitude)
    if exercise is not None:
        page.where("h.exercise = {}::boolean", exercise)
    if feed is not None:
        page.where("f.key = {}::text", feed)
    return page


class PolledFeed(NamedTuple):
    """A feed that is polled for real, and when it was last heard with good news."""

    key: str
    poll_seconds: float
    heard_at: datetime | None


async def polled_feeds(reads: Reader) -> list[PolledFeed]:
    """Every feed that is neither paused nor an exercise's."""
    rows = await reads.fetch(
        "SELECT key, poll_seconds, CASE WHEN clock_moves"
        " THEN least(coalesce(clock_moved_at, last_success_at), last_success_at)"
        f" ELSE last_success_at END AS heard_at FROM {S}.feed"
        " WHERE NOT paused AND NOT exercise ORDER BY key"
    )
    return [PolledFeed(**dict(row)) for row in rows]


async def hazard(reads: Reader, organization_id: UUID | None, hazard_id: UUID) -> bytes | None:
    """One hazard, withdrawn or merged ones too, with every id it is known by."""
    return await reads.fetch_json(
        f"""SELECT ({_hazard("$1::uuid")}::jsonb || jsonb_build_object(
                'merged_into', h.merged_into_id,
                'merged_ids', (SELECT coalesce(jsonb_agg(i.external_id ORDER BY i.external_id), '[]')
                    FROM {S}.hazard_identifier i WHERE i.hazard_id = h.id)))::text
            FROM {S}.hazard h JOIN {S}.feed f ON f.id = h.feed_id
            WHERE h.id = $2::uuid""",
        organization_id,
        hazard_id,
    )


async def hazard_exists(reads: Reader, hazard_id: UUID) -> bool:
    """Whether there is such a hazard."""
    return bool(await reads.fetch(f"SELECT 1 FROM {S}.hazard WHERE id = $1", hazard_id))


async def feed_exists(reads: Reader, feed_id: UUID) -> bool:
    """Whether there is such a feed."""
    return bool(await reads.fetch(f"SELECT 1 FROM {S}.feed WHERE id = $1", feed_id))


def revisions(hazard_id: UUID) -> JsonPage:
    """What the feed said of a hazard, the latest first."""
    page = JsonPage(
        select=f"""json_build_object('revision', r.revision, 'seen_at', {utc("r.seen_at")},
            'reported_at', {utc("r.reported_at")}, 'change', r.change, 'changes', r.changes,
            'raw', r.raw)""",
        from_=f"{S}.hazard_revision r",
        order=(("r.revision", "int", "desc"),),
    )
    return page.where("r.hazard_id = {}::uuid", hazard_id)


_FEED = f"""json_build_object(
    'id', f.id, 'key', f.key, 'name', f.name, 'kind', f.kind, 'url', f.url,
    'state', {state_sql("f")}, 'age_seconds', round({age_sql("f")}::numeric, 1)::float8,
    'generated_at', {utc("f.generated_at")},
    'last_success_at', {utc("f.last_success_at")},
    'last_attempt_at', {utc("f.last_attempt_at")}, 'last_error', f.last_error,
    'consecutive_failures', f.consecutive_failures, 'breaker', f.breaker,
    'next_poll_at', {utc("f.next_poll_at")}, 'poll_seconds', f.poll_seconds,
    'paused', f.paused, 'exercise', f.exercise,
    'hazards', (SELECT count(*) FROM {S}.hazard h WHERE h.feed_id = f.id),
    'quarantined', (SELECT count(*) FROM {S}.quarantine q WHERE q.feed_id = f.id))"""


def feeds() -> JsonPage:
    """Feeds by key, each with its state and age at this moment."""
    return JsonPage(select=_FEED, from_=f"{S}.feed f", order=(("f.key", "text", "asc"),))


def quarantine(feed_id: UUID) -> JsonPage:
    """What a feed sent that was not believed, the latest first."""
    page = JsonPage(
        select=f"""json_build_object('id', q.id, 'received_at', {utc("q.received_at")},
            'last_received_at', {utc("q.last_received_at")}, 'times', q.times,
            'reason', q.reason, 'detail', q.detail, 'external_id', q.external_id,
            'size_bytes', q.size_bytes, 'excerpt', q.excerpt)""",
        from_=f"{S}.quarantine q",
        order=(("q.received_at", "timestamptz", "desc"), ("q.id", "uuid", "desc")),
    )
    return page.where("q.feed_id = {}::uuid", feed_id)


_RULE = """json_build_object('id', r.id, 'name', r.name, 'enabled', r.enabled, 'kind', r.kind,
    'minimum_magnitude', r.minimum_magnitude, 'alert_levels', r.alert_levels,
    'tsunami', r.tsunami, 'within_km', r.within_km, 'version', r.version)"""


def rules(organization_id: UUID) -> JsonPage:
    """An organization's rules by age."""
    page = JsonPage(
        select=_RULE,
        from_=f"{S}.rule r",
        order=(("r.created_at", "timestamptz", "asc"), ("r.id", "uuid", "asc")),
    )
    return page.where("r.organization_id = {}::uuid", organization_id)


def proposals(organization_id: UUID, status: str | None) -> JsonPage:
    """An organization's proposals, the latest first."""
    page = JsonPage(
        select=f"""json_build_object('id', p.id, 'hazard_id', p.hazard_id,
            'hazard', json_build_object('title', h.title, 'magnitude', h.magnitude,
                'location', {point_sql("h.location")}, 'occurred_at', {utc("h.occurred_at")},
                'severity', h.severity, 'exercise', h.exercise),
            'rule', p.rule, 'reason', p.reason, 'status', p.status,
            'dismissed_because', p.dismissed_because, 'created_at', {utc("p.created_at")})""",
        from_=f"{S}.proposal p JOIN {S}.hazard h ON h.id = p.hazard_id",
        order=(("p.created_at", "timestamptz", "desc"), ("p.id", "uuid", "desc")),
    )
    page.where("p.organization_id = {}::uuid", organization_id)
    if status is not None:
        page.where("p.status = {}::text", status)
    return page
