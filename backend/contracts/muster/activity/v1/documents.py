"""Entries of the journal as search finds them: what happened, in the words of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster.activity.v1.activity_pb2_grpc import ActivityStub
from muster.activity.v1.events import NoteWritten
from muster.search.v1.documents import EVERYBODY, Document, Fact, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

KIND = "activity"
_READ = "activity:read"


@dataclass(frozen=True, slots=True)
class Entry:
    """What search needs of an entry; `time` is when it happened."""

    id: UUID
    time: datetime
    type: str
    subject: str
    organization_id: UUID | None
    incident_id: UUID | None
    exercise: bool
    requires: str
    summary: str
    actor_name: str | None
    note: str | None


def entry_document(entry: Entry) -> Document:
    """An entry by its summary, who did it, and what a note says. It never changes: version 1."""
    return Document(
        kind=KIND,
        id=entry.id,
        title=entry.summary,
        text="\n".join(filter(None, (entry.actor_name, entry.note))),
        listed_by=_READ,
        requires=entry.requires,
        organization_id=entry.organization_id or EVERYBODY,
        incident_id=entry.incident_id,
        exercise=entry.exercise,
        type=entry.type,
        occurred_at=entry.time,
        url=f"/incidents/{entry.incident_id}" if entry.incident_id else "/activity",
        subject=entry.subject,
        version=1,
    )


def note_of(kind: str, data: dict[str, Any]) -> str | None:
    """The text of a note; nothing of any other entry's payload is searched."""
    return str(data["text"]) if kind == NoteWritten.type and data.get("text") else None


def happened(kind: str, data: dict[str, Any], told_at: datetime) -> datetime:
    """When it happened: a note may be about earlier than it was written down."""
    if kind == NoteWritten.type:
        try:
            return datetime.fromisoformat(str(data["time"])).astimezone(UTC)
        except (KeyError, ValueError, OverflowError):
            pass
    return told_at


def translate(event: Event) -> Sequence[Fact]:
    """Every event becomes an entry of the journal."""
    entry = Entry(
        id=event.id,
        time=happened(event.type, event.data, event.time),
        type=event.type,
        subject=event.subject,
        organization_id=event.organization_id,
        incident_id=event.incident_id,
        exercise=event.exercise,
        requires=event.requires,
        summary=event.summary.replace("\0", "\ufffd"),
        actor_name=event.actor.name.replace("\0", "\ufffd") if event.actor else None,
        note=note_of(event.type, event.data),
    )
    return [entry_document(entry)]


SOURCE = Source(service="activity-log", kinds=(KIND,), stub=ActivityStub, translate=translate)
