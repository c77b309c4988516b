"""Polygons of a KML file (OGC 12-007): hostile XML is refused at the one door that CAP comes in by too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alert_management.cap.findings import CapError
from alert_management.cap.xml import Element, local, read_xml
from muster_core.errors import InvalidInputError

_MOST_POSITIONS = 10_000


def polygons_of_kml(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and GeoJSON Polygon of each polygon, in the order of the file; heights are dropped.

    Raises:
        InvalidInputError: it is no KML that we read; says the line where one is to blame.
    """
    try:
        root = read_xml(text.encode()).root
    except CapError as error:
        raise _refused("; ".join(map(str, error.problems))) from error
    if local(root) != "kml":
        raise _refused(f"the document is a '{local(root)}', not kml")
    found = list(_placemarks(root))
    if not found:
        raise _refused("there is no Polygon in it; lines and points have no inside")
    return found


def _placemarks(root: Element) -> Iterator[tuple[str, dict[str, Any]]]:
    left = _MOST_POSITIONS
    for polygon in root.iter("{*}Polygon"):
        rings: list[list[list[float]]] = []
        for boundary in ("outerBoundaryIs", "innerBoundaryIs"):
            for ring in polygon.findall(f"{{*}}{boundary}/{{*}}LinearRing/{{*}}coordinates"):
                positions = _positions(ring)
                left -= len(positions)
                if left < 0:
                    raise _refused(f"has more than {_MOST_POSITIONS} positions")
                rings.append(positions)
        if rings:
            yield _name(polygon), {"type": "Polygon", "coordinates": rings}


def _positions(element: Element) -> list[list[float]]:
    found: list[list[float]] = []
    for word in (element.text or "").split():
        try:
            longitude, latitude = (float(number) for number in word.split(",")[:2])
        except ValueError as error:
            line = element.sourceline or 0
            raise _refused(f"line {line}: '{word[:40]}' is not longitude,latitude") from error
        found.append([longitude, latitude])
    return found


def _name(polygon: Element) -> str:
    """The name of the placemark that a polygon stands in."""
    for above in polygon.iterancestors("{*}Placemark"):
        name = above.findtext("{*}name")
        if name and name.strip():
            return " ".join(name.split())[:200]
    return ""


def _refused(why: str) -> InvalidInputError:
    return InvalidInputError.at("/kml", f"The KML cannot be read: {why}.")
