"""What a check is and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muster_core.microservice import Microservice
    from muster_core.settings import Settings
    from muster_host.home import Home


class State(StrEnum):
    """OFF: there is nothing to check, because it is not used or does not run now."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    OFF = "-"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was seen, and, if it is not well, what to do. Never a secret."""

    state: State
    about: str
    seen: str
    remedy: str = ""


def ok(about: str, seen: str) -> Finding:
    """It is well."""
    return Finding(State.OK, about, seen)


def off(about: str, seen: str) -> Finding:
    """There is nothing to check."""
    return Finding(State.OFF, about, seen)


def warn(about: str, seen: str, remedy: str) -> Finding:
    """It works, and somebody should look."""
    return Finding(State.WARN, about, seen, remedy)


def fail(about: str, seen: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(State.FAIL, about, seen, remedy)


@dataclass(frozen=True, slots=True)
class Place:
    """The installation that is looked at: by its environment, and by what a running `muster up` left word of."""

    settings: Settings
    home: Home
    services: Sequence[Microservice]
    runs: bool
    """Whether a `muster up` holds the data folder now."""

    @property
    def database_url(self) -> str | None:
        """PostgreSQL, if it is known where."""
        url = self.settings.database_url
        return None if url is None else url.get_secret_value()


Run = Callable[[Place], Awaitable[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Check:
    """`about` is said in place of the findings when a check does not end in time."""

    about: str
    run: Run
    remedy: str = "it may be paused or out of reach: look at its log and at the network between"


def short(error: BaseException) -> str:
    """An error's kind; its message could hold an address with a password."""
    return type(error).__name__
