"""Shapes of requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from muster_core.schemas import Name, Schema, ShortText

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_. -]{1,100}$")]


class Piece(Schema):
    """A piece of a text; all pieces together are the text. `match`: it is what was looked for."""

    model_config = ConfigDict(str_strip_whitespace=False)

    text: str
    match: bool


class Highlights(Schema):
    """Where it matches: the whole title, and the part of the text that says most."""

    title: list[Piece]
    text: list[Piece]


class Position(Schema):
    """A GeoJSON Point: longitude first, degrees WGS 84."""

    type: Literal["Point"]
    coordinates: list[float]


class SearchItem(Schema):
    """Something found. `kind` is incident, hazard, person, organization, activity, or a later service's."""

    kind: str
    id: UUID
    title: str
    status: str | None = Field(description="The record's status; of a hazard its severity.")
    type: str | None = Field(description="What kind of incident, hazard or event it is.")
    organization_id: UUID | None = Field(description="Null: it concerns every organization.")
    incident_id: UUID | None
    exercise: bool
    occurred_at: datetime
    location: Position | None
    url: str = Field(description="Where the front end shows it; empty for what has no page.")
    subject: str
    highlights: Highlights


class FacetValue(Schema):
    """A value of a facet, and how many hits there would be with it."""

    value: str
    count: int


class Facets(Schema):
    """Counts within what is found, each facet as if nothing of its own were chosen."""

    kind: list[FacetValue]
    status: list[FacetValue]
    type: list[FacetValue]
    organization_id: list[FacetValue]


class SearchPage(Schema):
    """What was found."""

    engine: Literal["elasticsearch", "postgresql"] = Field(description="Which engine answered.")
    degraded: bool = Field(description="The preferred engine could not answer now.")
    degraded_because: Literal["unreachable", "behind", "not_built"] | None
    tolerant: bool = Field(
        description="Nothing was found as typed; what is shown forgives typing errors."
    )
    did_you_mean: str | None
    total: int | None = Field(
        description="How many there are; 10000 means that many or more. Null on later pages."
    )
    facets: Facets | None = Field(description="Null on later pages.")
    items: list[SearchItem]
    next: str | None


class Suggestion(Schema):
    """A record whose title begins so."""

    kind: str
    id: UUID
    title: str
    status: str | None
    exercise: bool
    url: str
    pieces: list[Piece]


class Suggestions(Schema):
    """What may be meant."""

    engine: Literal["elasticsearch", "postgresql"]
    degraded: bool
    items: list[Suggestion]


class SavedSearch(Schema):
    """What is looked for, as `GET /api/v1/search` takes it."""

    q: ShortText
    kind: list[Word] = Field(default_factory=list[Word], max_length=20)
    status: list[Word] = Field(default_factory=list[Word], max_length=20)
    type: list[Word] = Field(default_factory=list[Word], max_length=20)
    organization_id: list[UUID] = Field(default_factory=list[UUID], max_length=20)
    bbox: str | None = Field(default=None, max_length=200)
    near: str | None = Field(default=None, max_length=200)
    exercise: bool | None = None


class SaveSearch(Schema):
    """A search to keep, and to be told of."""

    name: Name
    search: SavedSearch
    paused: bool = False


class ChangeSearchWatch(Schema):
    """What to change of a saved search; what is left out stays."""

    name: Name | None = None
    search: SavedSearch | None = None
    paused: bool | None = None


class SearchWatch(Schema):
    """A saved search. `unseen` counts what it has found since its owner looked last."""

    id: UUID
    name: str
    search: SavedSearch
    paused: bool
    unseen: int
    matched_at: datetime | None
    created_at: datetime
    version: int


class SearchWatchPage(Schema):
    """A page of saved searches."""

    items: list[SearchWatch]
    next: str | None


class SearchRebuild(Schema):
    """A rebuild of the index: how far it is, or what became of it."""

    id: UUID
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    state: Literal["wanted", "running", "done", "failed"]
    phase: str = Field(description="What it is doing now, in words.")
    progress: dict[str, Any] = Field(
        description=(
            "By service: `documents` read, of which `agreeing` are stored as told, and their `digest`;"
            " `index`: the new index, how much was `loaded`, whether it is `equal`."
        )
    )
    problem: str | None


class SearchStatus(Schema):
    """How the index is."""

    engine: Literal["elasticsearch", "postgresql"] = Field(description="Which engine is to answer.")
    built: bool = Field(description="Whether it has an index to answer from.")
    pending: int = Field(description="Changes that it does not have yet.")
    behind_seconds: float
    documents: dict[str, int] = Field(description="What is stored, by kind.")
    rebuild: SearchRebuild | None = Field(description="The latest.")
