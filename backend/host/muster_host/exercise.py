"""Exercises: a scenario's hazard feed, served on loopback and polled like any other.

A scenario is a folder of `scenarios/`: `scenario.json` says what it is, `reports.jsonl` what the feed reported and
when. Everything that comes of it is marked as an exercise by the feed that it comes from.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

from hazard_monitoring.database import SCHEMA
from hazard_monitoring.repository.feeds import FeedRepository
from hazard_monitoring.service import feeds
from hazard_monitoring.settings import Settings as HazardSettings
from muster_core.auth import system_actor
from muster_core.logs import get_logger
from muster_host.errors import HostError
from muster_host.settings import HostSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from muster_core.runtime import Runtime
    from muster_core.settings import Settings

FALLBACK = "ridgecrest-2019"
SHOWN = timedelta(days=7)
"""How long a summary feed shows an event."""
_LIVE_FEED_PATIENCE = 60.0
_ACTOR = system_actor("exercise")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What the feed says of one event from a moment on: a GeoJSON feature as USGS writes it."""

    at: datetime
    feature: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story as data. Times are those of the story."""

    name: str
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    first_look: datetime
    """Where somebody who starts in the middle comes in."""
    feed_name: str
    reports: tuple[Report, ...]

    def document(self, now: datetime) -> bytes:
        """The feed's document at a moment of the story."""
        shown: dict[str, dict[str, Any]] = {}
        for report in self.reports:
            if report.at <= now:
                shown[report.feature["id"]] = report.feature
        oldest = (now - SHOWN).timestamp() * 1000
        features = [f for f in shown.values() if f["properties"]["time"] >= oldest]
        features.sort(key=lambda feature: feature["properties"]["time"], reverse=True)
        metadata = {
            "generated": int(now.timestamp() * 1000),
            "title": f"EXERCISE: {self.title}",
            "status": 200,
            "count": len(features),
        }
        found = {"type": "FeatureCollection", "metadata": metadata, "features": features}
        return json.dumps(found, ensure_ascii=False).encode()


def scenario_names(folder: Path | None = None) -> list[str]:
    """The scenarios of this installation."""
    folder = folder or HostSettings().scenarios
    return sorted(path.parent.name for path in folder.glob("*/scenario.json"))


