"""Every row of the fault matrix has a story that exists; only what is not built yet may wait for one."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reliability.md"
DESIGN = ROOT.parent / "shared" / "design" / "reliability.md"
LATER: set[tuple[str, str]] = set()


def _rows(text: str) -> list[list[str]]:
    """The matrix: the table whose first heading is `component`; an empty first cell is that of the row above."""
    table = text[text.index("| component |") :].split("\n\n", maxsplit=1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    rows = rows[2:]
    for above, row in pairwise(rows):
        row[0] = row[0] or above[0]
    return rows


ROWS = _rows(PAGE.read_text(encoding="utf-8"))


def _stories(row: list[str]) -> list[tuple[str, str]]:
    return re.findall(r"`([^`:]+\.py)::(\w+)`", row[3])


def _tests_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS])
def test_a_row_of_the_matrix_has_its_stories(row: list[str]) -> None:
    stories = _stories(row)
    if not stories:
        assert (row[0], row[1]) in LATER, "write a story for this fault, and name it here"
        assert "later: " in row[3], "say which later part brings the story"
    for path, name in stories:
        assert (ROOT / path).is_file(), f"{path} is gone"
        assert name in _tests_in(ROOT / path), f"{path} has no {name}"


def test_no_row_of_the_design_is_left_out() -> None:
    if not DESIGN.is_file():
        return  # the design lies beside the repository where it is built, and nowhere else
    designed = {(row[0], row[1]) for row in _rows(DESIGN.read_text(encoding="utf-8"))}
    assert designed <= {(row[0], row[1]) for row in ROWS}
