"""Which engine answers: Elasticsearch within its deadline, else PostgreSQL, which says so."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

from muster_core.logs import get_logger
from search.engines.port import EngineDownError, Found, Wanted
from search.engines.postgresql import PostgresEngine
from search.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from muster_core.runtime import Runtime
    from search.engines.elasticsearch import Elasticsearch

Reason = Literal["unreachable", "behind", "not_built"]
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """Whether the other engine has an index at this moment, and how far that is behind, in seconds."""

    built: bool
    behind: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found, by which engine, and why not by the preferred one."""

    found: Found
    engine: str
    because: Reason | None = None


class Breaker:
    """Leaves alone for a while what has just failed: one caller waits for its deadline, not every one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    @property
    def open(self) -> bool:
        """Whether it is to be left alone now."""
        return time.monotonic() < self._until

    def failed(self) -> None:
        """Note a failure."""
        self._until = time.monotonic() + self._seconds


class Engines:
    """The engines of a process."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        """Nothing is connected before first use."""
        self.settings = settings
        self.postgresql = PostgresEngine(runtime.database("search").reader)
        self.elasticsearch = _elasticsearch(settings)
        self._breaker = Breaker(settings.breaker_seconds)
        self._users = 0

    async def find(self, make: Callable[[], Wanted], state: State) -> Answered:
        """Ask the preferred engine if it can answer, else PostgreSQL."""
        if self.elasticsearch is None:
            return Answered(await self.postgresql.find(make()), self.postgresql.name)
        because = self._not_now(state)
        if because is None:
            try:
                from search.engines.asking import ElasticsearchEngine  # noqa: PLC0415 - as below

                engine = ElasticsearchEngine(self.elasticsearch)
                async with asyncio.timeout(self.settings.deadline_seconds):
                    return Answered(await engine.find(make()), engine.name)
            except (EngineDownError, TimeoutError) as error:
                self._breaker.failed()
                because = "unreachable"
                _log.warning("PostgreSQL answers for Elasticsearch", error=str(error)[:300])
        return Answered(await self.postgresql.find(make()), self.postgresql.name, because)

    def _not_now(self, state: State) -> Reason | None:
        if not state.built:
            return "not_built"
        if self._breaker.open:
            return "unreachable"
        return "behind" if state.behind > self.settings.lag_seconds else None

    async def close(self) -> None:
        """Let go of connections."""
        if self.elasticsearch is not None:
            await self.elasticsearch.close()


def _elasticsearch(settings: Settings) -> Elasticsearch | None:
    url = settings.elasticsearch_url
    if url is None:
        return None
    # Its client takes half a second to import, which a start without it need not wait for.
    from search.engines.elasticsearch import Elasticsearch  # noqa: PLC0415

    return Elasticsearch(
        url.get_secret_value(), settings.elasticsearch_prefix, settings.deadline_seconds
    )


_engines: WeakKeyDictionary[Runtime, Engines] = WeakKeyDictionary()


def engines_of(runtime: Runtime) -> Engines:
    """The process's engines, made on first use and closed by `close_engines`."""
    if runtime not in _engines:
        _engines[runtime] = Engines(runtime, runtime.service_settings(Settings))
    return _engines[runtime]


async def close_engines(runtime: Runtime) -> None:
    """Close the process's engines, if any were made."""
    engines = _engines.pop(runtime, None)
    if engines is not None:
        await engines.close()
