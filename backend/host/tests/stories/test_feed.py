"""A USGS summary served over HTTP: every feature once, unchanged again nothing new, one change one revision."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from muster_testing.hosting import Host, everything

pytestmark = [pytest.mark.serial, pytest.mark.timeout(600)]
REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "hazards"


def invented() -> dict[str, Any]:
    """Forty earthquakes in the shape of the feed."""
    now = int(time.time() * 1000)
    features = [
        {
            "type": "Feature",
            "id": f"zz{number:05d}",
            "geometry": {"type": "Point", "coordinates": [-117.5 + number / 100, 35.7, 8.0]},
            "properties": {
                "mag": 2.5 + number / 20,
                "place": f"{number} km N of Trona, CA",
                "time": now - number * 60_000,
                "updated": now - number * 1000,
                "url": f"https://earthquake.example/zz{number:05d}",
                "felt": None,
                "alert": None,
                "status": "reviewed",
                "tsunami": 0,
                "net": "zz",
                "code": f"{number:05d}",
                "ids": f",zz{number:05d},",
                "magType": "ml",
                "type": "earthquake",
                "title": f"M {2.5 + number / 20:.1f} - {number} km N of Trona, CA",
            },
        }
        for number in range(40)
    ]
    return {
        "type": "FeatureCollection",
        "metadata": {"generated": now, "status": 200},
        "features": features,
    }


def documents() -> list[Any]:
    """The invented feed, and the real ones where they are at hand."""
    real = [path for path in sorted(REAL.glob("usgs_1.0_*.json")) if path.is_file()]
    return [pytest.param(invented, id="invented")] + [
        pytest.param(lambda path=path: json.loads(path.read_text(encoding="utf-8")), id=path.name)
        for path in real
    ]


@contextmanager
def serving(document: dict[str, Any]) -> Generator[tuple[str, list[int]]]:
    """The document over HTTP as it is at each request, and how often it was asked for."""
    asked: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            asked.append(len(body))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/any-summary.geojson", asked
    finally:
        server.shutdown()
        server.server_close()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("make", documents())
def test_a_summary_is_taken_whole_and_changes_once(
    make: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    document = make()
    wanted = {feature["id"] for feature in document["features"]}
    with (
        serving(document) as (url, asked),
        Host(
            tmp_path / "var", MUSTER_HAZARDS_USGS_URL=url, MUSTER_HAZARDS_POLL_SECONDS="1"
        ) as host,
        host.client("incident-commander") as commander,
    ):

        def hazards() -> list[dict[str, Any]]:
            return everything(commander, "/hazards", exercise="false")

        eventually(lambda: len(hazards()) >= len(wanted))
        first = hazards()
        assert sorted(hazard["external_id"] for hazard in first) == sorted(wanted)

        seen = len(asked)
        eventually(lambda: len(asked) > seen + 1)
        assert hazards() == first

        before = copy.deepcopy(document["features"][0])
        document["features"][0]["properties"]["updated"] += 60_000
        document["features"][0]["properties"]["mag"] = (before["properties"]["mag"] or 0) + 0.5

        def changed() -> dict[str, Any]:
            return next(one for one in hazards() if one["external_id"] == before["id"])

        eventually(lambda: changed()["revision"] == 2)
        assert changed()["magnitude"] == pytest.approx((before["properties"]["mag"] or 0) + 0.5)
        revisions: httpx.Response = commander.get(f"/hazards/{changed()['id']}/revisions")
        assert len(revisions.json()["items"]) == 2
        assert sum(hazard["revision"] for hazard in hazards()) == len(wanted) + 1
