from __future__ import annotations

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from alert_management.database import Reads, Session
from alert_management.routers.alerts import words
from alert_management.routers.shared import Manager, Reader
from alert_management.schemas.answers import AlertBoundaryPage, BoundariesImported
from alert_management.schemas.requests import ImportBoundaries
from alert_management.service import boundaries as service
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/alert-boundaries", "alert-boundaries")


@router.get("", response_model=AlertBoundaryPage)
async def list_boundaries(
    actor: Reader,
    reads: Reads,
    q: Annotated[
        str | None, Query(max_length=200, description="In the name, or how the code begins.")
    ] = None,
    kind: Annotated[str | None, Query(max_length=40, pattern=r"^[a-z][a-z0-9-]*$")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Named areas that the operator brought, by name; POST /alerts/areas turns them into an area."""
    page = await service.list_boundaries(reads, actor, words(q), kind, limit=limit, cursor=cursor)
    return json_response(page)


@router.post("", status_code=201)
async def import_boundaries(
    request: ImportBoundaries, actor: Manager, session: Session
) -> BoundariesImported:
    """Take a GeoJSON collection in the place of all boundaries of its kind: all of it, or nothing.

    Larger files than a request may have: `muster boundaries import FILE`.
    """
    return await service.import_boundaries(session, actor, request)
