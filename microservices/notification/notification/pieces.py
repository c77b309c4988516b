"""An area, cut into pieces that PostgreSQL's own types can ask about: simple polygons without holes, each in a cell.

The cells tile the plane: a point lies in exactly one of them, so that nobody is found twice, and no sort is needed to
tell. Their edges go between the places that are kept (`DECIMALS`), so that almost never a cell has to be asked for at
all. Pieces are small (few corners), so that a point in the middle of a state is not compared with all its border.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import box, shape
from shapely.geometry.polygon import Polygon

from muster_core.errors import InvalidInputError
from muster_core.geo import split_antimeridian

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GeoJSON = Mapping[str, Any]
CORNERS = 24
DECIMALS = 4
"""Of a degree, to which subscribers' places are kept: finer would tell more of a home than a warning needs."""
_STEPS = 10.0**DECIMALS
_DEEPEST = 40
_AREAS = {"Polygon", "MultiPolygon"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of degrees, closed to the west and south, open to the east and north; edges may be infinite."""

    west: float
    south: float
    east: float
    north: float

    @property
    def between(self) -> bool:
        """Whether no place that is kept lies on an edge, or so near that PostgreSQL takes it for on it (1e-6)."""
        edges = (
            edge for edge in (self.west, self.south, self.east, self.north) if math.isfinite(edge)
        )
        return all(0.1 < edge * _STEPS % 1 < 0.9 for edge in edges)


def _between(low: float, high: float, wanted: float) -> float:
    """A line near to what is wanted, between the places that are kept if there is room for it."""
    line = (math.floor(wanted * _STEPS) + 0.5) / _STEPS
    return line if low < line < high else wanted


@dataclass(frozen=True, slots=True)
class Piece:
    """What of an area lies in a cell: a simple ring without holes, (longitude, latitude), not closed."""

    ring: tuple[tuple[float, float], ...]
    cell: Cell

    @property
    def text(self) -> str:
        """The ring as PostgreSQL reads a `polygon`."""
        return f"({','.join(f'({x!r},{y!r})' for x, y in self.ring)})"


EVERYWHERE = Cell(-math.inf, -math.inf, math.inf, math.inf)


def cut(*areas: GeoJSON) -> list[Piece]:
    """The pieces of one area, or of several together (GeoJSON Polygon or MultiPolygon; RFC 7946, longitude first).

    Longitudes past 180 go on where -180 begins. A ring that crosses itself encloses what it goes around.

    Raises:
        InvalidInputError: it is no area.
    """
    whole = _read(areas)
    return list(_cut(whole, EVERYWHERE, 0))


def _read(areas: Sequence[GeoJSON]) -> BaseGeometry:
    try:
        found: list[BaseGeometry] = []
        for area in areas:
            if area.get("type") not in _AREAS:
                raise InvalidInputError.at("/area", "must be a GeoJSON Polygon or MultiPolygon.")
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", RuntimeWarning
                )  # what is no number is refused just below
                read = shape(dict(area))
            corners = [float(number) for number in shapely.get_coordinates(read).flat]
            if not all(math.isfinite(number) for number in corners):
                raise InvalidInputError.at("/area", "has coordinates that are no numbers.")
            sound = shapely.make_valid(read)
            west, south, east, north = sound.bounds
            if south < -90 or north > 90 or west < -540 or east > 540:
                raise InvalidInputError.at(
                    "/area", "lies outside the earth; longitude comes first."
                )
            if west < -180 or east > 180:
                sound = shape(split_antimeridian(_plain(sound)))
            found.append(sound)
        whole = shapely.union_all(found)
    except (GEOSException, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise InvalidInputError.at("/area", "is not a GeoJSON area.") from error
    if not list(_polygons(whole)):
        raise InvalidInputError.at("/area", "encloses nothing.")
    return whole


def _plain(geometry: BaseGeometry) -> dict[str, Any]:
    return dict(shapely.MultiPolygon(list(_polygons(geometry))).__geo_interface__)


def _polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    """The polygons of whatever a cut left; lines and points enclose nobody."""
    if isinstance(geometry, Polygon):
        if geometry.area > 0:
            yield geometry
    elif hasattr(geometry, "geoms"):
        for part in geometry.geoms:  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
            yield from _polygons(part)  # pyright: ignore[reportUnknownArgumentType]


def _cut(geometry: BaseGeometry, cell: Cell, depth: int) -> Iterator[Piece]:
    polygons = list(_polygons(geometry))
    if not polygons:
        return
    corners = sum(len(polygon.exterior.coords) - 1 for polygon in polygons)
    holes = [hole for polygon in polygons for hole in polygon.interiors]
    if not holes and (corners <= CORNERS or depth >= _DEEPEST):
        for polygon in polygons:
            yield Piece(tuple((x, y) for x, y, *_ in polygon.exterior.coords[:-1]), cell)
        return
    west, south, east, north = geometry.bounds
    # Deep down, halves no longer separate what is crowded: a line through a hole always opens it.
    wide = east - west >= north - south
    middle = box(*geometry.bounds).centroid
    if holes and depth >= _DEEPEST // 2:
        centres = [hole.centroid for hole in holes]
        middle = sorted(centres, key=lambda one: one.x if wide else one.y)[len(holes) // 2]
    if wide:
        line = _between(west, east, middle.x)
        halves = (
            (Cell(cell.west, cell.south, line, cell.north), (west, south, line, north)),
            (Cell(line, cell.south, cell.east, cell.north), (line, south, east, north)),
        )
    else:
        line = _between(south, north, middle.y)
        halves = (
            (Cell(cell.west, cell.south, cell.east, line), (west, south, east, line)),
            (Cell(cell.west, line, cell.east, cell.north), (west, line, east, north)),
        )
    for half, edges in halves:
        yield from _cut(shapely.intersection(geometry, box(*edges)), half, depth + 1)
