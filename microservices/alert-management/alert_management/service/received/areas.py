"""The areas of alerts on the globe: from CAP's polygons and circles to one geometry, and how much two of them share.

Positions come latitude first, as CAP has them; geometries are GeoJSON within -180 to 180, longitude first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.ops import unary_union

from alert_management.cap.geometry import on_plane, ring_of
from alert_management.cap.model import Circle
from alert_management.cap.model import Polygon as CapPolygon
from muster_core.geo import polygons_of, split_antimeridian

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Geometry = dict[str, Any]
Extent = tuple[tuple[float, float], tuple[float, float]]
LEAST_RADIUS_KM = 5.0
"""Publishers write a circle without radius for a point, such as an epicentre, which they know no better than this."""
OUTLINE_CORNERS = 200
MOST_BOXES = 50


def geometry_of(polygons: Iterable[CapPolygon], circles: Iterable[Circle]) -> Geometry | None:
    """All areas as one geometry, cut at the antimeridian; None if they enclose nothing.

    What crosses itself is taken for all that it encloses.
    """
    wide = [replace(one, radius_km=max(one.radius_km, LEAST_RADIUS_KM)) for one in circles]
    rings = [*polygons, *(ring_of(circle) for circle in wide)]
    parts = [shapely.make_valid(Polygon(on_plane(ring))) for ring in rings if len(ring) >= 4]
    cut = [
        shape(split_antimeridian(mapping(polygon)))
        for part in parts
        for polygon in _areas(part)
        if polygon.area > 0
    ]
    return _plain(unary_union(cut)) if cut else None


def union_of(geometries: Iterable[Geometry]) -> Geometry | None:
    """Several areas as one."""
    return _plain(unary_union([shapely.make_valid(shape(one)) for one in geometries]))


def _areas(geometry: BaseGeometry) -> list[Polygon]:
    inner = getattr(geometry, "geoms", None)
    if isinstance(geometry, (Polygon, MultiPolygon)) or inner is None:
        return polygons_of(geometry)
    return [polygon for part in inner for polygon in polygons_of(part)]


def outline_of(geometry: Geometry | None) -> Geometry | None:
    """The same area with at most about 200 corners, for maps, lists and comparisons."""
    if geometry is None:
        return None
    area = shape(geometry)
    tolerance = 0.0005
    while _corners(area) > OUTLINE_CORNERS and tolerance < 5:
        tolerance *= 2
        simpler = area.simplify(tolerance)
        if simpler.is_empty or not polygons_of(simpler):
            break
        area = simpler
    return _plain(area)


def _corners(geometry: BaseGeometry) -> int:
    parts = polygons_of(geometry)
    return sum(len(ring.coords) for part in parts for ring in (part.exterior, *part.interiors))


def extents_of(geometry: Geometry | None) -> list[Extent]:
    """The boxes around its parts, north-east corner first; one around all where it has very many."""
    if geometry is None:
        return []
    area = shape(geometry)
    parts = polygons_of(area)
    boxes = [part.bounds for part in parts] if len(parts) <= MOST_BOXES else [area.bounds]
    return [((east, north), (west, south)) for west, south, east, north in boxes]


def shared_area(one: Geometry, other: Geometry) -> tuple[float, float]:
    """What two areas share: as a part of the smaller one, and of both together; true to area on the globe."""
    first, second = _equal_area(one), _equal_area(other)
    shared = first.intersection(second).area
    return _shares(shared, first.area, second.area)


def shared_codes(one: Collection[str], other: Collection[str]) -> tuple[float, float]:
    """The same for areas that are named by codes."""
    first, second = set(one), set(other)
    return _shares(len(first & second), len(first), len(second))


def _shares(shared: float, first: float, second: float) -> tuple[float, float]:
    smaller, both = min(first, second), first + second - shared
    if smaller <= 0:
        return 0.0, 0.0
    return min(1.0, shared / smaller), min(1.0, shared / both)


def _equal_area(geometry: Geometry) -> BaseGeometry:
    """Lambert's cylindrical projection: the sine of the latitude upwards keeps areas true."""

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([xy[:, 0], np.degrees(np.sin(np.radians(xy[:, 1])))])

    return shapely.make_valid(shapely.transform(shape(geometry), project))


def _plain(geometry: BaseGeometry) -> Geometry | None:
    parts = [part for part in _areas(geometry) if part.area > 0]
    if not parts:
        return None
    found = mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts))
    return {"type": found["type"], "coordinates": _listed(found["coordinates"])}


def _listed(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_listed(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return round(float(value), 6)
