"""Notes by hand: announced like every other fact, and in the journal because the journal hears them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.permissions import Permission
from activity_log.repository import reading
from activity_log.schemas import Note, Who, WriteNote
from activity_log.service.timeline import audience_of
from muster.activity.v1.events import NoteWritten
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ForbiddenError, InvalidInputError, NotFoundError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

T = TypeVar("T")
_CLOCK_SKEW = timedelta(minutes=2)
_HEARD_WITHIN_SECONDS = 1.0


async def write_note(session: AsyncSession, reads: Reader, actor: Actor, wanted: WriteNote) -> Note:
    """Write into the log of an incident, or of the organization.

    A note about an incident that is shared with us belongs to whoever owns the incident, so that its log is whole.
    """
    authorize(actor, Permission.WRITE)
    now = datetime.now(UTC)
    time = wanted.time or now
    if time > now + _CLOCK_SKEW:
        raise InvalidInputError.at("/time", "lies in the future; a note says what has happened")
    audience = audience_of(actor)
    organization_id, exercise, incident_id = actor.organization, wanted.exercise, wanted.incident_id
    corrects = wanted.corrects
    if corrects is not None:
        note = await _heard(lambda: reading.find_note(reads, corrects, audience))
        if note is None:
            raise NotFoundError("There is no such note to correct.")
        if incident_id not in {None, note["incident_id"]}:
            raise InvalidInputError.at(
                "/incident_id", "is not the incident of the note that is corrected"
            )
        incident_id, exercise = note["incident_id"], note["exercise"]
    if incident_id is not None:
        of = incident_id
        incident = await _heard(lambda: reading.find_incident(reads, of, actor.organization))
        if incident is None:
            raise NotFoundError("There is no such incident, or it is no longer shared with you.")
        if incident.access == "read":
            raise ForbiddenError(
                f'"{incident.name}" is shared with your organization for reading only.'
            )
        organization_id, exercise = incident.organization_id, incident.exercise
    (event,) = await announce(
        session,
        NoteWritten(
            organization_id=organization_id,
            exercise=exercise,
            note_id=uuid7(),
            text=wanted.text,
            time=time,
            incident_id=incident_id,
            corrects=corrects,
        ),
    )
    return Note(
        id=event.id,
        text=wanted.text,
        incident_id=incident_id,
        time=time,
        corrects=corrects,
        exercise=exercise,
        author=Who(id=actor.id, name=actor.name, kind=actor.kind),
        recorded_at=event.time,
    )


async def _heard(find: Callable[[], Awaitable[T | None]]) -> T | None:
    """Look, and look again for a second: what was done a moment ago elsewhere may still be on its way here."""
    for pause in (0.05, 0.15, 0.3, _HEARD_WITHIN_SECONDS - 0.5):
        found = await find()
        if found is not None:
            return found
        await asyncio.sleep(pause)
    return await find()
