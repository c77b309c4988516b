"""The story of a feed, told of any installation: every feature once, unchanged nothing new, one change one revision."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from muster_testing.hosting import everything


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


@contextmanager
def serving(document: dict[str, Any]) -> Generator[tuple[str, list[int]]]:
    """The document over HTTP as it is at each request, and how often it was asked for."""
    asked: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """The document as it is now."""
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            asked.append(len(body))

        def do_POST(self) -> None:
            """Serve these features from now on."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            document["features"] = json.loads(body)
            self.send_response(204)
            self.end_headers()

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
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def taken_whole_and_changed_once(
    document: dict[str, Any], asked: list[int], commander: httpx.Client
) -> None:
    """The story; `document` is what the feed serves, `asked` how often it was, `commander` reads the hazards."""
    wanted = {feature["id"] for feature in document["features"]}

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
    assert round(changed()["magnitude"], 6) == round((before["properties"]["mag"] or 0) + 0.5, 6)
    revisions: httpx.Response = commander.get(f"/hazards/{changed()['id']}/revisions")
    assert len(revisions.json()["items"]) == 2
    assert sum(hazard["revision"] for hazard in hazards()) == len(wanted) + 1
