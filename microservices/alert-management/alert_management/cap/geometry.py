"""Rings on the globe: whether one is sound, and how it lies where longitudes jump or a pole is inside."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.validation import explain_validity

from muster_core.geo import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alert_management.cap.model import Circle, Point, Polygon

CIRCLE_POINTS = 64
WORLD_RADIUS_KM = math.pi * EARTH_RADIUS_KM
"""Half the earth's circumference: no point is farther away."""


def fault_of(polygon: Polygon) -> str | None:
    """Why a ring cannot be an area, or None: too few points, out of range, not closed, crossing itself."""
    return fault_of_points(polygon) or next(iter(crossings([polygon]).values()), None)


def fault_of_points(polygon: Polygon) -> str | None:
    """As `fault_of`, without looking whether the ring crosses itself."""
    for latitude, longitude in polygon:
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            return fault_of_point(latitude, longitude)
    if len(polygon) < 4:
        return f"has {len(polygon)} points; an area needs at least 4, the last equal to the first"
    if polygon[0] != polygon[-1]:
        return "is not closed: its last point must equal its first"
    return None


def crossings(rings: Sequence[Polygon]) -> dict[int, str]:
    """Which of these closed rings cross or touch themselves, and where: all at once, which is ten times cheaper."""
    if not rings:
        return {}
    flat = [on_plane(ring) for ring in rings]
    places = np.repeat(np.arange(len(flat)), [len(ring) for ring in flat])
    lines = shapely.linearrings(np.concatenate([np.array(ring) for ring in flat]), indices=places)
    planes: Any = shapely.polygons(lines)
    untyped: Any = shapely
    simple: Sequence[bool] = untyped.is_valid(planes)
    return {
        place: f"is no simple area: {_in_words(explain_validity(planes[place]))}"
        for place, fine in enumerate(simple)
        if not fine
    }


def fault_of_point(latitude: float, longitude: float) -> str | None:
    """Why this is no place on earth, or None."""
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return None
    if 180 >= abs(latitude) > 90 >= abs(longitude):
        return f"has the latitude {latitude:g}; are latitude and longitude swapped? Latitude comes first"
    return f"has the point {latitude:g},{longitude:g}, which is not on earth"


def on_plane(polygon: Sequence[Point]) -> list[tuple[float, float]]:
    """The ring as (longitude, latitude), longitudes running on past 180 where need be; closed over a pole inside."""
    flat = [(longitude, latitude) for latitude, longitude in polygon]
    if max(flat)[0] - min(flat)[0] <= 180:
        return flat
    ring, longitude = flat[:1], flat[0][0]
    for latitude, east in polygon[1:]:
        longitude = east + 360 * round((longitude - east) / 360)
        ring.append((longitude, latitude))
    if abs(ring[-1][0] - ring[0][0]) > 180:
        pole = math.copysign(90.0, sum(point[0] for point in polygon))
        ring += [(ring[-1][0], pole), (ring[0][0], pole), ring[0]]
    return ring


def ring_of(circle: Circle) -> Polygon:
    """64 points on the sphere at the circle's radius, counter-clockwise from the north, closed."""
    latitude, angle = math.radians(circle.latitude), circle.radius_km / EARTH_RADIUS_KM
    points: list[Point] = []
    for step in range(CIRCLE_POINTS):
        bearing = -2 * math.pi * step / CIRCLE_POINTS
        sine = math.sin(latitude) * math.cos(angle) + math.cos(latitude) * math.sin(
            angle
        ) * math.cos(bearing)
        sine = max(-1.0, min(1.0, sine))
        turn = math.atan2(
            math.sin(bearing) * math.sin(angle) * math.cos(latitude),
            math.cos(angle) - math.sin(latitude) * sine,
        )
        points.append(
            (math.degrees(math.asin(sine)), wrapped(circle.longitude + math.degrees(turn)))
        )
    return (*points, points[0])


def wrapped(longitude: float) -> float:
    """A longitude within -180 to 180."""
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def _in_words(explained: str) -> str:
    """What shapely says, with its place as latitude and longitude."""
    what, _, place = explained.partition("[")
    said = {"Self-intersection": "it crosses itself", "Ring Self-intersection": "it touches itself"}
    numbers = place.rstrip("]").split()
    near = (
        f" near {float(numbers[1]):.5g},{wrapped(float(numbers[0])):.5g}"
        if len(numbers) == 2
        else ""
    )
    return said.get(what.strip(), what.strip().lower()) + near
