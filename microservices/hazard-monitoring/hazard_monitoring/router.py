"""HTTP: hazards, their feeds, and the rules and proposals of the caller's organization."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from hazard_monitoring import schemas
from hazard_monitoring.database import Reads, Session
from hazard_monitoring.domain.hazards import HazardKind
from hazard_monitoring.models import Rule
from hazard_monitoring.permissions import DECIDE, Permission
from hazard_monitoring.repository import reads as queries
from hazard_monitoring.service import feeds as feed_service
from hazard_monitoring.service import proposals as proposal_service
from hazard_monitoring.service import rules as rule_service
from hazard_monitoring.settings import Settings
from muster_core.auth import Actor
from muster_core.errors import NotFoundError
from muster_core.geo import BBox
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from muster_core.schemas import Instant

router = service_router("/hazards", "hazards")

Reader = Annotated[Actor, needs(Permission.READ)]
Manager = Annotated[Actor, needs(Permission.MANAGE)]
Decider = Annotated[Actor, needs(DECIDE)]


def _settings(runtime: RuntimeOf) -> Settings:
    return runtime.service_settings(Settings)


@router.get("", response_model=schemas.HazardPage)
async def list_hazards(
    actor: Reader,
    reads: Reads,
    bbox: Annotated[
        str | None,
        Query(
            max_length=200, description="west,south,east,north in degrees; west > east crosses 180."
        ),
    ] = None,
    since: Annotated[Instant | None, Query(description="Occurred at or after.")] = None,
    until: Annotated[Instant | None, Query(description="Occurred before.")] = None,
    kind: Annotated[list[HazardKind] | None, Query(max_length=20)] = None,
    min_magnitude: Annotated[float | None, Query(ge=-10, le=12, allow_inf_nan=False)] = None,
    exercise: Annotated[
        bool | None, Query(description="Only exercises, or only real ones.")
    ] = None,
    feed: Annotated[str | None, Query(max_length=100, description="A feed's key.")] = None,
    deleted: Annotated[bool, Query(description="Also those that their feed withdrew.")] = False,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List hazards, the latest first."""
    page = queries.hazards(
        actor.organization_id,
        bbox=BBox.parse(bbox) if bbox is not None else None,
        since=since,
        until=until,
        kinds=list(kind) if kind else None,
        min_magnitude=min_magnitude,
        exercise=exercise,
        feed=feed,
        deleted=deleted,
    )
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.get("/feeds", response_model=schemas.FeedPage, dependencies=[needs(Permission.READ)])
async def list_feeds(reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None) -> Response:
    """List the feeds with their health and the age of their news."""
    return json_response(await queries.feeds().fetch(reads, limit=limit, cursor=cursor))


@router.post("/feeds/{feed_id}/poll", status_code=202, response_class=Response)
async def poll_feed(
    feed_id: UUID, actor: Manager, session: Session, runtime: RuntimeOf
) -> Response:
    """Ask a feed now."""
    await feed_service.poll_now(session, actor, feed_id, _settings(runtime))
    return Response(status_code=202)


@router.post("/feeds/{feed_id}/pause", status_code=204, response_class=Response)
async def pause_feed(feed_id: UUID, actor: Manager, session: Session) -> Response:
    """Stop polling a feed; what it told stays, and ages."""
    await feed_service.pause(session, actor, feed_id)
    return Response(status_code=204)


@router.post("/feeds/{feed_id}/resume", status_code=204, response_class=Response)
async def resume_feed(feed_id: UUID, actor: Manager, session: Session) -> Response:
    """Poll a paused feed again."""
    await feed_service.resume(session, actor, feed_id)
    return Response(status_code=204)


@router.get(
    "/feeds/{feed_id}/quarantine",
    response_model=schemas.QuarantinePage,
    dependencies=[needs(Permission.MANAGE)],
)
async def list_quarantine(
    feed_id: UUID, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List what a feed sent that was not believed, with the reason."""
    if not await queries.feed_exists(reads, feed_id):
        raise NotFoundError("There is no such feed.")
    return json_response(await queries.quarantine(feed_id).fetch(reads, limit=limit, cursor=cursor))


@router.get("/rules", response_model=schemas.RulePage)
async def list_rules(
    actor: Reader, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List your organization's rules for proposals."""
    page = queries.rules(actor.organization)
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.post("/rules", status_code=201, response_model=schemas.RuleOut)
async def add_rule(
    request: schemas.RuleIn,
    actor: Manager,
    session: Session,
    runtime: RuntimeOf,
    response: Response,
) -> Rule:
    """Add a rule; events that are still news are measured by it at once."""
    recent = _settings(runtime).recent
    rule = await rule_service.add_rule(session, actor, request.model_dump(), recent)
    response.headers.update(etag(rule.version))
    return rule


@router.patch("/rules/{rule_id}", response_model=schemas.RuleOut)
async def change_rule(
    rule_id: UUID,
    request: schemas.RulePatch,
    actor: Manager,
    session: Session,
    runtime: RuntimeOf,
    if_match: IfMatch,
    response: Response,
) -> Rule:
    """Change a rule."""
    changes: dict[str, Any] = request.model_dump(exclude_unset=True)
    recent = _settings(runtime).recent
    rule = await rule_service.change_rule(session, actor, rule_id, changes, if_match, recent)
    response.headers.update(etag(rule.version))
    return rule


@router.delete("/rules/{rule_id}", status_code=204, response_class=Response)
async def remove_rule(rule_id: UUID, actor: Manager, session: Session) -> Response:
    """Remove a rule; what it proposed stays."""
    await rule_service.remove_rule(session, actor, rule_id)
    return Response(status_code=204)


@router.get("/proposals", response_model=schemas.ProposalPage)
async def list_proposals(
    actor: Reader,
    reads: Reads,
    status: schemas.ProposalStatus | None = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List what your organization's rules propose, the latest first."""
    page = queries.proposals(actor.organization, status)
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.post("/proposals/{proposal_id}/dismiss", status_code=204, response_class=Response)
async def dismiss_proposal(
    proposal_id: UUID, request: schemas.Dismiss, actor: Decider, session: Session
) -> Response:
    """Decide that a proposed hazard needs no incident."""
    await proposal_service.dismiss(session, actor, proposal_id, request.reason)
    return Response(status_code=204)


@router.get("/{hazard_id}", response_model=schemas.HazardDetail)
async def get_hazard(hazard_id: UUID, actor: Reader, reads: Reads) -> Response:
    """Show a hazard, also one that was withdrawn or merged."""
    body = await queries.hazard(reads, actor.organization_id, hazard_id)
    if body is None:
        raise NotFoundError("There is no such hazard.")
    return json_response(body)


@router.get(
    "/{hazard_id}/revisions",
    response_model=schemas.RevisionPage,
    dependencies=[needs(Permission.READ)],
)
async def list_revisions(
    hazard_id: UUID, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List what the feed said of a hazard, word for word, the latest first."""
    if not await queries.hazard_exists(reads, hazard_id):
        raise NotFoundError("There is no such hazard.")
    return json_response(
        await queries.revisions(hazard_id).fetch(reads, limit=limit, cursor=cursor)
    )
