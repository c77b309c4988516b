"""The embedded host: how long it takes to start, and how quickly a thousand screens follow."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

from bench import streams
from bench.process import PASSWORD, UNLIMITED, ready, sign_in
from bench.report import NOTHING, Row, duration

PORT = 18952
ADDRESS = f"http://127.0.0.1:{PORT}"
SCREENS = 1_000
ROUNDS = 30


def measure(folder: Path) -> list[Row]:
    """Cold and warm start, and 1,000 live streams."""
    streams.raise_file_limit()
    with _host(folder) as cold:
        pass
    warm: list[float] = []
    for _ in range(2):
        with _host(folder) as seconds:
            warm.append(seconds)
    with _host(folder) as seconds:
        warm.append(seconds)
        token = asyncio.run(sign_in(ADDRESS, "incident-commander", PASSWORD))
        ours = sorted(asyncio.run(streams.through_muster(ADDRESS, token, SCREENS, ROUNDS)))
    bare = sorted(asyncio.run(streams.through_bare_loop(SCREENS, ROUNDS)))
    p99, limit = ours[int(0.99 * len(ours))], bare[int(0.99 * len(bare))]
    return [
        Row(
            "a note on 1,000 live streams, from sending it, p99",
            f"{p99 * 1000:.0f} ms",
            f"bare loop {limit * 1000:.0f} ms",
            f"{p99 / limit:.1f} times",
            "under 1 s",
            p99 >= 1.0,
        ),
        duration("cold start: no data yet, everything installed", cold, NOTHING, None),
        duration("warm start, median of three", statistics.median(warm), NOTHING, 5.0),
    ]


@contextlib.contextmanager
def _host(folder: Path) -> Generator[float]:
    """`muster up` for the length of a block; answers the seconds until it was ready."""
    environment = {
        **os.environ,
        "MUSTER_HOME": str(folder / "home"),
        "MUSTER_PORT": str(PORT),
        "MUSTER_DEMO_PASSWORD": PASSWORD,
        "MUSTER_LOG_LEVEL": "WARNING",
        **UNLIMITED,
        # No feed is polled: what is measured is the host.
        "MUSTER_HAZARDS_USGS_URL": "http://127.0.0.1:9/none.geojson",
    }
    with (folder / "up.log").open("ab") as log:
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "muster_host", "up"], env=environment, stdout=log, stderr=log
        )
        try:
            asyncio.run(ready(ADDRESS, 120))
            yield time.monotonic() - started
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
