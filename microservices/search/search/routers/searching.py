from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from fastapi.responses import Response

from muster_core.auth import Actor
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import json_response
from muster_core.schemas import Instant
from search.database import Reads
from search.engines.choosing import Engines, engines_of
from search.engines.port import Order
from search.permissions import Permission
from search.schemas import SearchPage, Suggestions, Word
from search.service import searching
from search.service.questions import filters_of
from search.service.searching import Question

router = service_router("/search", "search")

Seeker = Annotated[Actor, needs(Permission.READ)]
Typed = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        description='Words, "phrases" and beginnings*; all must be found. The last word may be only begun.',
    ),
]
Choice = Annotated[list[Word] | None, Query(max_length=20)]


def _engines(runtime: RuntimeOf) -> Engines:
    return engines_of(runtime)


EnginesOf = Annotated[Engines, Depends(_engines)]


@router.get("", response_model=SearchPage)
async def search(
    actor: Seeker,
    reads: Reads,
    engines: EnginesOf,
    q: Typed,
    kind: Choice = None,
    status: Choice = None,
    type: Choice = None,  # noqa: A002 - the parameter's name in the API
    organization_id: Annotated[list[UUID] | None, Query(max_length=20)] = None,
    since: Annotated[Instant | None, Query(description="Happened from this time on.")] = None,
    until: Annotated[Instant | None, Query(description="Happened before this time.")] = None,
    bbox: Annotated[
        str | None,
        Query(max_length=200, description="west,south,east,north in degrees; may cross 180°."),
    ] = None,
    near: Annotated[
        str | None,
        Query(max_length=200, description="longitude,latitude,km: within so far of a place."),
    ] = None,
    exercise: Annotated[
        bool | None, Query(description="Only the exercise world, or only the live one.")
    ] = None,
    order: Order = "relevance",
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most.")] = 20,
    cursor: Annotated[
        str | None,
        Query(max_length=500, description="The `next` of the page before, to continue after it."),
    ] = None,
) -> Response:
    """Find incidents, hazards, people, organizations and what happened: only what this account may see."""
    filters = filters_of(
        kind=kind or (),
        status=status or (),
        type=type or (),
        organization_id=organization_id or (),
        since=since,
        until=until,
        bbox=bbox,
        near=near,
        exercise=exercise,
    )
    asked = Question(q, filters, order, limit, cursor)
    return _answer(await searching.search(reads, engines, actor, asked))


@router.get("/suggestions", response_model=Suggestions)
async def suggest(
    actor: Seeker,
    reads: Reads,
    engines: EnginesOf,
    q: Typed,
    limit: Annotated[int, Query(ge=1, le=20, description="How many at most.")] = 8,
) -> Response:
    """A few records by the beginning of their titles, while somebody types."""
    return _answer(await searching.suggest(reads, engines, actor, q, limit))


def _answer(body: dict[str, Any]) -> Response:
    """As it is: validating what we have just made would take longer than finding it."""
    return json_response(json.dumps(body, ensure_ascii=False).encode())
