"""Areas in pieces: every point of an area lies in exactly one piece, and no other point in any."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, shape
from shapely.geometry.polygon import Polygon

from muster_core.errors import InvalidInputError
from notification.pieces import CORNERS, DECIMALS, Piece, cut


def ring(longitude: float, latitude: float, degrees: float, corners: int) -> list[list[float]]:
    """A ragged circle."""
    found = [
        [
            longitude + degrees * (1 + 0.3 * math.sin(7 * turn)) * math.cos(turn),
            latitude + degrees * (1 + 0.3 * math.sin(7 * turn)) * math.sin(turn),
        ]
        for turn in (2 * math.pi * number / corners for number in range(corners))
    ]
    return [*found, found[0]]


def holds(piece: Piece, longitude: float, latitude: float) -> bool:
    cell = piece.cell
    inside = cell.west <= longitude < cell.east and cell.south <= latitude < cell.north
    return inside and Polygon(piece.ring).buffer(1e-9).covers(Point(longitude, latitude))


RAGGED: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [ring(10, 50, 2, 500), ring(10, 50, 0.4, 60), ring(11, 50.3, 0.2, 30)],
}


@settings(max_examples=300)
@given(st.floats(7, 13), st.floats(47, 53))
def test_a_point_is_found_once_where_the_area_is_and_never_elsewhere(
    longitude: float, latitude: float
) -> None:
    area = shape(RAGGED)
    point = Point(longitude, latitude)
    if area.boundary.distance(point) < 1e-6:
        return

    found = sum(holds(piece, longitude, latitude) for piece in PIECES)

    assert found == (1 if area.contains(point) else 0)


PIECES = cut(RAGGED)


def test_pieces_are_small_and_have_no_holes() -> None:
    assert max(len(piece.ring) for piece in PIECES) <= CORNERS
    assert sum(Polygon(piece.ring).area for piece in PIECES) == pytest.approx(shape(RAGGED).area)


def test_cuts_go_between_the_places_that_are_kept() -> None:
    assert all(piece.cell.between for piece in PIECES)
    for piece in PIECES:
        for edge in (piece.cell.west, piece.cell.east, piece.cell.south, piece.cell.north):
            assert math.isinf(edge) or abs(edge - round(edge, DECIMALS)) > 0.4 * 10**-DECIMALS


def test_an_area_too_small_for_that_is_cut_all_the_same() -> None:
    pieces = cut({"type": "Polygon", "coordinates": [ring(10.0001, 50, 2e-5, 60)]})

    assert not all(piece.cell.between for piece in pieces)
    assert sum(holds(piece, 10.0001, 50) for piece in pieces) == 1


def test_an_area_past_the_antimeridian_goes_on_beyond_it() -> None:
    pieces = cut({"type": "Polygon", "coordinates": [ring(180, -17, 3, 40)]})

    assert any(holds(piece, 179.5, -17) for piece in pieces)
    assert any(holds(piece, -179.5, -17) for piece in pieces)
    assert all(-180 <= x <= 180 for piece in pieces for x, _ in piece.ring)


def test_areas_that_overlap_count_once() -> None:
    first = {"type": "Polygon", "coordinates": [ring(10, 50, 2, 40)]}
    second = {"type": "Polygon", "coordinates": [ring(10.5, 50, 2, 40)]}

    assert sum(holds(piece, 10.2, 50.1) for piece in cut(first, second)) == 1


def test_a_hundred_small_holes_are_opened() -> None:
    holes = [ring(9 + x / 10, 49 + y / 10, 0.02, 12) for x in range(10) for y in range(10)]
    area = {"type": "Polygon", "coordinates": [ring(9.5, 49.5, 2, 100), *holes]}

    pieces = cut(area)

    assert not any(holds(piece, 9.3, 49.4) for piece in pieces)
    assert sum(holds(piece, 9.35, 49.45) for piece in pieces) == 1


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, "x"], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 95], [1, 95], [1, 99], [0, 95]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [math.inf, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [math.nan, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": "0 0"},
        {"type": "Polygon", "coordinates": {"a": 1}},
        {"type": "Polygon", "coordinates": None},
        {},
    ],
)
def test_what_is_no_area_is_refused(area: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        cut(area)
