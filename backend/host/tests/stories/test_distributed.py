"""Every service of docker/compose.yml as its own processes: the house's stories, and a restart of all under load."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from muster_testing.distributed import Distributed
from muster_testing.engines import need_everything
from muster_testing.feed_story import eventually, invented, serving, taken_whole_and_changed_once
from muster_testing.hosting import PASSWORD, everything

pytestmark = [pytest.mark.serial, pytest.mark.timeout(1800)]
ROOT = Path(__file__).resolve().parents[4]
# Requests in a second. Two processors carry 50 only while nothing else runs, which a pipeline cannot promise.
RATE = int(os.environ.get("MUSTER_ROLLING_RATE", "10"))
# So few requests leave a processor for a second restart beside the first, and a pipeline is over sooner.
AT_ONCE = 2 if RATE <= 10 else 1
WRITE_EVERY = 10


@pytest.fixture(scope="module")
def feed() -> Iterator[tuple[dict[str, Any], str, list[int]]]:
    """A feed of ours: its document, its address, how often it was asked for."""
    document = invented()
    with serving(document) as (url, asked):
        yield document, url, asked


@pytest.fixture(scope="module")
def house(
    feed: tuple[dict[str, Any], str, list[int]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Distributed]:
    """One installation for all the stories of this file."""
    need_everything()
    folder = tmp_path_factory.mktemp("distributed") / "var"
    settings = {"MUSTER_HAZARDS_USGS_URL": feed[1], "MUSTER_HAZARDS_POLL_SECONDS": "1"}
    with Distributed(folder, **settings) as made:
        yield made


def test_a_summary_is_taken_whole_and_changes_once(
    house: Distributed, feed: tuple[dict[str, Any], str, list[int]]
) -> None:
    document, _, asked = feed
    with house.client("incident-commander") as commander:
        taken_whole_and_changed_once(document, asked, commander)


def test_each_face_of_each_service_is_a_process_of_its_own(house: Distributed) -> None:
    plan = house.runner.plan
    running = [process for process in plan.processes if not process.service.job]
    first = {process.name: house.runner.pids(process)[0] for process in running}
    assert len(set(first.values())) == len(running)
    for service in ("postgres", "redis", "rabbitmq", "elasticsearch", "gateway", "frontend"):
        assert house.pids(service)


def test_an_earthquake_becomes_an_incident_in_a_browser_through_the_gateway(
    house: Distributed, feed: tuple[dict[str, Any], str, list[int]]
) -> None:
    done = subprocess.run(
        ["npm", "--prefix", "frontend", "run", "--silent", "e2e", "--", "stories/declare.story.ts"],
        cwd=ROOT,
        env={
            **os.environ,
            "MUSTER_E2E_ADDRESS": house.address,
            "MUSTER_E2E_FEED": feed[1],
            "MUSTER_E2E_PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]


class Load:
    """Requests at a steady rate through the gateway, each remembered with what came of it."""

    def __init__(self, house: Distributed) -> None:
        """Nothing is sent yet."""
        self._house = house
        self._token = house.token("incident-commander")
        self._stop = threading.Event()
        self.failed: list[str] = []
        self.declared: list[str] = []
        self.sent = 0
        self._lock = threading.Lock()
        self._own = threading.local()
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> Self:
        """Begin, in a house that has been at work: the first of everything connects, compiles and reads files."""
        headers = {"Authorization": f"Bearer {self._token}"}
        self._open()
        for _ in range(100):
            self._ask(self.sent, headers)
            self.sent += 1
        self._clock = threading.Thread(target=self._tick)
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Send no more, and wait for what is on its way."""
        self._stop.set()
        self._clock.join()
        for client in self._clients:
            client.close()

    def _tick(self) -> None:
        began, before = time.monotonic(), self.sent
        headers = {"Authorization": f"Bearer {self._token}"}
        renewed = began
        with ThreadPoolExecutor(32, initializer=self._open) as pool:
            while not self._stop.is_set():
                if time.monotonic() - renewed > 240:  # a token lives for ten minutes
                    headers = {"Authorization": f"Bearer {self._house.token('incident-commander')}"}
                    renewed = time.monotonic()
                pool.submit(self._ask, self.sent, headers)
                self.sent += 1
                time.sleep(max(0.0, began + (self.sent - before) / RATE - time.monotonic()))

    def _open(self) -> None:
        """A client for each thread: shared, it closes connections that another thread reads."""
        self._own.client = client = httpx.Client(
            base_url=f"{self._house.address}/api/v1", timeout=30
        )
        self._clients.append(client)

    def _ask(self, number: int, headers: dict[str, str]) -> None:
        client: httpx.Client = self._own.client
        paths = ("/incidents", "/hazards", "/activity", "/me", "/search?q=fire")
        path = paths[number % len(paths)]
        writes = number % WRITE_EVERY == 0
        try:
            if writes:
                name = {"name": f"Rolling Fire {number}"}
                key = {"Idempotency-Key": f"rolling-{number}"}
                answer = client.post("/incidents", json=name, headers={**headers, **key})
            else:
                answer = client.get(path, headers=headers)
        except httpx.HTTPError as error:
            with self._lock:
                self.failed.append(f"{path}: {type(error).__name__} {error}")
            return
        with self._lock:
            if not answer.is_success:
                self.failed.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            elif writes:
                self.declared.append(str(answer.json()["id"]))


def test_a_rolling_restart_of_everything_fails_no_request_and_loses_no_event(
    house: Distributed,
) -> None:
    ours = sorted(
        {
            process.service.name
            for process in house.runner.plan.processes
            if process.service.command[:1] == ("muster",) and not process.service.job
        }
    )
    before = {name: house.runner.pids(house.runner.plan.of(name)[0]) for name in ours}
    with Load(house) as load, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(house.runner.restart, ours))
    assert load.sent > RATE * 10
    print(f"{load.sent} requests, {len(load.declared)} incidents, {len(load.failed)} failed")
    assert load.failed == []
    for name in ours:
        assert house.runner.pids(house.runner.plan.of(name)[0]) != before[name]

    with house.client("incident-commander") as commander:

        def journalled() -> Counter[str]:
            entries = everything(commander, "/activity", type="muster.incident.declared.v1")
            return Counter(str(entry["incident_id"]) for entry in entries)

        eventually(lambda: set(load.declared) <= set(journalled()), 120)
        assert {count for one, count in journalled().items() if one in set(load.declared)} == {1}


def test_a_process_that_was_asked_to_stop_says_so_and_still_serves(house: Distributed) -> None:
    process = house.processes("search", "api")[1]
    pid = house.runner.pids(process)[0]
    with httpx.Client(base_url=process.http, timeout=10, trust_env=False) as client:
        assert client.get("/readyz").status_code == 200
        os.kill(pid, signal.SIGTERM)

        eventually(lambda: client.get("/readyz").status_code == 503, 3)
        assert "about to end" in client.get("/readyz").text
        assert client.get("/healthz").status_code == 200
        eventually(lambda: not house.runner.pids(process), 30)
    house.runner.start(process)
