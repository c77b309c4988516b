"""`make bench`: measures, prints, and writes docs/performance.md; with names of parts it only prints."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench import api, audience, deliveries, feeds, host, messages, search
from bench.report import Row, show, write

# The starts first, while the machine has nothing else to do.
PARTS = {
    "host": host.measure,
    "api": api.measure,
    "messages": messages.measure,
    "search": search.measure,
    "feeds": feeds.measure,
    "audience": audience.measure,
    "deliveries": deliveries.measure,
}


def main(names: list[str]) -> int:
    """Run the parts named, or all; answers 1 if a target was missed."""
    started = time.monotonic()
    rows: list[Row] = []
    for name in names or list(PARTS):
        with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
            rows += PARTS[name](Path(folder))
    show(rows)
    if not names:
        write(rows, time.monotonic() - started)
    return 1 if any(row.missed for row in rows) else 0


sys.exit(main(sys.argv[1:]))
