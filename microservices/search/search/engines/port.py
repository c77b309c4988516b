"""The search port: what an engine is asked and what it answers. Two adapters pass one suite.

An engine ranks by rules, not by statistics, so that both put the same first: the whole title, then every word in the
title, then words as typed over words begun, then records over entries of the journal; the newest first among equals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from search.domain.query import Query

Order = Literal["relevance", "newest"]
FACETS = ("kind", "status", "type", "organization_id")
MOST_COUNTED = 10_000
"""Beyond so many hits the total is said to be "at least"."""
FACET_VALUES = 30

WHOLE_TITLE, IN_TITLE, AS_TYPED, RECORD = 8, 4, 2, 1
JOURNAL = "activity"


class EngineDownError(Exception):
    """The engine did not answer in time, or has no index to answer from."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Who looks: nothing outside of this is ever found. `shared` are the incidents shared with them now."""

    organization_id: UUID
    permissions: frozenset[str]
    shared: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Box:
    """Part of the map in degrees; `west` is never east of `east`: one that crosses 180° comes as two."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many km of a place, on the sphere."""

    longitude: float
    latitude: float
    km: float


IN_BOTH_WORLDS = ("person", "organization")
"""Kinds that an exercise does not have of its own."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What else must hold; what is empty or None is not asked. `facets` holds the choices by facet."""

    facets: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    since: datetime | None = None
    until: datetime | None = None
    boxes: tuple[Box, ...] = ()
    near: Near | None = None
    exercise: bool | None = None
    """Of the exercise world or of the live one; who people are is the same in both (`IN_BOTH_WORLDS`)."""
    only: tuple[tuple[str, UUID], ...] | None = None
    """Only these records, by kind and id."""


@dataclass(frozen=True, slots=True)
class Key:
    """The place of a hit in the order: score, time in microseconds since 1970, `kind/id`."""

    score: int
    at: int
    key: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One question."""

    query: Query
    scope: Scope
    filters: Filters = Filters()
    order: Order = "relevance"
    limit: int = 20
    after: Key | None = None
    tolerant: bool = False
    count: bool = True
    """Whether totals and facets are wanted; later pages do without."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found."""

    place: Key
    kind: str
    id: UUID
    organization_id: UUID
    incident_id: UUID | None
    exercise: bool
    title: str
    text: str
    status: str | None
    type: str | None
    location: tuple[float, float] | None
    url: str
    subject: str

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""
        return from_micros(self.place.at)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits. `total` counts to `MOST_COUNTED`; `facets` are counts by facet and value."""

    hits: list[Hit]
    total: int | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many documents there are, and the sum of their digests."""

    count: int
    digest: int


Tallies = dict[tuple[str, int], Tally]
"""By kind and bucket (the last byte of the id)."""


class SearchEngine(Protocol):
    """What both adapters do."""

    name: str

    async def find(self, wanted: Wanted) -> Found:
        """A page of what is wanted, of what the scope may see.

        Raises:
            EngineDownError: it cannot answer now.
        """
        ...

    async def tallies(self) -> Tallies:
        """What it holds, to compare.

        Raises:
            EngineDownError: it cannot answer now.
        """
        ...


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    since = moment.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_micros(at: int) -> datetime:
    """The instant of a number of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
