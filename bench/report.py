"""The table of results: on the terminal, and as docs/performance.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOTHING = "-"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


@dataclass(frozen=True)
class Row:
    """One figure: ours, the physical limit measured in the same run, and what we promised."""

    what: str
    ours: str
    limit: str
    ratio: str
    target: str
    missed: bool


def share(what: str, ours: float, limit: float, at_least: float) -> Row:
    """Requests per second as a share of what pgbench does with the same statements."""
    ratio = ours / limit
    return Row(
        what,
        f"{ours:,.0f}/s",
        f"pgbench {limit:,.0f}/s",
        f"{ratio:.1%}",
        f"at least {at_least:.0%}" if at_least else NOTHING,
        ratio < at_least,
    )


def duration(what: str, ours: float, limit: str, at_most: float | None) -> Row:
    """A time in seconds, with an upper bound."""
    return Row(
        what,
        f"{ours:.3f} s",
        limit,
        NOTHING,
        f"under {at_most:g} s" if at_most else NOTHING,
        at_most is not None and ours >= at_most,
    )


def table(rows: list[Row]) -> list[str]:
    """Markdown."""
    return [
        "| what | Muster | limit, same run | ratio | target | |",
        "|---|---|---|---|---|---|",
        *(
            f"| {r.what} | {r.ours} | {r.limit} | {r.ratio} | {r.target} | {_verdict(r)} |"
            for r in rows
        ),
    ]


def _verdict(row: Row) -> str:
    if row.target == NOTHING:
        return ""
    return "missed" if row.missed else "met"


def show(rows: list[Row]) -> None:
    """Print the table."""
    print("\n".join(table(rows)))


def write(rows: list[Row], seconds: float) -> None:
    """Write the page."""
    today = datetime.now(UTC).date().isoformat()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; do not edit. Rates depend on the machine and on what else it does; the ratios",
        "compare with the limit measured in the same run: `pgbench` running the very statements that one request",
        "makes the API send (taken from PostgreSQL's log), or a bare loop that writes to as many sockets.",
        "",
        *table(rows),
        "",
        (
            f"Measured on {today} in {seconds:.0f} s: {os.cpu_count()} cores, {memory:.0f} GiB,"
            f" Python {platform.python_version()}, PostgreSQL 18 with fsync on, one API process."
        ),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
