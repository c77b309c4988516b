"""Lists, maps and single items of others' alerts as JSON that PostgreSQL builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from alert_management.database import SCHEMA as S
from muster_core.database import Reader
from muster_core.geo import BBox
from muster_core.polled import age_sql, state_sql
from muster_core.reads import JsonPage

MOST_ON_MAP = 2000


def utc(column: str) -> str:
    """SQL for an instant as ISO 8601 in UTC, to the millisecond."""
    return f'to_char({column}, \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')'


IN_FORCE = "(r.state = 'in_force' AND r.expires_at > now())"
_SHOWN = "CASE WHEN r.state = 'in_force' AND r.expires_at <= now() THEN 'expired' ELSE r.state END"
_FEED_OF = f"""CASE WHEN f.id IS NULL THEN NULL ELSE json_build_object(
    'id', f.id, 'name', f.name, 'state', {state_sql("f")},
    'age_seconds', round({age_sql("f")}::numeric, 1)::float8, 'paused', f.paused) END"""
_PROPERTIES = f"""'id', r.id, 'thread_id', r.thread_id, 'source', r.source, 'feed', {_FEED_OF},
    'received_at', {utc("r.received_at")},
    'age_seconds', round(extract(epoch FROM now() - r.received_at)::numeric, 1)::float8,
    'identifier', r.identifier, 'sender', r.sender, 'sender_name', r.sender_name,
    'sent', {utc("r.sent")}, 'status', r.status, 'exercise', r.exercise,
    'msg_type', r.msg_type, 'scope', r.scope, 'event', r.event, 'categories', r.categories,
    'severity', r.severity, 'urgency', r.urgency, 'certainty', r.certainty,
    'headline', r.headline, 'area', r.area, 'starts_at', {utc("r.starts_at")},
    'expires_at', {utc("r.expires_at")}, 'expires_given', r.expires_given,
    'state', {_SHOWN}, 'in_force', {IN_FORCE},
    'signature', r.signature, 'signer', r.signer, 'area_by_codes', r.by_codes, 'how', r.how, 'why', r.why"""
_ITEM = f"json_build_object({_PROPERTIES}, 'geometry', r.outline)"
_FROM = f"{S}.received_alert r LEFT JOIN {S}.alert_feed f ON f.id = r.feed_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFilter:
    """Which alerts a list shows; what is None does not matter."""

    bbox: BBox | None = None
    in_force: bool | None = None
    severities: list[str] | None = None
    feed_id: UUID | None = None
    imported: bool = False
    thread_id: UUID | None = None
    exercise: bool | None = None


class Document(NamedTuple):
    """An alert word for word."""

    media_type: str
    body: bytes
    name: str


class FeedView(NamedTuple):
    """A feed as JSON, with its version for the answer's ETag."""

    version: int
    body: bytes


def _narrow(page: JsonPage, organization: UUID, wanted: ReceivedFilter) -> JsonPage:
    page.where("r.organization_id = {}::uuid", organization)
    if wanted.bbox is not None:
        touching = " OR ".join(
            f"b.extent && box(point({east!r},{north!r}), point({west!r},{south!r}))"
            for west, south, east, north in wanted.bbox.boxes()
        )
        page.where(
            f"EXISTS (SELECT 1 FROM {S}.received_box b WHERE b.received_id = r.id AND ({touching}))"
        )
    if wanted.in_force is not None:
        page.where(IN_FORCE if wanted.in_force else f"NOT {IN_FORCE}")
    if wanted.severities:
        page.where("r.severity = ANY({}::text[])", wanted.severities)
    if wanted.feed_id is not None:
        page.where("r.feed_id = {}::uuid", wanted.feed_id)
    if wanted.imported:
        page.where("r.source = 'import' AND r.feed_id IS NULL")
    if wanted.thread_id is not None:
        page.where("r.thread_id = {}::uuid", wanted.thread_id)
    if wanted.exercise is not None:
        page.where("r.exercise = {}::boolean", wanted.exercise)
    return page


def received(organization: UUID, wanted: ReceivedFilter) -> JsonPage:
    """Others' alerts, the latest sent first."""
    page = JsonPage(
        select=_ITEM,
        from_=_FROM,
        order=(("r.sent", "timestamptz", "desc"), ("r.id", "uuid", "desc")),
    )
    return _narrow(page, organization, wanted)


async def on_map(reads: Reader, organization: UUID, wanted: ReceivedFilter) -> bytes:
    """The same as a GeoJSON FeatureCollection of those that have a place, at most 2000, the latest sent first."""
    feature = (
        "json_build_object('type', 'Feature', 'id', r.id, 'geometry', r.outline,"
        f" 'properties', json_build_object({_PROPERTIES}))"
    )
    page = JsonPage(
        select=feature,
        from_=_FROM,
        order=(("r.sent", "timestamptz", "desc"), ("r.id", "uuid", "desc")),
    )
    page.where("r.outline IS NOT NULL")
    found = await _narrow(page, organization, wanted).fetch(reads, limit=MOST_ON_MAP)
    items, _, more = found.removeprefix(b'{"items":').rpartition(b',"next":')
    complete = b"true" if more == b"null}" else b"false"
    return b'{"type":"FeatureCollection","complete":' + complete + b',"features":' + items + b"}"


