"""Geometry at the edges: GeoJSON (RFC 7946), longitude first, WGS 84 degrees; validated before it goes further."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import shapely
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from shapely.geometry import MultiPolygon, Polygon, box, mapping, shape
from shapely.geometry.polygon import orient
from shapely.validation import explain_validity

from muster_core.errors import InvalidInputError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MAXIMUM_VERTICES = 10_000
EARTH_RADIUS_KM = 6371.0088

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=False)]


def _position(value: list[float]) -> list[float]:
    longitude, latitude = value[0], value[1]
    if not all(math.isfinite(number) for number in value):
        message = "coordinates must be finite numbers"
        raise ValueError(message)
    if abs(latitude) > 90:
        hint = (
            "; are longitude and latitude swapped? Longitude comes first"
            if abs(longitude) <= 90
            else ""
        )
        message = f"latitude {latitude:g} is outside -90 to 90{hint}"
        raise ValueError(message)
    if abs(longitude) > 180:
        message = f"longitude {longitude:g} is outside -180 to 180"
        raise ValueError(message)
    return value


Coordinates = Annotated[
    list[Annotated[float, Field(allow_inf_nan=False)]],
    Field(min_length=2, max_length=3),
    AfterValidator(_position),
]


class _Geometry(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PointGeometry(_Geometry):
    """A GeoJSON Point: `[longitude, latitude]`, with metres above the ellipsoid as an optional third."""

    type: Literal["Point"]
    coordinates: Coordinates

    @property
    def longitude(self) -> float:
        """Degrees east."""
        return self.coordinates[0]

    @property
    def latitude(self) -> float:
        """Degrees north."""
        return self.coordinates[1]


Ring = Annotated[list[Coordinates], Field(min_length=4, max_length=MAXIMUM_VERTICES)]


class _Area(_Geometry):
    @model_validator(mode="after")
    def _is_sound(self) -> _Area:
        polygons = cast("list[list[list[list[float]]]]", self._polygons())
        total = sum(len(ring) for polygon in polygons for ring in polygon)
        if total > MAXIMUM_VERTICES:
            message = f"has {total} vertices; at most {MAXIMUM_VERTICES} are accepted"
            raise ValueError(message)
        for number, polygon in enumerate(polygons):
            for index, ring in enumerate(polygon):
                if ring[0] != ring[-1]:
                    message = f"ring {index} of polygon {number} is not closed: its last position must equal its first"
                    raise ValueError(message)
        geometry = shape(self.model_dump())
        if not geometry.is_valid:
            message = f"is not a valid area: {explain_validity(geometry)}"
            raise ValueError(message)
        if geometry.is_empty or geometry.area == 0:
            message = "encloses nothing"
            raise ValueError(message)
        return self

    def _polygons(self) -> object:
        raise NotImplementedError


class PolygonGeometry(_Area):
    """A GeoJSON Polygon: outer ring, then holes; each ring closed."""

    type: Literal["Polygon"]
    coordinates: Annotated[list[Ring], Field(min_length=1, max_length=1000)]

    def _polygons(self) -> object:
        return [self.coordinates]


class MultiPolygonGeometry(_Area):
    """A GeoJSON MultiPolygon."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[
        list[Annotated[list[Ring], Field(min_length=1, max_length=1000)]],
        Field(min_length=1, max_length=1000),
    ]

    def _polygons(self) -> object:
        return self.coordinates


AreaGeometry = Annotated[PolygonGeometry | MultiPolygonGeometry, Field(discriminator="type")]


