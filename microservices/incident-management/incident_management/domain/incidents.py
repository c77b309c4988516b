"""Words and numbers of an incident, and what another organization may do with a shared one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID


class Severity(StrEnum):
    """CAP 1.2 `severity`, verbatim."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class LinkKind(StrEnum):
    DUPLICATE_OF = "duplicate_of"
    PART_OF = "part_of"
    RELATED = "related"


class ShareAccess(StrEnum):
    """What an incident is shared for. Its facts, status and sharing stay with its owner."""

    READ = "read"
    WORK = "work"


class Access(StrEnum):
    """What an organization may do with an incident, most first."""

    OWN = "own"
    WORK = "work"
    READ = "read"

    def allows(self, wanted: Access) -> bool:
        """Whether this access is enough where `wanted` is needed."""
        order = list(Access)
        return order.index(self) <= order.index(wanted)


def incident_number(year: int, count: int, *, exercise: bool) -> str:
    """The number people say on the radio: "2026-000123", in an exercise "EX-2026-000123".

    Exercises count for themselves, so that the live numbers of a year have no gaps to explain.
    """
    return f"{'EX-' if exercise else ''}{year}-{count:06d}"


def extent_of(
    location: Mapping[str, Any] | None, area: Mapping[str, Any] | None
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The north-east and south-west corners of the box around GeoJSON geometries, in degrees."""
    positions = [
        position
        for geometry in (location, area)
        if geometry is not None
        for position in _positions(geometry["coordinates"])
    ]
    if not positions:
        return None
    longitudes = [longitude for longitude, _ in positions]
    latitudes = [latitude for _, latitude in positions]
    return (max(longitudes), max(latitudes)), (min(longitudes), min(latitudes))


def _positions(coordinates: Sequence[Any]) -> Iterator[tuple[float, float]]:
    if isinstance(coordinates[0], (int, float)):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for inner in coordinates:
        yield from _positions(inner)


def would_circle(start: UUID, target: UUID, links: Mapping[UUID, frozenset[UUID]]) -> bool:
    """Whether a link from `start` to `target` would close a circle over the existing links."""
    seen: set[UUID] = set()
    waiting = [target]
    while waiting:
        here = waiting.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(links.get(here, ()))
    return False