async def one(reads: Reader, organization: UUID, received_id: UUID) -> bytes | None:
    """One alert with its whole message, its exact area, what it refers to and what was done to it."""
    # What refers to it is found by name, for it may have come before.
    return await reads.fetch_json(
        f"""SELECT ({_ITEM}::jsonb || jsonb_build_object(
            'geometry', r.geometry, 'message', r.message, 'geocodes', r.geocodes,
            'signature_detail', r.signature_detail, 'cap_version', r.cap_version,
            'tolerated', r.tolerated, 'media_type', r.media_type,
            'received_by', r.received_by_name, 'measures', r.measures, 'anchor_id', r.anchor_id,
            'references', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'sender', x.sender, 'identifier', x.identifier, 'sent', {utc("x.sent")},
                    'received_id', t.id, 'effect', x.effect, 'why', x.why) ORDER BY x.number), '[]')
                FROM {S}.received_reference x LEFT JOIN {S}.received_alert t
                    ON t.organization_id = x.organization_id AND t.exercise = x.exercise
                    AND t.sender = x.sender AND t.identifier = x.identifier AND t.sent = x.sent
                WHERE x.received_id = r.id),
            'referred_to_by', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'received_id', m.id, 'msg_type', m.msg_type, 'sender', m.sender,
                    'identifier', m.identifier, 'sent', {utc("m.sent")},
                    'effect', x.effect, 'why', x.why) ORDER BY m.sent, m.id), '[]')
                FROM {S}.received_reference x JOIN {S}.received_alert m ON m.id = x.received_id
                WHERE x.organization_id = r.organization_id AND x.exercise = r.exercise
                    AND x.sender = r.sender AND x.identifier = r.identifier AND x.sent = r.sent)
            ))::text FROM {_FROM} WHERE r.id = $1 AND r.organization_id = $2""",
        received_id,
        organization,
    )


async def document(reads: Reader, organization: UUID, received_id: UUID) -> Document | None:
    """An alert word for word as it came."""
    rows = await reads.fetch(
        f"SELECT media_type, document FROM {S}.received_alert WHERE id = $1 AND organization_id = $2",
        received_id,
        organization,
    )
    if not rows:
        return None
    media_type = rows[0]["media_type"]
    suffix = "json" if media_type.endswith("json") else "xml"
    return Document(media_type, bytes(rows[0]["document"]), f"{received_id}.{suffix}")


_GRAVEST = "array_position(ARRAY['Extreme','Severe','Moderate','Minor','Unknown'], r.severity)"
_THREAD = f"""json_build_object('id', t.id, 'exercise', t.exercise, 'version', t.version,
    'merged_into', t.merged_into_id, 'last_sent', {utc("t.last_sent_at")},
    'first_sent', {utc("m.first_sent")}, 'headline', m.headline, 'event', m.event,
    'severity', m.severity, 'alerts', coalesce(m.alerts, 0), 'in_force', coalesce(m.in_force, 0),
    'senders', coalesce(m.senders, '[]'), 'received_at', {utc("m.received_at")},
    'age_seconds', round(extract(epoch FROM now() - m.received_at)::numeric, 1)::float8)"""
# What a thread is called: its gravest alert in force, else its newest one.
_MEMBERS = f"""{S}.alert_thread t LEFT JOIN LATERAL (
    SELECT count(*)::int AS alerts, count(*) FILTER (WHERE {IN_FORCE})::int AS in_force,
        min(r.sent) AS first_sent, max(r.received_at) AS received_at,
        json_agg(DISTINCT r.sender) AS senders,
        (array_agg(r.headline ORDER BY NOT {IN_FORCE}, {_GRAVEST}, r.sent DESC, r.id))[1] AS headline,
        (array_agg(r.event ORDER BY NOT {IN_FORCE}, {_GRAVEST}, r.sent DESC, r.id))[1] AS event,
        (array_agg(r.severity ORDER BY NOT {IN_FORCE}, {_GRAVEST}, r.sent DESC, r.id))[1] AS severity
    FROM {S}.received_alert r WHERE r.thread_id = t.id HAVING count(*) > 0) m ON true"""


