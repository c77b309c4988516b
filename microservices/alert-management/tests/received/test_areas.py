from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from alert_management.cap.model import Circle
from alert_management.domain.kinds import family_of, kinds_of
from alert_management.service.received.areas import (
    OUTLINE_CORNERS,
    extents_of,
    geometry_of,
    outline_of,
    shared_area,
    shared_codes,
)
from alert_management.service.received.nws import NotBelievedError, alert_of, features_of

FIJI = ((-17.0, 179.0), (-17.0, -179.0), (-18.0, -179.0), (-18.0, 179.0), (-17.0, 179.0))


def square(west: float, south: float, size: float) -> tuple[tuple[float, float], ...]:
    """A ring as CAP writes it, latitude first."""
    east, north = west + size, south + size
    return ((south, west), (south, east), (north, east), (north, west), (south, west))


def test_an_area_across_the_antimeridian_is_two_parts_and_not_the_rest_of_the_world() -> None:
    geometry = geometry_of([FIJI], [])
    assert geometry is not None
    assert geometry["type"] == "MultiPolygon"
    assert shape(geometry).area == pytest.approx(2.0)
    assert len(extents_of(geometry)) == 2


def test_a_circle_without_radius_is_as_wide_as_an_epicentre_is_known() -> None:
    geometry = geometry_of([], [Circle(35.0, -117.0, 0.0)])
    assert geometry is not None
    (((east, north), (west, south)),) = extents_of(geometry)
    assert (north - south) * 111.2 == pytest.approx(10, abs=0.1)
    assert east > -117 > west


def test_a_ring_that_crosses_itself_is_taken_for_what_it_encloses() -> None:
    geometry = geometry_of([((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))], [])
    assert geometry is not None
    assert shape(geometry).is_valid
    assert shape(geometry).area == pytest.approx(0.5)


def test_nothing_is_no_area() -> None:
    assert geometry_of([], []) is None
    assert geometry_of([((1.0, 1.0),) * 4], []) is None
    assert outline_of(None) is None
    assert extents_of(None) == []


def test_an_outline_has_few_corners_and_nearly_the_same_area() -> None:
    rough = geometry_of([], [Circle(40.0, -100.0, 100.0 + 7 * number) for number in range(9)])
    fringed = geometry_of(
        [square(-100 + n * 0.05, 40 + (n % 7) * 0.05, 0.06) for n in range(90)], []
    )
    for geometry in (rough, fringed):
        assert geometry is not None
        outline = outline_of(geometry)
        assert outline is not None
        corners = str(outline["coordinates"]).count(", ")
        assert corners <= 2 * OUTLINE_CORNERS
        assert shape(outline).area == pytest.approx(shape(geometry).area, rel=0.1)


@given(
    st.floats(-170, 160),
    st.floats(-70, 60),
    st.floats(0.5, 8),
    st.floats(-170, 160),
    st.floats(-70, 60),
    st.floats(0.5, 8),
)
def test_what_two_areas_share_is_a_share_and_the_same_from_both_sides(
    west: float, south: float, size: float, west_2: float, south_2: float, size_2: float
) -> None:
    one = geometry_of([square(west, south, size)], [])
    other = geometry_of([square(west_2, south_2, size_2)], [])
    assert one is not None
    assert other is not None
    smaller, both = shared_area(one, other)
    assert 0 <= both <= smaller <= 1
    assert shared_area(other, one) == pytest.approx((smaller, both))
    assert shared_area(one, one) == pytest.approx((1, 1))


def test_areas_far_north_are_compared_true_to_area() -> None:
    tall = geometry_of([((60.0, 0.0), (60.0, 1.0), (80.0, 1.0), (80.0, 0.0), (60.0, 0.0))], [])
    south = geometry_of([((60.0, 0.0), (60.0, 1.0), (70.0, 1.0), (70.0, 0.0), (60.0, 0.0))], [])
    assert tall is not None
    assert south is not None
    # On a plain map half of it; on the globe the southern half is much the larger.
    assert shared_area(tall, south)[1] == pytest.approx(0.619, abs=0.005)


def test_codes_are_shared_as_areas_are() -> None:
    assert shared_codes(["a", "b"], ["b", "c", "d"]) == (0.5, 0.25)
    assert shared_codes([], ["a"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("event", "family"),
    [
        ("Flash Flood Warning", "flood"),
        ("Inondation", "flood"),
        ("HOCHWASSER", "flood"),
        ("Tropical Storm Warning", "tropical cyclone"),
        ("Severe Thunderstorm Warning", "thunderstorm"),
        ("Incendio forestal", "wildfire"),
        ("Überschwemmung", "flood"),
        ("Parade", None),
        ("Prevention", None),
    ],
)
def test_the_words_of_publishers_are_of_one_family(event: str, family: str | None) -> None:
    assert family_of(event) == family


def test_what_no_table_knows_is_compared_by_its_own_words_and_codes() -> None:
    assert kinds_of(["Road  closed!"], ["SAME:XYZ"]) == {"“road closed”", "code SAME:XYZ"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html>", "not-json"),
        (b"{", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'{"type": "FeatureCollection"}', "not-json"),
        (b'{"type": "Feature", "features": []}', "wrong-shape"),
        (b'{"type": "FeatureCollection", "features": {}}', "not-json"),
        (b"\xff\xfe{}", "not-json"),
    ],
)
def test_what_is_no_collection_of_nws_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    with pytest.raises(NotBelievedError) as refused:
        features_of(body)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "Awful"},
        {"sent": "yesterday"},
        {"sent": "2026-07-01T12:00:00"},
        {"expires": "soon"},
        {"headline": 7},
        {"event": "nul\x00byte"},
        {"event": "half \ud800 a character"},
        {"references": [{"identifier": "x"}]},
        {"references": 7},
        {"geocode": ["006077"]},
        {"geometry": {"type": "Point", "coordinates": [0, 0]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 95], [1, 1], [2, 2], [0, 95]]]}},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, "x"], [1, 1], [0, 0]]]}},
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0]] * 100_000]}},
    ],
    ids=str,
)
def test_an_nws_alert_with_anything_wrong_is_refused_alone(
    change: dict[str, Any], make: Any
) -> None:
    with pytest.raises(NotBelievedError):
        alert_of(json.dumps(make.nws(**change)).encode())


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_feature_is_it_is_an_alert_or_not_believed(value: Any) -> None:
    for raw in (json.dumps(value), json.dumps({"properties": value, "geometry": value})):
        with pytest.raises(NotBelievedError):
            alert_of(raw.encode())
