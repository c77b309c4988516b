"""Areas to and from GeoJSON (RFC 7946): longitude first outside, latitude first and without holes in CAP."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Point, box, mapping, shape
from shapely.geometry import Polygon as Plane
from shapely.geometry.polygon import orient

from alert_management.cap.geometry import on_plane, ring_of
from alert_management.cap.model import Area, Circle, Polygon
from muster_core.geo import polygons_of, split_antimeridian

_HEMISPHERE_KM = 10_007.0
"""A circle beyond a quarter of the circumference covers more than half the earth, which no ring can tell from less."""
_WORLD = box(-180, -90, 180, 90)


def to_geojson(area: Area) -> dict[str, Any] | None:
    """The union of an area's polygons and circles (64 points each): a Polygon or MultiPolygon after RFC 7946.

    A Point where the area is one circle of radius 0; None where it is geocodes only.
    """
    parts = [Plane(on_plane(ring)) for ring in area.polygons]
    parts += [_disk(circle) for circle in area.circles if circle.radius_km > 0]
    if not parts:
        return next(
            ({"type": "Point", "coordinates": [c.longitude, c.latitude]} for c in area.circles),
            None,
        )
    cut = [shape(split_antimeridian(dict(mapping(part)))) for part in parts]
    return _plain(shapely.union_all([part.buffer(0) for part in cut]))


def from_geojson(geometry: dict[str, Any], description: str) -> Area:
    """A valid Polygon or MultiPolygon as an area, its holes cut open; a Point becomes a circle of radius 0.

    Raises:
        ValueError: another kind of geometry.
    """
    found = shape(geometry)
    if isinstance(found, Point):
        return Area(description=description, circles=(Circle(found.y, found.x, 0.0),))
    whole = polygons_of(found)
    if not whole:
        raise ValueError(f"an area is a Polygon or a MultiPolygon, not a {geometry.get('type')}")
    simple = [piece for part in whole for piece in _without_holes(part)]
    return Area(description=description, polygons=tuple(map(_ring, simple)))


def _without_holes(area: Plane) -> list[Plane]:
    """The same area in pieces without holes, cut from north to south through the middle of each hole."""
    if not area.interiors:
        return [area]
    west, south, east, north = area.bounds
    middles = sorted((hole.bounds[0] + hole.bounds[2]) / 2 for hole in area.interiors)
    middle = middles[len(middles) // 2]
    halves = (box(west, south, middle, north), box(middle, south, east, north))
    return [
        piece
        for half in halves
        for part in _areas(area.intersection(half))
        for piece in _without_holes(part)
    ]


def _areas(geometry: Any) -> list[Plane]:
    """The polygons of what a cut leaves, lines and points left aside."""
    parts: list[Any] = list(getattr(geometry, "geoms", [geometry]))
    return [one for part in parts for one in polygons_of(part) if one.area > 0]


def _ring(area: Plane) -> Polygon:
    return tuple((latitude, longitude) for longitude, latitude, *_ in orient(area).exterior.coords)


def _disk(circle: Circle) -> Plane:
    if circle.radius_km > _HEMISPHERE_KM:
        return _WORLD
    return Plane(on_plane(ring_of(circle)))


def _plain(geometry: shapely.Geometry) -> dict[str, Any]:
    parts = [orient(part) for part in polygons_of(geometry)]  # pyright: ignore[reportArgumentType]
    found = mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts))
    return {"type": found["type"], "coordinates": _listed(found["coordinates"])}


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, (tuple, list)) else value  # pyright: ignore[reportUnknownVariableType]
