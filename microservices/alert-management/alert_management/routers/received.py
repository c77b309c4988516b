"""HTTP: others' alerts and the threads they form."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from alert_management.cap.settings import CapSettings
from alert_management.database import Reads, Session
from alert_management.feed_settings import FeedSettings
from alert_management.models.received import ThreadChange
from alert_management.permissions import Permission
from alert_management.repository import received_reads as queries
from alert_management.repository.received_reads import ReceivedFilter
from alert_management.schemas import received as schemas
from alert_management.service.received import decisions, imports
from muster_core.auth import Actor
from muster_core.errors import NotFoundError, UnsupportedMediaTypeError
from muster_core.geo import BBox
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/received-alerts", "received-alerts")
import_router = service_router("/alerts", "received-alerts")

Reader = Annotated[Actor, needs(Permission.READ)]
Drafter = Annotated[Actor, needs(Permission.DRAFT)]
XML_TYPES = frozenset(
    {
        "application/cap+xml", "application/xml", "text/xml", "application/atom+xml",
        "application/rss+xml", "application/edxl-de+xml",
    }
)  # fmt: skip


async def _filter(
    bbox: Annotated[
        str | None,
        Query(
            max_length=200, description="west,south,east,north in degrees; west > east crosses 180."
        ),
    ] = None,
    in_force: Annotated[
        bool | None,
        Query(description="Only those neither ended nor expired, or only the others."),
    ] = None,
    severity: Annotated[list[schemas.SeverityWord] | None, Query(max_length=5)] = None,
    feed_id: UUID | None = None,
    imported: Annotated[bool, Query(description="Only those that a person brought.")] = False,
    thread_id: UUID | None = None,
    exercise: Annotated[
        bool | None, Query(description="Only what is not real, or only what is.")
    ] = None,
) -> ReceivedFilter:
    return ReceivedFilter(
        bbox=BBox.parse(bbox) if bbox is not None else None,
        in_force=in_force,
        severities=list(severity) if severity else None,
        feed_id=feed_id,
        imported=imported,
        thread_id=thread_id,
        exercise=exercise,
    )


Filter = Annotated[ReceivedFilter, Depends(_filter)]


@router.get("", response_model=schemas.ReceivedPage)
async def list_received(
    actor: Reader, reads: Reads, wanted: Filter, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """List others' alerts, the latest sent first, each with its age, its source and its thread."""
    page = queries.received(actor.organization, wanted)
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.get("/map", response_model=schemas.ReceivedMap)
async def map_received(actor: Reader, reads: Reads, wanted: Filter) -> Response:
    """The same as GeoJSON for a map, at most 2000; those without an outline are in the list only."""
    body = await queries.on_map(reads, actor.organization, wanted)
    return Response(body, media_type="application/geo+json")


@router.get("/threads", response_model=schemas.ThreadPage)
async def list_threads(
    actor: Reader,
    reads: Reads,
    in_force: bool | None = None,
    exercise: bool | None = None,
    several: Annotated[bool, Query(description="Only those of several publishers.")] = False,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List threads, the one with the latest alert first."""
    page = queries.threads(
        actor.organization, in_force=in_force, exercise=exercise, several=several
    )
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.get("/threads/{thread_id}", response_model=schemas.ThreadDetail)
async def get_thread(thread_id: UUID, actor: Reader, reads: Reads) -> Response:
    """Show a thread with its alerts and what was done to it; one that was joined to another says to which."""
    body = await queries.thread(reads, actor.organization, thread_id)
    if body is None:
        raise NotFoundError("Your organization has no such thread.")
    return json_response(body)


@router.post("/threads/{thread_id}/split", status_code=201, response_model=schemas.ThreadChanged)
async def split_thread(
    thread_id: UUID, asked: schemas.SplitThread, actor: Drafter, session: Session
) -> schemas.ThreadChanged:
    """Take alerts out of a thread, into one of their own; no machine joins the two again."""
    return _changed(
        await decisions.split_thread(session, actor, thread_id, asked.alert_ids, asked.reason)
    )


@router.post("/threads/{thread_id}/join", status_code=201, response_model=schemas.ThreadChanged)
async def join_threads(
    thread_id: UUID, asked: schemas.JoinThreads, actor: Drafter, session: Session
) -> schemas.ThreadChanged:
    """Make other threads part of this one."""
    return _changed(
        await decisions.join_threads(session, actor, thread_id, asked.thread_ids, asked.reason)
    )


@router.post("/thread-changes/{change_id}/undo", response_model=schemas.ThreadChanged)
async def undo_thread_change(
    change_id: UUID, actor: Drafter, session: Session
) -> schemas.ThreadChanged:
    """Take a split or a join back."""
    return _changed(await decisions.undo_change(session, actor, change_id))


@router.get("/{received_id}", response_model=schemas.ReceivedDetail)
async def get_received(received_id: UUID, actor: Reader, reads: Reads) -> Response:
    """Show one alert with its whole message, its signature and its ties."""
    body = await queries.one(reads, actor.organization, received_id)
    if body is None:
        raise NotFoundError("Your organization has taken in no such alert.")
    return json_response(body)


@router.get("/{received_id}/document", response_class=Response)
async def get_received_document(received_id: UUID, actor: Reader, reads: Reads) -> Response:
    """The alert word for word as it came, to be saved."""
    found = await queries.document(reads, actor.organization, received_id)
    if found is None:
        raise NotFoundError("Your organization has taken in no such alert.")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(found.body, media_type=found.media_type, headers=headers)


@import_router.post(
    "/import",
    status_code=201,
    response_model=schemas.ImportedAlerts,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/cap+xml": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_alerts(
    request: Request,
    actor: Drafter,
    session: Session,
    runtime: RuntimeOf,
    exercise: Annotated[bool, Query(description="Take it for part of an exercise.")] = False,
) -> schemas.ImportedAlerts:
    """Take in a CAP document: CAP itself, or Atom, RSS or EDXL-DE around it. Says what it tolerated."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type not in XML_TYPES:
        raise UnsupportedMediaTypeError("Send the document itself, as application/cap+xml.")
    trust = runtime.service_settings(CapSettings).trust()
    settings = runtime.service_settings(FeedSettings)
    taken = await imports.read_document(actor, await request.body(), trust)
    found = await imports.import_alerts(session, actor, taken, settings, exercise=exercise)
    return schemas.ImportedAlerts(items=[_imported(one) for one in found])


def _imported(one: imports.Imported) -> schemas.ImportedAlert:
    given = {"repeated", "tolerated", "findings"}
    named = {
        name: getattr(one.alert, name)
        for name in schemas.ImportedAlert.model_fields
        if name not in given
    }
    return schemas.ImportedAlert(
        **named,
        repeated=one.repeated,
        tolerated=[schemas.Forgiven.model_validate(each) for each in one.alert.tolerated],
        findings=[
            schemas.ProfileFinding(
                profile=profile,
                code=each.code,
                level=each.level.value,
                where=each.where,
                text=each.text,
            )
            for profile, each in one.findings
        ],
    )


def _changed(row: ThreadChange) -> schemas.ThreadChanged:
    return schemas.ThreadChanged(
        change_id=row.id, kind=row.kind, thread_id=row.thread_id, other_thread_ids=row.others
    )