def threads(
    organization: UUID, *, in_force: bool | None, exercise: bool | None, several: bool
) -> JsonPage:
    """Threads that have alerts, the one with the latest alert first."""
    page = JsonPage(
        select=_THREAD,
        from_=_MEMBERS,
        order=(("t.last_sent_at", "timestamptz", "desc"), ("t.id", "uuid", "desc")),
    )
    page.where("t.organization_id = {}::uuid AND t.last_sent_at IS NOT NULL", organization)
    if in_force is not None:
        page.where("(m.in_force > 0) = {}::boolean", in_force)
    if exercise is not None:
        page.where("t.exercise = {}::boolean", exercise)
    if several:
        page.where("json_array_length(m.senders) > 1")
    return page


_CHANGE = f"""json_build_object('id', c.id, 'kind', c.kind, 'thread_id', c.thread_id,
    'other_thread_ids', c.others, 'alert_ids', (SELECT json_agg(k) FROM jsonb_object_keys(c.before) k),
    'why', c.why, 'by', c.by_name, 'at', {utc("c.at")},
    'undone_by', c.undone_by_name, 'undone_at', {utc("c.undone_at")},
    'undoable', c.undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM {S}.thread_change l
        WHERE l.position > c.position AND l.undone_at IS NULL AND l.threads && c.threads))"""


async def thread(reads: Reader, organization: UUID, thread_id: UUID) -> bytes | None:
    """One thread with its alerts, what was done to it, and which threads are kept apart from it."""
    return await reads.fetch_json(
        f"""SELECT ({_THREAD}::jsonb || jsonb_build_object(
            'items', (SELECT coalesce(json_agg({_ITEM} ORDER BY r.sent, r.id), '[]')
                FROM {_FROM} WHERE r.thread_id = t.id),
            'changes', (SELECT coalesce(json_agg({_CHANGE} ORDER BY c.position DESC), '[]')
                FROM {S}.thread_change c WHERE c.threads && ARRAY[t.id]),
            'apart_from', (SELECT coalesce(json_agg(
                    CASE WHEN a.one = t.id THEN a.other ELSE a.one END), '[]')
                FROM {S}.threads_apart a WHERE t.id IN (a.one, a.other))
            ))::text FROM {_MEMBERS} WHERE t.id = $1 AND t.organization_id = $2""",
        thread_id,
        organization,
    )


_FEED = f"""json_build_object('id', f.id, 'name', f.name, 'kind', f.kind, 'url', f.url,
    'state', {state_sql("f")}, 'age_seconds', round({age_sql("f")}::numeric, 1)::float8,
    'generated_at', {utc("f.generated_at")}, 'last_success_at', {utc("f.last_success_at")},
    'last_attempt_at', {utc("f.last_attempt_at")}, 'last_error', f.last_error,
    'consecutive_failures', f.consecutive_failures, 'breaker', f.breaker,
    'next_poll_at', {utc("f.next_poll_at")}, 'poll_seconds', f.poll_seconds,
    'paused', f.paused, 'exercise', f.exercise, 'version', f.version,
    'alerts', (SELECT count(*) FROM {S}.received_alert r WHERE r.feed_id = f.id),
    'in_force', (SELECT count(*) FROM {S}.received_alert r WHERE r.feed_id = f.id AND {IN_FORCE}),
    'links_waiting', (SELECT count(*) FROM {S}.alert_feed_link l
        WHERE l.feed_id = f.id AND l.state = 'pending'),
    'quarantined', (SELECT count(*) FROM {S}.alert_feed_quarantine q WHERE q.feed_id = f.id))"""


def feeds(organization: UUID) -> JsonPage:
    """The organization's feeds by name, each with its state and age at this moment."""
    page = JsonPage(
        select=_FEED,
        from_=f"{S}.alert_feed f",
        order=(("f.name", "text", "asc"), ("f.id", "uuid", "asc")),
    )
    return page.where("f.organization_id = {}::uuid", organization)


async def feed(reads: Reader, organization: UUID, feed_id: UUID) -> FeedView | None:
    """One feed."""
    rows = await reads.fetch(
        f"SELECT f.version, ({_FEED})::text AS body FROM {S}.alert_feed f"
        " WHERE f.id = $1 AND f.organization_id = $2",
        feed_id,
        organization,
    )
    return FeedView(rows[0]["version"], rows[0]["body"].encode()) if rows else None


def quarantine(feed_id: UUID) -> JsonPage:
    """What a feed sent that was not believed, the latest first."""
    page = JsonPage(
        select=f"""json_build_object('id', q.id, 'received_at', {utc("q.received_at")},
            'last_received_at', {utc("q.last_received_at")}, 'times', q.times,
            'reason', q.reason, 'detail', q.detail, 'external_id', q.external_id,
            'size_bytes', q.size_bytes, 'excerpt', q.excerpt)""",
        from_=f"{S}.alert_feed_quarantine q",
        order=(("q.received_at", "timestamptz", "desc"), ("q.id", "uuid", "desc")),
    )
    return page.where("q.feed_id = {}::uuid", feed_id)
