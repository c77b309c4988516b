"""Appending: every event becomes one entry, linked to the one before it in its organization's chain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.domain.chain import PLATFORM, Entry, Link, entry_hash
from activity_log.repository.writing import Journal
from muster.activity.v1.events import NoteWritten
from muster.incidents.v1.events import IncidentShared, IncidentUnshared
from muster_core.events import Event, UnknownEventError
from muster_core.logs import get_logger

_log = get_logger(__name__)


async def record(session: AsyncSession, events: Sequence[Event]) -> None:
    """Append events in their order. One writer at a time: it waits here until the one before has committed."""
    journal = Journal(session)
    entries = [to_entry(event) for event in events]
    await journal.lock()
    last, ends = await journal.ends({entry.organization_id for entry in entries})
    link(entries, last, ends)
    await journal.append(entries)
    for event in events:
        await _keep_shares(journal, event)


def link(entries: Sequence[Entry], last: int, ends: dict[UUID, Link]) -> None:
    """Give entries their places after position `last` and the ends of their chains."""
    ends = dict(ends)
    for position, entry in enumerate(entries, last + 1):
        end = ends.get(entry.organization_id, Link())
        entry.position, entry.sequence = position, end.sequence + 1
        entry.previous_hash = end.hash
        entry.hash = entry_hash(entry)
        ends[entry.organization_id] = Link(entry.sequence, entry.hash)


def to_entry(event: Event) -> Entry:
    """An event as an entry without a place yet. A note counts from when it happened, not from its writing down."""
    actor = event.actor
    return Entry(
        organization_id=event.organization_id or PLATFORM,
        id=event.id,
        time=_happened(event),
        recorded_at=event.time,
        type=_text(event.type),
        source=_text(event.source),
        subject=_text(event.subject),
        incident_id=event.incident_id,
        person_id=_uuid(event.data.get("person_id")),
        actor_id=actor.id if actor else None,
        actor_name=_text(actor.name) if actor else None,
        actor_kind=actor.kind if actor else None,
        exercise=event.exercise,
        requires=_text(event.requires),
        summary=_text(event.summary),
        data=json.dumps(event.data, ensure_ascii=False, separators=(",", ":")),
    )


def _happened(event: Event) -> datetime:
    if event.type == NoteWritten.type:
        try:
            return datetime.fromisoformat(str(event.data["time"])).astimezone(UTC)
        except (KeyError, ValueError, OverflowError):
            _log.warning("note without a time of its own", event_id=str(event.id))
    return event.time


def _text(value: str) -> str:
    """PostgreSQL has no NUL in text, and no event may be kept out of the journal by one."""
    return value.replace("\0", "\ufffd")


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError):
        return None


async def _keep_shares(journal: Journal, event: Event) -> None:
    if event.type not in {IncidentShared.type, IncidentUnshared.type}:
        return
    try:
        fact = event.payload()
    except UnknownEventError:
        # It is in the journal all the same; whom it was shared with sees nothing of it.
        _log.exception("a share that cannot be read gives nobody access", event_id=str(event.id))
        return
    if isinstance(fact, IncidentShared):
        await journal.keep_share(fact.shared_with_id, fact.incident_id, fact.until, fact.access)
    elif isinstance(fact, IncidentUnshared):
        await journal.drop_share(fact.shared_with_id, fact.incident_id)
