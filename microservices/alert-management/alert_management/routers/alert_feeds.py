"""HTTP: the feeds of others' alerts that an organization listens to."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from alert_management.database import Reads, Session
from alert_management.feed_settings import FeedSettings
from alert_management.permissions import Permission
from alert_management.repository import received_reads as queries
from alert_management.schemas import received as schemas
from alert_management.service.received import feeds as service
from muster_core.auth import Actor
from muster_core.errors import NotFoundError
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/alert-feeds", "alert-feeds")

Reader = Annotated[Actor, needs(Permission.READ)]
Manager = Annotated[Actor, needs(Permission.MANAGE)]


def _settings(runtime: RuntimeOf) -> FeedSettings:
    return runtime.service_settings(FeedSettings)


SettingsOf = Annotated[FeedSettings, Depends(_settings)]


@router.get("", response_model=schemas.AlertFeedPage)
async def list_alert_feeds(
    actor: Reader, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List the feeds with their health and the age of their news."""
    page = queries.feeds(actor.organization)
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=schemas.AlertFeedCreated)
async def add_alert_feed(
    asked: schemas.AlertFeedIn,
    actor: Manager,
    session: Session,
    settings: SettingsOf,
    response: Response,
) -> schemas.AlertFeedCreated:
    """Listen to a publisher."""
    made = await service.add_feed(
        session,
        actor,
        settings,
        name=asked.name,
        kind=asked.kind,
        url=asked.url,
        poll_seconds=asked.poll_seconds,
        exercise=asked.exercise,
    )
    response.headers.update(etag(made.version))
    response.headers["Location"] = f"/api/v1/alert-feeds/{made.id}"
    return schemas.AlertFeedCreated.model_validate(made)


@router.get("/{feed_id}", response_model=schemas.AlertFeedOut)
async def get_alert_feed(feed_id: UUID, actor: Reader, reads: Reads) -> Response:
    """Show one feed."""
    found = await queries.feed(reads, actor.organization, feed_id)
    if found is None:
        raise NotFoundError("Your organization has no such feed.")
    return json_response(found.body, headers=etag(found.version))


@router.patch("/{feed_id}", response_model=schemas.AlertFeedCreated)
async def change_alert_feed(
    feed_id: UUID,
    asked: schemas.AlertFeedPatch,
    actor: Manager,
    session: Session,
    settings: SettingsOf,
    if_match: IfMatch,
    response: Response,
) -> schemas.AlertFeedCreated:
    """Change a feed; a new address is read from the start."""
    changes: dict[str, Any] = asked.model_dump(exclude_unset=True)
    changed = await service.change_feed(session, actor, feed_id, changes, if_match, settings)
    response.headers.update(etag(changed.version))
    return schemas.AlertFeedCreated.model_validate(changed)


@router.delete("/{feed_id}", status_code=204, response_class=Response)
async def remove_alert_feed(feed_id: UUID, actor: Manager, session: Session) -> Response:
    """Listen no more; what it brought stays."""
    await service.remove_feed(session, actor, feed_id)
    return Response(status_code=204)


@router.post("/{feed_id}/poll", status_code=202, response_class=Response)
async def poll_alert_feed(
    feed_id: UUID, actor: Manager, session: Session, settings: SettingsOf
) -> Response:
    """Ask a feed now."""
    await service.poll_now(session, actor, feed_id, settings)
    return Response(status_code=202)


@router.post("/{feed_id}/pause", status_code=204, response_class=Response)
async def pause_alert_feed(feed_id: UUID, actor: Manager, session: Session) -> Response:
    """Stop polling a feed; what it told stays, and ages."""
    await service.pause_feed(session, actor, feed_id)
    return Response(status_code=204)


@router.post("/{feed_id}/resume", status_code=204, response_class=Response)
async def resume_alert_feed(feed_id: UUID, actor: Manager, session: Session) -> Response:
    """Poll a paused feed again."""
    await service.resume_feed(session, actor, feed_id)
    return Response(status_code=204)


@router.get("/{feed_id}/quarantine", response_model=schemas.AlertFeedQuarantinePage)
async def list_alert_feed_quarantine(
    feed_id: UUID, actor: Manager, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List what a feed sent that was not believed, with the reason."""
    if await queries.feed(reads, actor.organization, feed_id) is None:
        raise NotFoundError("Your organization has no such feed.")
    return json_response(await queries.quarantine(feed_id).fetch(reads, limit=limit, cursor=cursor))
