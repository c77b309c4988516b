from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from alert_management.cap import Area, Circle, Reading, Value, geojson, parse_many
from alert_management.cap.geometry import fault_of, ring_of
from alert_management.cap.testing import CORPUS_FOLDER, an_area
from muster_core.geo import great_circle_km

SQUARE = ((46.1, 7.1), (46.1, 7.2), (46.2, 7.2), (46.2, 7.1), (46.1, 7.1))


def area(*polygons: Any, circles: Any = ()) -> Area:
    return an_area(polygons=polygons, circles=circles)


def test_longitude_comes_first_outside_and_latitude_first_in_cap() -> None:
    outside = geojson.to_geojson(area(SQUARE))

    assert outside is not None
    assert outside["type"] == "Polygon"
    assert [7.1, 46.1] in outside["coordinates"][0]
    back = geojson.from_geojson(outside, "Lower town")
    assert back.description == "Lower town"
    assert set(back.polygons[0]) == set(SQUARE)
    assert fault_of(back.polygons[0]) is None


@given(latitude=st.floats(-80, 80), longitude=st.floats(-179, 179), radius=st.floats(0.1, 500))
def test_a_circle_has_64_points_at_its_radius(
    latitude: float, longitude: float, radius: float
) -> None:
    ring = ring_of(Circle(latitude, longitude, radius))

    assert len(set(ring)) == 64
    assert ring[0] == ring[-1]
    for point in ring:
        assert great_circle_km(longitude, latitude, point[1], point[0]) == pytest.approx(
            radius, rel=1e-6, abs=1e-6
        )


def test_what_overlaps_becomes_one_area() -> None:
    both = geojson.to_geojson(area(SQUARE, circles=(Circle(46.1, 7.1, 5),)))
    apart = geojson.to_geojson(area(SQUARE, circles=(Circle(48, 9, 5),)))

    assert both is not None
    assert apart is not None
    assert (both["type"], apart["type"]) == ("Polygon", "MultiPolygon")
    assert shape(both).is_valid
    assert shape(apart).is_valid


@pytest.mark.parametrize(("circles", "kind"), [((Circle(46.1, 7.1, 0),), "Point"), ((), None)])
def test_a_point_is_a_point_and_geocodes_alone_are_nothing(circles: Any, kind: str | None) -> None:
    found = geojson.to_geojson(an_area(polygons=(), circles=circles, geocodes=(Value("a", "b"),)))

    assert (found and found["type"]) == kind


def test_an_area_across_the_antimeridian_is_cut_there() -> None:
    fiji = ((-16, 178), (-16, -178), (-18, -178), (-18, 178), (-16, 178))

    found = geojson.to_geojson(area(fiji))

    assert fault_of(fiji) is None
    assert found is not None
    assert found["type"] == "MultiPolygon"
    assert shape(found).area == pytest.approx(8)
    assert shape(found).contains(Point(179, -17))
    assert shape(found).contains(Point(-179, -17))
    back = geojson.from_geojson(found, "Fiji")
    assert len(back.polygons) == 2
    again = geojson.to_geojson(back)
    assert again is not None
    assert shape(again).equals(shape(found))


@pytest.mark.parametrize("south", [1, -1])
def test_a_circle_around_a_pole_holds_the_pole(south: int) -> None:
    found = geojson.to_geojson(area(circles=(Circle(88 * south, 30, 500),)))

    assert found is not None
    whole = shape(found)
    assert whole.is_valid
    for longitude in (-179, -90, 0, 90, 179):
        assert whole.contains(Point(longitude, 89.9 * south))
    assert not whole.contains(Point(-150, 80 * south))


def test_a_circle_larger_than_half_the_world_is_the_world() -> None:
    found = geojson.to_geojson(area(circles=(Circle(0, 0, 15_000),)))

    assert found is not None
    assert shape(found).area == 360 * 180


def test_holes_are_cut_open_and_stay_empty() -> None:
    outer = [[7.0, 46.0], [8.0, 46.0], [8.0, 47.0], [7.0, 47.0], [7.0, 46.0]]
    holes = [
        [[x, y], [x, y + 0.1], [x + 0.1, y + 0.1], [x + 0.1, y], [x, y]]
        for x, y in ((7.2, 46.2), (7.25, 46.6), (7.7, 46.4))
    ]
    with_holes = {"type": "Polygon", "coordinates": [outer, *holes]}

    found = geojson.from_geojson(with_holes, "Around the lakes")

    assert len(found.polygons) > 1
    assert all(fault_of(ring) is None for ring in found.polygons)
    again = geojson.to_geojson(found)
    assert again is not None
    assert shape(again).symmetric_difference(shape(with_holes)).area < 1e-9


def test_a_line_is_no_area() -> None:
    with pytest.raises(ValueError, match="not a LineString"):
        geojson.from_geojson({"type": "LineString", "coordinates": [[7, 46], [8, 46]]}, "x")


@pytest.mark.parametrize(
    "name", ["google_canada.cap", "fpas_gdacs-cap_1001150.xml"] if CORPUS_FOLDER else []
)
def test_real_areas_become_valid_geojson(name: str) -> None:
    assert CORPUS_FOLDER
    (reading,) = parse_many((CORPUS_FOLDER / name).read_bytes())
    assert isinstance(reading, Reading)
    for info in reading.alert.infos:
        for one in info.areas:
            found = geojson.to_geojson(one)
            assert found is None or shape(found).is_valid
