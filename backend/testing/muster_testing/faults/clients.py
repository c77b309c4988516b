"""People at work while things break: each acts, believes what it is told, and writes it down."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from muster_testing.faults.checker import Observed
from muster_testing.faults.history import History, Operation, Outcome, conclude
from muster_testing.hosting import everything

_CHANGES_OF_TEN = 3
_REPEATS = 2


class Person(threading.Thread):
    """Declares incidents and changes them until told to stop; repeats with the same key what nobody could answer."""

    def __init__(
        self, address: Callable[[], str], token: str, history: History, name: str, seed: int
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._address, self._history = address, history
        self._random = random.Random(f"{seed} {name}")  # noqa: S311 - repeatable, not secret
        self._headers = {"Authorization": f"Bearer {token}"}
        self._ended = threading.Event()
        self._own: dict[str, int] = {}
        self.pause = 0.02

    def end(self) -> None:
        """Finish what is under way."""
        self._ended.set()

    def run(self) -> None:
        count = 0
        with httpx.Client(timeout=8, headers=self._headers) as client:
            while not self._ended.is_set():
                count += 1
                word = f"{self.name} {count}"
                if self._own and self._random.randrange(10) < _CHANGES_OF_TEN:
                    self._change(client, word)
                else:
                    self._declare(client, word)
                self._ended.wait(self.pause * 2 * self._random.random())

    def _declare(self, client: httpx.Client, word: str) -> None:
        operation = self._history.invoke("declare", word)
        for _ in range(1 + _REPEATS):
            self._send(operation, client, "POST", "", {"name": word}, {"Idempotency-Key": word})
            if operation.outcome is not Outcome.UNKNOWN or self._ended.wait(0.3):
                break
        if operation.outcome is Outcome.OK and operation.incident_id is not None:
            self._own[operation.incident_id] = operation.version

    def _change(self, client: httpx.Client, word: str) -> None:
        incident_id = self._random.choice(list(self._own))
        operation = self._history.invoke("change", word, incident_id)
        version = {"If-Match": f'"{self._own[incident_id]}"'}
        self._send(operation, client, "PATCH", f"/{incident_id}", {"summary": word}, version)
        if operation.outcome is Outcome.OK:
            self._own[incident_id] = operation.version
        else:
            del self._own[incident_id]  # its version may have moved: leave it alone

    def _send(
        self,
        operation: Operation,
        client: httpx.Client,
        method: str,
        path: str,
        body: dict[str, Any],
        headers: dict[str, str],
    ) -> None:
        url = f"{self._address()}/api/v1/incidents{path}"
        before = operation.outcome
        first = not operation.completed
        try:
            conclude(operation, client.request(method, url, json=body, headers=headers))
        except httpx.TransportError as error:
            conclude(operation, error)
        if not first and before is Outcome.UNKNOWN and operation.outcome is Outcome.FAIL:
            # The repetition was refused; what became of the first attempt is as unknown as before.
            operation.outcome = Outcome.UNKNOWN


class Watcher(threading.Thread):
    """Keeps the live screen open: reads the stream, and resumes it with Last-Event-ID whenever it breaks."""

    def __init__(self, address: Callable[[], str], token: str) -> None:
        super().__init__(name="watcher", daemon=True)
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        self._ended = threading.Event()
        self._last: str | None = None
        self.heard: list[dict[str, Any]] = []
        self.resumed = 0

    def end(self) -> None:
        """Hang up."""
        self._ended.set()

    def run(self) -> None:
        limits = httpx.Timeout(5, read=20)
        while not self._ended.is_set():
            headers = self._headers | ({"Last-Event-ID": self._last} if self._last else {})
            try:
                with (
                    httpx.Client(timeout=limits) as client,
                    client.stream(
                        "GET", f"{self._address()}/api/v1/stream", headers=headers
                    ) as answer,
                ):
                    if answer.is_success:
                        self._read(answer)
            except httpx.TransportError:
                pass
            self.resumed += 1
            self._ended.wait(0.2)

    def _read(self, answer: httpx.Response) -> None:
        number = ""
        for line in answer.iter_lines():
            if self._ended.is_set():
                return
            if line.startswith("id: "):
                number = line[4:]
            elif line.startswith("data: ") and number:
                entry: Any = json.loads(line[6:])
                if "type" in entry:  # the first frame only names the position
                    self.heard.append(entry)
                self._last, number = number, ""


_crowds = itertools.count(1)


class Crowd:
    """Some people at work, and one who watches; a context."""

    def __init__(
        self, address: Callable[[], str], token: str, *, people: int = 6, seed: int = 1
    ) -> None:
        self.history = History()
        self.watcher = Watcher(address, token)
        # Names, and so keys, that no other crowd on the same installation has used.
        crowd = next(_crowds)
        self._people = [
            Person(address, token, self.history, f"Fire {seed}-{crowd}.{number}", seed)
            for number in range(people)
        ]

    def __enter__(self) -> Self:
        self.watcher.start()
        time.sleep(0.5)
        for person in self._people:
            person.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.rest()
        self.watcher.end()

    def rest(self) -> None:
        """Let everyone finish what is under way; the watcher stays."""
        for person in self._people:
            person.end()
        for person in self._people:
            person.join(60)

    def acknowledged(self) -> int:
        """How many writes were acknowledged so far."""
        return sum(
            1 for operation in tuple(self.history.operations) if operation.outcome is Outcome.OK
        )

    def wait_for(self, more: int, within: float) -> float:
        """Wait until so many more writes are acknowledged; answers how long it took, in seconds."""
        began = time.monotonic()
        wanted = self.acknowledged() + more
        while self.acknowledged() < wanted:
            if time.monotonic() - began > within:
                raise AssertionError(f"no {more} more writes in {within} s: {self.history.count()}")
            time.sleep(0.02)
        return time.monotonic() - began


def observe(
    client: httpx.Client,
    watchers: Sequence[Watcher] = (),
    *,
    within: float = 60,
    journal_verifies: bool = True,
    dead_letters: Sequence[str] = (),
) -> Observed:
    """Read the records once the journal and the streams have caught up, or have not after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        incidents = everything(client, "/incidents")
        entries = sorted(
            everything(client, "/activity", type="muster.incident"), key=lambda e: e["position"]
        )
        heard = [[e for e in w.heard if e["type"].startswith("muster.incident.")] for w in watchers]
        last = entries[-1]["position"] if entries else 0
        told = {str(e["incident_id"]) for e in entries if e["type"].endswith("declared.v1")}
        settled = told >= {str(one["id"]) for one in incidents} and all(
            one and one[-1]["position"] >= last for one in heard
        )
        if settled or time.monotonic() > deadline:
            return Observed(incidents, entries, heard, dead_letters, journal_verifies)
        time.sleep(0.3)
