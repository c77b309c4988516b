from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from fastapi.responses import Response

from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from search.database import Reads, Session
from search.permissions import Permission
from search.repository.watches import WatchView
from search.schemas import ChangeSearchWatch, SaveSearch, SearchWatch, SearchWatchPage
from search.service import watching
from search.settings import Settings

router = service_router("/search/watches", "search")

Reader = Annotated[Actor, needs(Permission.READ)]
Saver = Annotated[Actor, needs(Permission.SAVE)]
WatchId = Annotated[UUID, Path(description="The saved search.")]


def answer(view: WatchView, status: int = 200) -> Response:
    """A saved search's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/search/watches/{view.id}"
    return json_response(view.body, status, headers)


@router.get("", response_model=SearchWatchPage)
async def list_watches(
    actor: Reader, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """One's own saved searches, newest first."""
    return json_response(await watching.list_watches(reads, actor, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=SearchWatch)
async def save_search(
    actor: Saver, session: Session, runtime: RuntimeOf, request: SaveSearch
) -> Response:
    """Keep a search, and hear on the live stream when something new matches it."""
    most = runtime.service_settings(Settings).watches
    return answer(await watching.save_search(session, actor, request, most), 201)


@router.get("/{watch_id}", response_model=SearchWatch)
async def show_watch(actor: Reader, reads: Reads, watch_id: WatchId) -> Response:
    """One saved search."""
    return answer(await watching.show_watch(reads, actor, watch_id))


@router.patch("/{watch_id}", response_model=SearchWatch)
async def change_watch(
    actor: Saver,
    session: Session,
    watch_id: WatchId,
    request: ChangeSearchWatch,
    if_match: IfMatch,
) -> Response:
    """Rename it, change what it looks for, pause it or let it go on."""
    return answer(await watching.change_watch(session, actor, watch_id, request, if_match))


@router.delete("/{watch_id}", status_code=204)
async def delete_watch(actor: Saver, session: Session, watch_id: WatchId) -> None:
    """Forget a saved search."""
    await watching.delete_watch(session, actor, watch_id)


@router.post("/{watch_id}/seen", response_model=SearchWatch)
async def see_watch(actor: Reader, session: Session, watch_id: WatchId) -> Response:
    """Say that one has looked: nothing is unseen now."""
    return answer(await watching.see_watch(session, actor, watch_id))
