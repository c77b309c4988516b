"""Places as people write or say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification.domain.coordinates import parse_coordinates


@pytest.mark.parametrize(
    "text",
    [
        "35.77, -117.599",
        "35.77 -117.599",
        "35,77 -117,599",
        "35.77;-117.599",
        "35.77N 117.599W",
        "35.77°, -117.599°",
        "35°46'12\"N 117°35'56.4\"W",
        "35 46 12 N, 117 35 56.4 W",
        "117°35'56.4\"W 35°46'12\"N",
        "35°46\u203212\u2033N 117°35\u203256.4\u2033W",
        "11S MV 45856 58603",
        "11smv4585658603",
    ],
)
def test_a_place_is_read_however_it_is_written(text: str) -> None:
    found = parse_coordinates(text)

    assert found is not None
    assert found == pytest.approx((-117.599, 35.77), abs=0.0002)


# Made by another implementation (the front end's): each in a zone, a band and a hemisphere of its own.
@pytest.mark.parametrize(
    ("reference", "longitude", "latitude"),
    [
        ("56HLH3487350938", 151.2148, -33.8690),
        ("33UXP0436", 16.4056, 48.1731),
        ("4QFJ12345678", -157.9168, 21.3095),
        ("11SMV4585658603", -117.599, 35.77),
    ],
)
def test_grid_references_lie_where_they_should(
    reference: str, longitude: float, latitude: float
) -> None:
    found = parse_coordinates(reference)

    assert found == pytest.approx((longitude, latitude), abs=0.001)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ridgecrest",
        "95, 20",
        "35.77",
        "35°61'0\"N 117°0'0\"W",
        "35.77, -190",
        "35°46'12\"N 35°46'12\"N",
        "2026-000123",
        "61SMV4585658603",
        "11SIV4585658603",
        "1" * 5000,
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert parse_coordinates(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_coordinates(text)

    assert found is None or (abs(found[0]) <= 180 and abs(found[1]) <= 90)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_is_written_is_read(longitude: float, latitude: float) -> None:
    found = parse_coordinates(f"{latitude:.6f}, {longitude:.6f}")

    assert found == pytest.approx((longitude, latitude), abs=1e-6)
