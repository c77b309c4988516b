"""Shapes of requests and answers. Lists are built in SQL; these promise what they look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from muster_core.events import ActorKind
from muster_core.schemas import Instant, LongText, Schema


class Who(Schema):
    """Who caused it, as known then."""

    id: UUID
    name: str
    kind: ActorKind


class StreamItem(Schema):
    """An entry of the journal, as the stream tells it."""

    position: int = Field(description="Its place in the whole journal: the stream's event id.")
    sequence: int = Field(description="Its place in its organization's chain, from 1, no gaps.")
    id: UUID
    time: datetime = Field(description="When it happened.")
    recorded_at: datetime = Field(description="When it was written down.")
    type: str = Field(description="The event's type, such as muster.incident.declared.v1.")
    summary: str = Field(description="What happened, in words, without who and when.")
    actor: Who | None
    subject: str = Field(description="What it is about, such as incident/0190….")
    incident_id: UUID | None
    organization_id: UUID | None = Field(description="Null: the platform's, for everybody.")
    exercise: bool
    data: dict[str, Any] = Field(description="The event's payload.")


class ActivityItem(StreamItem):
    """An entry of the journal."""

    hash: str = Field(description="SHA-256 of the entry and of the hash before it, hexadecimal.")


class ActivityPage(Schema):
    """A page of the journal."""

    items: list[ActivityItem]
    next: str | None


class WriteNote(Schema):
    """A note by hand. A note is never edited: write another that corrects it."""

    text: LongText
    incident_id: UUID | None = None
    time: Instant | None = Field(
        default=None, description="When it happened, if not now; it cannot lie in the future."
    )
    corrects: UUID | None = Field(default=None, description="The id of the note this one corrects.")
    exercise: bool = Field(
        default=False,
        description="Part of an exercise; a note on an exercise's incident always is.",
    )


class Note(Schema):
    """A note as it will stand in the journal, under the same id."""

    id: UUID
    text: str
    incident_id: UUID | None
    time: datetime
    corrects: UUID | None
    exercise: bool
    author: Who
    recorded_at: datetime


class Integrity(Schema):
    """Whether the organization's chain is as it was written."""

    organization_id: UUID
    entries: int
    head_hash: str | None
    head_at: datetime | None
    sealed_at: datetime | None = Field(description="When a head was last signed.")
    verified_at: datetime | None = Field(description="When the newest entries were last verified.")
    verified_entries: int
    walked_through_at: datetime | None = Field(
        description="When the whole journal was last verified from its first entry."
    )
    ok: bool | None = Field(description="Null: not verified yet, which is not the same as good.")
    problem: str | None


class Ics214Person(Schema):
    """A person on the form."""

    id: UUID | None
    name: str
    position: str
    home_agency: str


class Ics214Line(Schema):
    """A notable activity."""

    time: datetime
    recorded_at: datetime
    who: str
    activity: str
    exercise: bool


class Ics214(Schema):
    """ICS 214, Activity Log."""

    form: Literal["ICS 214"] = "ICS 214"
    incident_id: UUID | None
    incident_name: str
    incident_number: str
    period_from: datetime | None
    period_to: datetime | None
    person: Ics214Person
    resources: list[Ics214Person]
    activities: list[Ics214Line]
    truncated: bool = Field(
        description="There was more than one form holds; choose a shorter period."
    )
    exercise: bool
    prepared_by: str
    prepared_at: datetime
