"""The use cases. Each begins by asking whether the actor may."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster.search.v1.events import (
    SearchWatchChanged,
    SearchWatchOpened,
    SearchWatchStatusChanged,
)
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from search import repository
from search.domain import WatchStatus, can_follow, next_statuses
from search.models import Incident, Watch
from search.permissions import Permission
from search.repository import WatchFilter, WatchRepository, WatchView
from search.schemas import ChangeSearchWatch, OpenSearchWatch
from search.settings import Settings


class WrongStatusError(ConflictError):
    """The step is not in the table of the watch's life."""

    code = "wrong-status"
    title = "The status does not allow this step"


async def list_watches(
    reads: Reader,
    actor: Actor,
    wanted: WatchFilter,
    settings: Settings,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page of the organization's watches, newest first."""
    authorize(actor, Permission.READ)
    return await repository.list_watches(
        reads, actor.organization, wanted, settings.overdue, limit=limit, cursor=cursor
    )


async def get_watch(reads: Reader, actor: Actor, watch_id: UUID, settings: Settings) -> WatchView:
    """One watch.

    Raises:
        NotFoundError: absent, or another organization's.
    """
    authorize(actor, Permission.READ)
    view = await repository.find_watch(reads, actor.organization, watch_id, settings.overdue)
    if view is None:
        raise _not_found(watch_id)
    return view


async def open_watch(
    session: AsyncSession, actor: Actor, asked: OpenSearchWatch, settings: Settings
) -> WatchView:
    """Open a watch, for an incident or by itself.

    Raises:
        InvalidInputError: no such incident in the organization.
        ConflictError: the incident is closed.
    """
    authorize(actor, Permission.WORK)
    watches = WatchRepository(session)
    exercise = asked.exercise
    if asked.incident_id is not None:
        incident = await watches.incident(actor.organization, asked.incident_id)
        if incident is None:
            raise InvalidInputError.at("/incident_id", "Your organization has no such incident.")
        if incident.closed:
            raise ConflictError(f"'{incident.name}' is closed and takes no new watch.")
        exercise = incident.exercise
    opened = Watch(
        id=uuid7(),
        organization_id=actor.organization,
        name=asked.name,
        details=asked.details,
        status=WatchStatus.OPEN,
        incident_id=asked.incident_id,
        exercise=exercise,
        opened_at=datetime.now(UTC),
        opened_by_id=actor.id,
        opened_by_name=actor.name,
        version=1,
    )
    watches.save(opened)
    await announce(session, SearchWatchOpened(**_about(opened), details=opened.details))
    return await watches.view(opened, settings.overdue)


async def change_watch(
    session: AsyncSession,
    actor: Actor,
    watch_id: UUID,
    asked: ChangeSearchWatch,
    if_match: int,
    settings: Settings,
) -> WatchView:
    """Correct a watch.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.WORK)
    watch = await _load(session, actor, watch_id)
    check_version(watch.version, if_match, f"'{watch.name}'")
    changed = [
        name
        for name in sorted(asked.model_fields_set)
        if getattr(watch, name) != getattr(asked, name)
    ]
    if changed:
        for name in changed:
            setattr(watch, name, getattr(asked, name))
        watch.touch()
        fact = SearchWatchChanged(**_about(watch), details=watch.details, changed=changed)
        await announce(session, fact)
    return await WatchRepository(session).view(watch, settings.overdue)


async def move_watch(
    session: AsyncSession,
    actor: Actor,
    watch_id: UUID,
    wanted: WatchStatus,
    settings: Settings,
) -> WatchView:
    """Move a watch along its life, one allowed step at a time.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
    """
    authorize(actor, Permission.WORK)
    watch = await _load(session, actor, watch_id)
    if not can_follow(watch.status, wanted):
        allowed = ", ".join(next_statuses(watch.status)) or "nothing any more"
        raise WrongStatusError(
            f"'{watch.name}' is {watch.status} and cannot become {wanted}. It can become: {allowed}."
        )
    await _move(session, watch, wanted)
    return await WatchRepository(session).view(watch, settings.overdue)


async def hear_of_incident(session: AsyncSession, actor: Actor, told: Incident) -> None:
    """Keep an incident's name; what is still open when it closes is withdrawn."""
    authorize(actor, Permission.WORK)
    watches = WatchRepository(session)
    await watches.keep_incident(told)
    if told.closed:
        for watch in await watches.open_ones_of(told.id):
            await _move(session, watch, WatchStatus.WITHDRAWN)


async def _load(session: AsyncSession, actor: Actor, watch_id: UUID) -> Watch:
    watch = await WatchRepository(session).get(actor.organization, watch_id)
    if watch is None:
        raise _not_found(watch_id)
    return watch


async def _move(session: AsyncSession, watch: Watch, wanted: WatchStatus) -> None:
    before, watch.status = watch.status, wanted
    watch.touch()
    await announce(session, SearchWatchStatusChanged(**_about(watch), before=before, status=wanted))


def _about(watch: Watch) -> dict[str, Any]:
    """What every event of a watch tells."""
    return {
        "organization_id": watch.organization_id,
        "exercise": watch.exercise,
        "incident_id": watch.incident_id,
        "watch_id": watch.id,
        "name": watch.name,
        "version": watch.version,
    }


def _not_found(watch_id: UUID) -> NotFoundError:
    return NotFoundError(f"Your organization has no watch {watch_id}.")