def to_geojson(geometry: PointGeometry | PolygonGeometry | MultiPolygonGeometry) -> dict[str, Any]:
    """A geometry as a plain GeoJSON object; areas with their outer rings counter-clockwise (RFC 7946, 3.1.6)."""
    plain = geometry.model_dump(mode="json")
    if isinstance(geometry, PointGeometry):
        return plain
    area = shape(plain)
    parts = [orient(part) for part in polygons_of(area)]
    return _plain(parts[0] if len(parts) == 1 else MultiPolygon(parts))


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of an area, in order."""
    if isinstance(geometry, Polygon):
        return [geometry]
    if isinstance(geometry, MultiPolygon):
        return list(geometry.geoms)
    return []


def _plain(geometry: BaseGeometry) -> dict[str, Any]:
    def listed(value: Any) -> Any:
        return [listed(item) for item in value] if isinstance(value, (tuple, list)) else value  # pyright: ignore[reportUnknownVariableType]

    found = mapping(geometry)
    return {"type": found["type"], "coordinates": listed(found["coordinates"])}


def distance_km(longitude: float, latitude: float, area: dict[str, Any]) -> float:
    """Great-circle distance in km from a point to an area (GeoJSON), 0 inside it.

    The nearest point is found on the plane after moving the point to the area's side of the antimeridian, then
    measured on the sphere: exact inside, within 1 % for areas smaller than a few hundred km.
    """
    geometry = shape(area)
    centre = geometry.centroid.x
    shifted = longitude + 360 * round((centre - longitude) / 360)
    # Scale longitudes so that the plane is locally true.
    scale = max(math.cos(math.radians(latitude)), 0.01)
    plane = shapely.transform(geometry, lambda xy: xy * [scale, 1.0])
    point = shapely.Point(shifted * scale, latitude)
    if plane.contains(point):
        return 0.0
    line = shapely.shortest_line(point, plane)  # pyright: ignore[reportUnknownMemberType]
    nearest = line.coords[-1]
    return great_circle_km(longitude, latitude, nearest[0] / scale, nearest[1])


def great_circle_km(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Distance in km between two points in degrees, on a sphere of the earth's mean radius (haversine)."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


class BBox(BaseModel):
    """A bounding box in degrees; `west` greater than `east` crosses the antimeridian (RFC 7946, 5.2)."""

    model_config = ConfigDict(frozen=True)

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> BBox:
        """Read `west,south,east,north`.

        Raises:
            InvalidInputError: not four numbers, out of range, or upside down.
        """
        try:
            numbers = [float(part) for part in text.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
            raise _bad_box("must be four numbers: west,south,east,north in degrees")
        west, south, east, north = numbers
        if not (-180 <= west <= 180 and -180 <= east <= 180):
            raise _bad_box("west and east must lie between -180 and 180")
        if not -90 <= south <= north <= 90:
            raise _bad_box("south and north must lie between -90 and 90, south first")
        return cls(west=west, south=south, east=east, north=north)

    def boxes(self) -> list[tuple[float, float, float, float]]:
        """One box, or two where it crosses the antimeridian: (west, south, east, north) each."""
        if self.west <= self.east:
            return [(self.west, self.south, self.east, self.north)]
        return [
            (self.west, self.south, 180.0, self.north),
            (-180.0, self.south, self.east, self.north),
        ]

    def sql(self, column: str) -> str:
        """A condition for a `point` column with a GiST index. The numbers are ours, checked by `parse`."""
        parts = [
            f"{column} <@ box(point({west!r},{south!r}), point({east!r},{north!r}))"
            for west, south, east, north in self.boxes()
        ]
        return f"({' OR '.join(parts)})"


def split_antimeridian(area: dict[str, Any]) -> dict[str, Any]:
    """Cut an area whose longitudes run past 180 into parts within -180 to 180."""
    geometry = shape(area)
    west, _, east, _ = geometry.bounds
    parts: list[Polygon] = []
    for turn in range(math.floor((west + 180) / 360), math.floor((east + 180) / 360) + 1):
        window = box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        moved = shapely.transform(
            geometry.intersection(window), lambda xy, turn=turn: xy - [360.0 * turn, 0.0]
        )
        parts.extend(part for part in polygons_of(moved) if part.area > 0)
    return _plain(parts[0] if len(parts) == 1 else MultiPolygon(parts))


def point_sql(column: str) -> str:
    """SQL that turns a `point` column into GeoJSON, NULL for NULL."""
    return (
        f"CASE WHEN {column} IS NULL THEN NULL ELSE json_build_object('type', 'Point', 'coordinates',"
        f" json_build_array(({column})[0], ({column})[1])) END"
    )


def _bad_box(detail: str) -> InvalidInputError:
    return InvalidInputError.at("/bbox", detail, location="query")
