"""How a local provider is made ill, and the record of what it got."""

from __future__ import annotations

import dataclasses
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any


class Fate(StrEnum):
    """What happens to one request."""

    TAKEN = "taken"
    ERROR = "error"
    """Answered with 503 (451 by SMTP) before anything was accepted."""
    LIMITED = "limited"
    """Answered with 429 and Retry-After (SMTP: 452)."""
    LOST = "lost"
    """Accepted, and the connection cut instead of an answer."""
    CUT = "cut"
    """The connection cut before anything was accepted."""
    AGAIN = "again"
    """The same key as before, to a provider that honours it: the same answer, no second effect."""
    REFUSED = "refused"
    """Answered with 4xx: the request itself was wrong."""


@dataclass(slots=True)
class Knobs:
    """Shares are of all requests; `limit` is requests a second beyond which there is 429.

    The same seed draws the same fates.
    """

    latency: float = 0.0
    jitter: float = 0.0
    error_rate: float = 0.0
    lost_rate: float = 0.0
    cut_rate: float = 0.0
    limited_rate: float = 0.0
    limit: float = 0.0
    retry_after: int = 1
    honours_key: bool = False
    callbacks: bool = False
    seed: int = 1

    def turn(self, asked: Mapping[str, Any]) -> None:
        """Set some of them.

        Raises:
            KeyError: there is no such knob.
        """
        kinds: dict[str, Any] = {
            one.name: type(getattr(self, one.name)) for one in dataclasses.fields(self)
        }
        for name, value in asked.items():
            setattr(self, name, kinds[name](value))


class Illness:
    """Draws the fate of each request."""

    def __init__(self, knobs: Knobs, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.knobs = knobs
        self._random = random.Random(knobs.seed)  # noqa: S311 - the same faults for the same seed
        self._clock = clock
        self._second, self._count = 0, 0

    def fate(self) -> Fate:
        """Of the request that has come now."""
        knobs = self.knobs
        if knobs.limit:
            second = int(self._clock())
            if second != self._second:
                self._second, self._count = second, 0
            self._count += 1
            if self._count > knobs.limit:
                return Fate.LIMITED
        drawn = self._random.random()
        for share, fate in (
            (knobs.error_rate, Fate.ERROR),
            (knobs.lost_rate, Fate.LOST),
            (knobs.cut_rate, Fate.CUT),
            (knobs.limited_rate, Fate.LIMITED),
        ):
            if drawn < share:
                return fate
            drawn -= share
        return Fate.TAKEN

    def pause(self) -> float:
        """Seconds before the answer."""
        knobs = self.knobs
        return knobs.latency + (knobs.jitter * self._random.random() if knobs.jitter else 0.0)


@dataclass(frozen=True, slots=True)
class Got:
    """One request: Unix time, our key as far as the protocol carries one, to whom, what, and its fate."""

    at: float
    fate: Fate
    key: str | None
    to: str
    text: str
    provider_id: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def effect(self) -> bool:
        """Whether somebody received it."""
        return self.fate in {Fate.TAKEN, Fate.LOST}


class Record:
    """What was got, in memory and, by line, in a file that outlives the process."""

    def __init__(self, path: Path | None = None) -> None:
        self.all: list[Got] = []
        self._file: IO[str] | None = None
        if path is not None:
            self._file = path.open("a", buffering=1, encoding="utf-8")

    def add(self, got: Got) -> None:
        """Keep it."""
        self.all.append(got)
        if self._file is not None:
            self._file.write(as_line(got) + "\n")

    def effects(self) -> list[Got]:
        """What people received."""
        return [got for got in self.all if got.effect]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def as_line(got: Got) -> str:
    """As JSON."""
    return json.dumps(dataclasses.asdict(got), ensure_ascii=False, default=str)


def read_record(path: Path) -> list[Got]:
    """What a server of another process wrote; a line that was cut by its death is left out."""
    found: list[Got] = []
    for line in path.read_text("utf-8").splitlines():
        try:
            told: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        told["fate"] = Fate(told["fate"])
        found.append(Got(**told))
    return found
