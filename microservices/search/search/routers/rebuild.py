from __future__ import annotations

from typing import Annotated, Any

from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from search.database import Reads, Session
from search.permissions import Permission
from search.routers.searching import EnginesOf
from search.schemas import SearchStatus
from search.service import rebuilding, status

router = service_router("/search/rebuild", "search")

Manager = Annotated[Actor, needs(Permission.MANAGE)]


@router.post("", status_code=202)
async def request_rebuild(actor: Manager, session: Session) -> None:
    """Ask for the index to be built anew from the services; searching goes on meanwhile."""
    await rebuilding.request_rebuild(session, actor)


@router.get("", response_model=SearchStatus)
async def read_status(actor: Manager, reads: Reads, engines: EnginesOf) -> dict[str, Any]:
    """How the index is, and how far a rebuild has come."""
    return await status.read_status(reads, engines, actor)