def load_scenario(name: str, folder: Path | None = None) -> Scenario:
    """Read a scenario.

    Raises:
        HostError: there is none of that name, or it cannot be read.
    """
    folder = folder or HostSettings().scenarios
    names = scenario_names(folder)
    if name not in names:
        known = ", ".join(names) or "none"
        raise HostError(f"There is no scenario {name!r} in {folder}; there are: {known}.")
    try:
        told: dict[str, Any] = json.loads((folder / name / "scenario.json").read_text("utf-8"))
        lines = (folder / name / told["feed"]["reports"]).read_text("utf-8").splitlines()
        return Scenario(
            name=name,
            title=told["title"],
            description=told["description"],
            starts_at=datetime.fromisoformat(told["starts_at"]),
            ends_at=datetime.fromisoformat(told["ends_at"]),
            first_look=datetime.fromisoformat(told["first_look"]),
            feed_name=told["feed"]["name"],
            reports=tuple(
                sorted((_report(line) for line in lines if line), key=lambda report: report.at)
            ),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise HostError(f"The scenario {name!r} cannot be read: {error!r}.") from error


def _report(line: str) -> Report:
    feature: dict[str, Any] = json.loads(line)
    at = datetime.fromtimestamp(feature["properties"]["updated"] / 1000, UTC)
    return Report(at, feature)


class StoryClock:
    """The story's time: `speed` times as fast as ours, from its beginning to its end."""

    def __init__(self, scenario: Scenario, speed: float) -> None:
        """It runs from now on."""
        self._scenario, self._speed, self._began = scenario, speed, time.monotonic()

    def __call__(self) -> datetime:
        """The moment in the story."""
        passed = timedelta(seconds=(time.monotonic() - self._began) * self._speed)
        return min(self._scenario.starts_at + passed, self._scenario.ends_at)


class TwoLooks:
    """For who starts in the middle: the first look, then the whole story, so that revisions are seen."""

    def __init__(self, scenario: Scenario) -> None:
        """Nobody has looked yet."""
        self._looks = [scenario.ends_at, scenario.first_look]
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The moment in the story for this look."""
        with self._lock:
            return self._looks.pop() if len(self._looks) > 1 else self._looks[0]


@contextmanager
def served(scenario: Scenario, clock: Callable[[], datetime]) -> Generator[str]:
    """Serve a scenario's feed on a free loopback port for the block; answers its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer the feed's document as of now."""
            body = scenario.document(clock())
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            known = self.headers.get("If-None-Match") == etag
            self.send_response(304 if known else 200)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/geo+json")
            self.send_header("Content-Length", "0" if known else str(len(body)))
            self.end_headers()
            if not known:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing: the poller tells."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="exercise feed", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{scenario.name}/summary.geojson"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


# -- with `muster up` ---------------------------------------------------------------------------


async def accompany(runtime: Runtime, settings: Settings) -> None:
    """Put an exercise on the map if MUSTER_DEMO names one, or if no live feed was ever reached.

    An installation that has heard a live feed before is never moved into an exercise: on the worst night the
    network may be down when it is started. Runs until cancelled; the feed is served as long.
    """
    try:
        await _accompany(runtime, settings)
    except Exception:  # noqa: BLE001 - logged; Muster serves on without its exercise
        _log.exception("the exercise ended")


async def _accompany(runtime: Runtime, settings: Settings) -> None:
    left_over = await _end_left_over(runtime)
    if settings.demo == "off":
        return
    name = settings.demo
    if name == "auto":
        if not await _never_reached(runtime):
            if left_over:
                await _mark_organizations(runtime, exercise=False)
            return
        name = FALLBACK
    try:
        scenario = await asyncio.to_thread(load_scenario, name)
    except HostError as error:
        _log.error("no exercise", reason=str(error))
        return
    with served(scenario, TwoLooks(scenario)) as url:
        await _mark_organizations(runtime, exercise=True)
        async with runtime.session(SCHEMA, _ACTOR) as session:
            await feeds.add_exercise_feed(
                session, _ACTOR, key=scenario.name, name=scenario.feed_name, url=url, poll_seconds=2
            )
        _log.info("exercise begun", scenario=scenario.name)
        await asyncio.Event().wait()


async def _end_left_over(runtime: Runtime) -> bool:
    """Pause exercise feeds whose server ended with an earlier host; whether there was one."""
    ended = False
    async with runtime.session(SCHEMA, _ACTOR) as session:
        for feed in await FeedRepository(session).polled():
            if feed.exercise:
                await feeds.pause(session, _ACTOR, feed.id)
                ended = True
    return ended


async def _never_reached(runtime: Runtime) -> bool:
    """Wait for the first poll of the live feed: whether it failed for want of a connection."""
    if not runtime.service_settings(HazardSettings).usgs_url:
        return True
    give_up = time.monotonic() + _LIVE_FEED_PATIENCE
    while time.monotonic() < give_up:
        async with runtime.session(SCHEMA, _ACTOR) as session:
            feed = await FeedRepository(session).by_key(feeds.USGS)
        if feed is not None and (feed.last_success_at is not None or feed.paused):
            return False
        if feed is not None and feed.consecutive_failures:
            return (feed.last_error or "").startswith(("unreachable", "too-slow"))
        await asyncio.sleep(0.5)
    return True


async def _mark_organizations(runtime: Runtime, *, exercise: bool) -> None:
    from identity_service import bootstrap  # noqa: PLC0415 - only the demo needs it

    await bootstrap.set_exercise(runtime, exercise=exercise)


# -- `muster exercise` --------------------------------------------------------------------------


def play(name: str, speed: float) -> int:
    """Play a scenario on the running installation until its end or Ctrl-C; answers the exit status."""
    from muster_host.application import make_runtime  # noqa: PLC0415
    from muster_host.environment import read_settings  # noqa: PLC0415

    scenario = load_scenario(name)

    async def work() -> None:
        runtime = make_runtime(read_settings())
        try:
            await _play(runtime, scenario, speed)
        finally:
            await runtime.close()

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        print("\nThe exercise was ended.", flush=True)
    return 0


async def _play(runtime: Runtime, scenario: Scenario, speed: float) -> None:
    clock = StoryClock(scenario, speed)
    key = f"{scenario.name}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    poll_seconds = min(60.0, max(1.0, 60 / speed))
    with served(scenario, clock) as url:
        async with runtime.session(SCHEMA, _ACTOR) as session:
            cleared = await feeds.clear_exercise(session, _ACTOR, prefix=scenario.name)
            feed_id = await feeds.add_exercise_feed(
                session,
                _ACTOR,
                key=key,
                name=scenario.feed_name,
                url=url,
                poll_seconds=poll_seconds,
            )
        if cleared:
            print(f"{cleared} events of an earlier play were taken back.")
        print(f"{scenario.title}, {speed:g} times as fast; Ctrl-C ends it.", flush=True)
        try:
            await _tell(scenario, clock)
            # The last reports are polled once more before the feed is closed.
            await asyncio.sleep(3 * poll_seconds + 3)
        finally:
            async with runtime.session(SCHEMA, _ACTOR) as session:
                await feeds.pause(session, _ACTOR, feed_id)
    print("The exercise is over.", flush=True)


async def _tell(scenario: Scenario, clock: Callable[[], datetime]) -> None:
    waiting: list[Report] = [*reversed(scenario.reports)]
    while True:
        now = clock()
        while waiting and waiting[-1].at <= now:
            report = waiting.pop()
            properties = cast("dict[str, Any]", report.feature["properties"])
            print(f"{report.at:%d %b %H:%M} UTC  {properties['title']}  {properties['status']}")
        if now >= scenario.ends_at:
            return
        await asyncio.sleep(0.25)


def list_scenarios() -> int:
    """Print the scenarios; answers the exit status."""
    for name in scenario_names():
        print(f"{name}: {load_scenario(name).title}")
    return 0
