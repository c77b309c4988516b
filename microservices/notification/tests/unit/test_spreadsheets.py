"""Lists as files: hostile, broken, or written by some spreadsheet program."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification.spreadsheets import FORMULA, MOST_ROWS, ListError, read_rows, write_rows

COLUMNS = frozenset({"phone", "name", "coordinates"})


def faults_of(body: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(ListError) as refused:
        read_rows(body, COLUMNS)
    return refused.value.faults


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_list_is_read_as_spreadsheet_programs_write_it(separator: str) -> None:
    lines = [
        "Phone,Name,Coordinates",
        '+1 415 555 2671,Ana,"35.77 -117.6"',
        ",,",
        "'+49 30 1,Bo,1 2",
    ]
    body = ("\ufeff" + "\r\n".join(lines).replace(",", separator)).encode()

    rows = read_rows(body, COLUMNS)

    assert rows == [
        (2, {"phone": "+1 415 555 2671", "name": "Ana", "coordinates": "35.77 -117.6"}),
        (4, {"phone": "+49 30 1", "name": "Bo", "coordinates": "1 2"}),
    ]


@pytest.mark.parametrize("start", FORMULA)
def test_a_cell_that_begins_like_a_formula_is_named_by_row_and_column(start: str) -> None:
    body = f'phone,name\n+14155552671,"{start}cmd|calc"\n'.encode()

    assert faults_of(body) == [(2, "name", "begins like a formula")]


def test_a_sign_is_no_formula_where_numbers_stand_and_an_equals_sign_always_is() -> None:
    assert read_rows(b"coordinates\n-33 151\n", COLUMNS) == [(2, {"coordinates": "-33 151"})]
    assert faults_of(b"phone\n=1+1\n") == [(2, "phone", "begins like a formula")]


@pytest.mark.parametrize(
    ("body", "row", "what"),
    [
        (b"", 1, "has no rows"),
        (b"phone\n", 1, "has no rows"),
        (b"phone,shoe size\n1,2\n", 1, "column 2 is none we know"),
        (b"phone,phone\n1,2\n", 1, "stands twice"),
        (b"phone\n1,2\n", 2, "has 2 cells for 1 columns"),
        (b'phone\n"1\n', 2, "cannot be read"),
        (b"phone\n\xff\n", 2, "is not UTF-8"),
        (b"phone\n1\0\n", 2, "has a NUL"),
        (b"phone\n" + b"1\n" * (MOST_ROWS + 1), MOST_ROWS + 2, "is one too many"),
        (b"name\n" + b"x" * 200_000, 2, "cannot be read"),
    ],
)
def test_a_broken_list_is_refused_at_its_row(body: bytes, row: int, what: str) -> None:
    number, _, detail = faults_of(body)[0]

    assert what in detail
    assert number == row


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_no_cell_that_leaves_begins_like_a_formula(cells: list[str]) -> None:
    whole = b"".join(write_rows(["name"], iter([{"name": cell} for cell in cells])))

    text = whole.decode("utf-8-sig", "surrogatepass")
    for (cell,) in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        assert not cell.startswith(FORMULA)
