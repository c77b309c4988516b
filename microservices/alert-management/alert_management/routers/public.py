"""What anyone may read: no account, no cookie, no script; cacheable, with ETag and 304."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from alert_management.database import Reads
from alert_management.pages.shell import POLICY
from alert_management.service import public as service
from muster_core.http.dependencies import RuntimeOf
from muster_core.http.routing import service_router

feeds = service_router("", "public")
pages = APIRouter(include_in_schema=False)


class World(StrEnum):
    """The real one, or the one of exercises and tests."""

    REAL = "real"
    EXERCISE = "exercise"


WorldOf = Annotated[World, Query(description="Exercises and tests have feeds of their own.")]
Organization = Annotated[UUID | None, Query(description="Of one organization only.")]
AlertId = Annotated[UUID, Path(description="The alert.")]
_FRESH = f"public, max-age={service.SECONDS}, stale-if-error=300"
_FOR_GOOD = "public, max-age=86400, immutable"


def conditional(request: Request, body: bytes, media_type: str, keep: str) -> Response:
    """The body with its ETag, or 304 where the caller has it already (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": keep,
        "Access-Control-Allow-Origin": "*",
        "Vary": "Accept-Encoding",
    }
    asked = request.headers.get("if-none-match", "")
    known = [one.strip().removeprefix("W/") for one in asked.split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _page(request: Request, body: bytes) -> Response:
    response = conditional(request, body, "text/html; charset=utf-8", _FRESH)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _document(media_type: str, kind: str = "string") -> dict[int | str, dict[str, object]]:
    return {
        200: {"content": {media_type: {"schema": {"type": kind}}}},
        304: {"description": "Not Modified"},
    }


@feeds.get(
    "/feeds/alerts.atom", response_class=Response, responses=_document("application/atom+xml")
)
async def atom_feed(
    request: Request,
    runtime: RuntimeOf,
    reads: Reads,
    world: WorldOf = World.REAL,
    organization: Organization = None,
) -> Response:
    """The alerts in force, as Atom."""
    body = await service.feed(
        runtime, reads, "atom", exercise=world is World.EXERCISE, organization=organization
    )
    return conditional(request, body, "application/atom+xml; charset=utf-8", _FRESH)


@feeds.get("/feeds/alerts.rss", response_class=Response, responses=_document("application/rss+xml"))
async def rss_feed(
    request: Request,
    runtime: RuntimeOf,
    reads: Reads,
    world: WorldOf = World.REAL,
    organization: Organization = None,
) -> Response:
    """The alerts in force, as RSS 2.0."""
    body = await service.feed(
        runtime, reads, "rss", exercise=world is World.EXERCISE, organization=organization
    )
    return conditional(request, body, "application/rss+xml; charset=utf-8", _FRESH)


@feeds.get(
    "/feeds/alerts.geojson",
    response_class=Response,
    responses=_document("application/geo+json", "object"),
)
async def geojson_feed(
    request: Request,
    runtime: RuntimeOf,
    reads: Reads,
    world: WorldOf = World.REAL,
    organization: Organization = None,
) -> Response:
    """The alerts in force, as GeoJSON."""
    body = await service.feed(
        runtime, reads, "geojson", exercise=world is World.EXERCISE, organization=organization
    )
    return conditional(request, body, "application/geo+json", _FRESH)


@feeds.get(
    "/alerts/{alert_id}/cap.xml",
    response_class=Response,
    responses=_document("application/cap+xml"),
)
async def cap_xml(
    alert_id: AlertId, request: Request, runtime: RuntimeOf, reads: Reads
) -> Response:
    """The CAP 1.2 message of a published alert, byte for byte as it was sent."""
    body = await service.cap_message(runtime, reads, alert_id)
    return conditional(request, body, "application/cap+xml; charset=utf-8", _FOR_GOOD)


@pages.get("/warnings")
async def warnings_page(
    request: Request, runtime: RuntimeOf, reads: Reads, world: WorldOf = World.REAL
) -> Response:
    """The page of all alerts in force."""
    body = await service.warnings(runtime, reads, exercise=world is World.EXERCISE)
    return _page(request, body)


@pages.get("/warnings/{alert_id}")
async def warning_page(
    alert_id: AlertId, request: Request, runtime: RuntimeOf, reads: Reads
) -> Response:
    """The page of one alert, in force or not."""
    return _page(request, await service.warning(runtime, reads, alert_id))
