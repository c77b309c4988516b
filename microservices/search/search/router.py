"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.responses import Response

from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from search import service
from search.database import Reads, Session
from search.domain import WatchStatus
from search.permissions import Permission
from search.repository import WatchFilter, WatchView
from search.schemas import (
    ChangeSearchWatch,
    MoveSearchWatch,
    OpenSearchWatch,
    SearchWatch,
    SearchWatchPage,
)
from search.settings import Settings

router = service_router("/search/watches", "search")


def _settings(runtime: RuntimeOf) -> Settings:
    return runtime.service_settings(Settings)


SettingsOf = Annotated[Settings, Depends(_settings)]
Reader = Annotated[Actor, needs(Permission.READ)]
Worker = Annotated[Actor, needs(Permission.WORK)]
WatchId = Annotated[UUID, Path(description="The watch.")]


def answer(view: WatchView, status: int = 200) -> Response:
    """A watch's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/search/watches/{view.id}"
    return json_response(view.body, status, headers)


@router.get("", response_model=SearchWatchPage)
async def list_watches(
    actor: Reader,
    reads: Reads,
    settings: SettingsOf,
    status: WatchStatus | None = None,
    incident_id: UUID | None = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Watches of one's own organization, newest first."""
    wanted = WatchFilter(status, incident_id, exercise)
    return json_response(
        await service.list_watches(reads, actor, wanted, settings, limit=limit, cursor=cursor)
    )


@router.post("", status_code=201, response_model=SearchWatch)
async def open_watch(
    asked: OpenSearchWatch, actor: Worker, session: Session, settings: SettingsOf
) -> Response:
    """Open a watch; a name is enough."""
    return answer(await service.open_watch(session, actor, asked, settings), 201)


@router.get("/{watch_id}", response_model=SearchWatch)
async def get_watch(
    watch_id: WatchId, actor: Reader, reads: Reads, settings: SettingsOf
) -> Response:
    """One watch."""
    return answer(await service.get_watch(reads, actor, watch_id, settings))


@router.patch("/{watch_id}", response_model=SearchWatch)
async def change_watch(
    watch_id: WatchId,
    asked: ChangeSearchWatch,
    actor: Worker,
    if_match: IfMatch,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Correct a watch."""
    return answer(await service.change_watch(session, actor, watch_id, asked, if_match, settings))


@router.post("/{watch_id}/status", response_model=SearchWatch)
async def move_watch(
    watch_id: WatchId,
    asked: MoveSearchWatch,
    actor: Worker,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Move a watch to its next status."""
    return answer(await service.move_watch(session, actor, watch_id, asked.status, settings))
