"""Cells that a spreadsheet shows and does not run."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: str) -> str:
    """`=cmd()` becomes `'=cmd()`; a telephone number with its plus sign too."""
    return f"'{value}" if value.startswith(_FORMULA) else value
