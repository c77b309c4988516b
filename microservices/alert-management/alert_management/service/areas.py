"""Areas: from what was drawn, uploaded or named to sound polygons, with each fault and its place on the map."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import unary_union
from shapely.validation import explain_validity

from alert_management.schemas.answers import AlertFinding
from alert_management.schemas.content import AlertAreaContent, AlertCircle, RoughGeometry
from muster_core.geo import EARTH_RADIUS_KM, polygons_of, split_antimeridian

CIRCLE_CORNERS = 64
WEA_VERTICES = 100
# What may lie outside the jurisdiction: two maps of one border are never quite the same.
_SLIVER = 0.005
_PLACE = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)\]")


def finding(
    level: str, code: str, pointer: str, detail: str, at: Sequence[float] | None = None
) -> AlertFinding:
    """A finding; `at` is longitude and latitude."""
    return AlertFinding(
        level=cast("Any", level),
        code=code,
        pointer=pointer,
        detail=detail,
        at=[round(number, 6) for number in at] if at is not None else None,
    )


def circle_polygon(circle: AlertCircle) -> dict[str, Any]:
    """A circle on the sphere as a GeoJSON area, cut at the antimeridian.

    Raises:
        ValueError: it holds a pole, which no polygon of longitudes and latitudes can.
    """
    angle = circle.radius_km / EARTH_RADIUS_KM
    latitude, longitude = math.radians(circle.latitude), math.radians(circle.longitude)
    if abs(latitude) + angle >= math.pi / 2:
        message = "the circle holds a pole; draw a polygon instead"
        raise ValueError(message)
    ring: list[tuple[float, float]] = []
    for corner in range(CIRCLE_CORNERS):
        bearing = -2 * math.pi * corner / CIRCLE_CORNERS
        there = math.asin(
            math.sin(latitude) * math.cos(angle)
            + math.cos(latitude) * math.sin(angle) * math.cos(bearing)
        )
        turn = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(latitude),
            math.cos(angle) - math.sin(latitude) * math.sin(there),
        )
        ring.append((round(math.degrees(longitude + turn), 6), round(math.degrees(there), 6)))
    ring.append(ring[0])
    return split_antimeridian({"type": "Polygon", "coordinates": [ring]})


def plain(geometry: BaseGeometry) -> dict[str, Any]:
    """A shape as GeoJSON, outer rings counter-clockwise."""
    parts = [orient(part) for part in polygons_of(geometry)]
    found = mapping(parts[0] if len(parts) == 1 else MultiPolygon(parts))
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_lists(one) for one in cast("Sequence[Any]", value)]
    return value


def rings_of(geometry: RoughGeometry) -> Iterator[tuple[str, list[list[float]]]]:
    """Each ring with its pointer within the geometry."""
    polygons: list[list[list[list[float]]]]
    if geometry.type == "Polygon":
        polygons, lead = [geometry.coordinates], "/coordinates"
    else:
        polygons, lead = geometry.coordinates, "/coordinates"
    for number, polygon in enumerate(polygons):
        for index, ring in enumerate(polygon):
            inner = f"/{index}" if geometry.type == "Polygon" else f"/{number}/{index}"
            yield f"{lead}{inner}", ring


def sound_shape(
    geometry: RoughGeometry, pointer: str
) -> tuple[BaseGeometry | None, list[AlertFinding]]:
    """The shape of a geometry if it is one, else each reason why not, with its place."""
    findings: list[AlertFinding] = []
    count = 0
    for where, ring in rings_of(geometry):
        count += 1
        at = ring[0][:2] if ring else None
        if len(ring) < 4:
            text = f"a ring needs at least 4 positions; this one has {len(ring)}"
            findings.append(finding("error", "ring-too-short", pointer + where, text, at))
        elif ring[0][:2] != ring[-1][:2]:
            text = "the ring is not closed: its last position must equal its first"
            findings.append(
                finding("error", "ring-not-closed", pointer + where, text, ring[-1][:2])
            )
    if not count:
        findings.append(finding("error", "area-empty", pointer, "the area has no polygon"))
    if findings:
        return None, findings
    drawn = shape(geometry.model_dump(mode="json"))
    flat: BaseGeometry = shapely.force_2d(drawn)  # pyright: ignore[reportUnknownMemberType]
    if not flat.is_valid:
        return None, [_unsound(flat, pointer)]
    if flat.area == 0:
        at = next(rings_of(geometry))[1][0][:2]
        return None, [finding("error", "area-empty", pointer, "the area encloses nothing", at)]
    return flat, []


def _unsound(geometry: BaseGeometry, pointer: str) -> AlertFinding:
    reason = explain_validity(geometry)
    place = _PLACE.search(reason)
    at = (float(place[1]), float(place[2])) if place else None
    words = reason.split("[")[0].strip().lower()
    code = "self-crossing" if "self-intersection" in words else "area-unsound"
    said = (
        "the area crosses itself" if code == "self-crossing" else f"the area is not sound: {words}"
    )
    where = f" at {at[1]:.5f}, {at[0]:.5f} (latitude, longitude)" if at else ""
    return finding("error", code, pointer, said + where, at)


def shape_of(
    area: AlertAreaContent, pointer: str
) -> tuple[BaseGeometry | None, list[AlertFinding]]:
    """What an area covers, a circle made a polygon."""
    if area.circle is not None:
        try:
            return shape(circle_polygon(area.circle)), []
        except ValueError as error:
            at = (area.circle.longitude, area.circle.latitude)
            return None, [finding("error", "holds-pole", f"{pointer}/circle", str(error), at)]
    if area.geometry is not None:
        return sound_shape(area.geometry, f"{pointer}/geometry")
    return None, [
        finding("error", "no-geometry", pointer, "draw the area, or choose a boundary or a circle")
    ]


def vertices_of(geometry: BaseGeometry) -> int:
    """How many corners a shape has, the closing ones not counted."""
    return sum(
        len(ring.coords) - 1
        for part in polygons_of(geometry)
        for ring in (part.exterior, *part.interiors)
    )


def area_km2(geometry: BaseGeometry) -> float:
    """The area on the sphere in km², by an equal-area projection (Lambert's cylinder)."""

    def projected(positions: Any) -> Any:
        out = positions.copy()
        out[:, 0] = [math.radians(one) * EARTH_RADIUS_KM for one in positions[:, 0]]
        out[:, 1] = [math.sin(math.radians(one)) * EARTH_RADIUS_KM for one in positions[:, 1]]
        return out

    return round(float(shapely.transform(geometry, projected).area), 3)


def outside(
    geometry: BaseGeometry, jurisdiction: dict[str, Any] | None, pointer: str
) -> list[AlertFinding]:
    """What lies beyond the area that the organization may alert."""
    if jurisdiction is None:
        return []
    beyond = geometry.difference(shape(jurisdiction))
    share = beyond.area / geometry.area
    if share <= _SLIVER:
        return []
    place = max(polygons_of(beyond), key=lambda part: part.area, default=None)
    at = place.representative_point().coords[0] if place is not None else None
    text = f"{max(1, round(100 * share))} % of the area lies outside the area of your organization"
    return [finding("error", "outside-jurisdiction", pointer, text, at)]


def inside(geometry: BaseGeometry, jurisdiction: dict[str, Any] | None) -> BaseGeometry:
    """What of a shape lies within the jurisdiction; all of it while that is not known."""
    if jurisdiction is None:
        return geometry
    kept = geometry.intersection(shape(jurisdiction))
    parts = [part for part in _parts(kept) if part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _parts(geometry: BaseGeometry) -> list[Polygon]:
    if geometry.geom_type == "GeometryCollection":
        return [part for one in cast("Any", geometry).geoms for part in _parts(one)]
    return polygons_of(geometry)


def joined(shapes: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """Several shapes as one."""
    if not shapes:
        return None
    return unary_union(list(shapes))


def extent_of(
    areas: Sequence[AlertAreaContent],
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The north-east and south-west corners of the box around what is sound of some areas."""
    shapes = [found for area in areas if (found := shape_of(area, "")[0]) is not None]
    if not shapes:
        return None
    west, south, east, north = cast("BaseGeometry", joined(shapes)).bounds
    return (east, north), (west, south)
