"""What runs beside the consumers: bringing Elasticsearch up to date, rebuilding, telling of saved searches.

Each is done by one process at a time, which holds a lease; another takes over some seconds after it is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from muster_core.background import end
from muster_core.errors import DomainError
from muster_core.identifiers import uuid7
from muster_core.logs import get_logger
from search.database import SCHEMA
from search.engines.choosing import close_engines, engines_of
from search.engines.port import EngineDownError
from search.repository import state
from search.service import pushing, watching
from search.service.rebuilding import (
    ACTOR,
    RebuildError,
    Rebuilding,
    request_rebuild,
    settle_indices,
)

if TYPE_CHECKING:
    from muster_core.listener import Listener
    from muster_core.runtime import Runtime
    from search.engines.elasticsearch import Elasticsearch

_LEASE = timedelta(seconds=4)
_RENEW_SECONDS = 1.0
_IDLE_SECONDS = 0.1
_CALM_SECONDS = 0.5
_FAILED_SECONDS = 1.0
_AGAIN = timedelta(seconds=60)
_log = get_logger(__name__)

Work = Callable[["Companion"], Awaitable[float]]


class Companion:
    """The loops of one process."""

    def __init__(self, runtime: Runtime) -> None:
        """Nothing runs before `start`."""
        self.runtime = runtime
        self.holder = uuid7()
        self.reads = runtime.database(SCHEMA).reader
        self._tasks: list[asyncio.Task[None]] = []
        self._told: dict[str, str] = {}

    def start(self) -> None:
        """Work in the background until `close`."""
        works = {"push": _push, "watch": _watch, "rebuild": _rebuild}
        self._tasks = [
            asyncio.create_task(self._run(name, work), name=f"search {name}")
            for name, work in works.items()
        ]

    async def close(self) -> None:
        """Stop, and let others have the leases."""
        await end(*self._tasks)
        for name in ("push", "watch", "rebuild"):
            try:
                await state.let_go(self.reads, name, self.holder)
            except Exception as error:  # noqa: BLE001 - it runs out by itself
                _log.warning("a lease runs out by itself", lease=name, error=type(error).__name__)

    async def _run(self, name: str, work: Work) -> None:
        loop = asyncio.get_running_loop()
        renew_at = 0.0
        while True:
            pause = _FAILED_SECONDS
            try:
                if loop.time() >= renew_at:
                    held = await state.hold(self.reads, name, self.holder, _LEASE)
                    renew_at = loop.time() + _RENEW_SECONDS if held else 0.0
                if renew_at:
                    pause = await work(self)
                self._told.pop(name, None)
            except Exception as error:  # noqa: BLE001 - it outlives every fault of others
                self._tell(name, error)
            await asyncio.sleep(pause)

    def _tell(self, name: str, error: Exception) -> None:
        said = f"{type(error).__name__}: {error}"[:300]
        if self._told.get(name) != said:
            _log.warning("search tries again", work=name, error=said)
        self._told[name] = said


async def _push(self: Companion) -> float:
    elasticsearch = engines_of(self.runtime).elasticsearch
    if elasticsearch is None:
        return _RENEW_SECONDS
    try:
        done = await pushing.push_once(self.reads, elasticsearch)
    except EngineDownError:
        await _see_to_loss(self, elasticsearch)
        raise
    return 0.0 if done else _IDLE_SECONDS


async def _see_to_loss(self: Companion, elasticsearch: Elasticsearch) -> None:
    """Elasticsearch answers, but our index is gone: nothing can be brought up to date, and PostgreSQL answers."""
    lost = (
        "live" in (await state.indices(self.reads)).values() and not await elasticsearch.answering()
    )
    if lost and await state.open_rebuild(self.reads) is None:
        _log.error("the search index is lost; it is built anew")
        await settle_indices(self.runtime, elasticsearch)


async def _watch(self: Companion) -> float:
    done = await watching.watch_once(self.runtime)
    return 0.0 if done else _CALM_SECONDS


async def _rebuild(self: Companion) -> float:
    wanted = await state.open_rebuild(self.reads)
    if wanted is None:
        await _want_if_missing(self)
        return _CALM_SECONDS
    rebuilding = Rebuilding(self.runtime, wanted["id"], self.holder, wanted["organization_id"])
    keeping = asyncio.create_task(_keep_lease(self))
    try:
        await rebuilding.run()
    except (RebuildError, EngineDownError, DomainError) as error:
        await rebuilding.fail(str(error))
    finally:
        await end(keeping)
    return _CALM_SECONDS


async def _keep_lease(self: Companion) -> None:
    while True:
        await state.hold(self.reads, "rebuild", self.holder, _LEASE)
        await asyncio.sleep(_RENEW_SECONDS)


async def _want_if_missing(self: Companion) -> None:
    """An Elasticsearch without an index of ours gets one."""
    elasticsearch = engines_of(self.runtime).elasticsearch
    if elasticsearch is None or "live" in (await state.indices(self.reads)).values():
        return
    latest = await state.latest_rebuild(self.reads)
    ended = latest["finished_at"] if latest is not None and latest["state"] == "failed" else None
    if ended is not None and datetime.now(UTC) - ended < _AGAIN:
        return
    await elasticsearch.answering()
    async with self.runtime.session(SCHEMA, ACTOR) as session:
        await request_rebuild(session, ACTOR)


@asynccontextmanager
async def companion(runtime: Runtime, _listener: Listener) -> AsyncGenerator[None]:
    """For as long as the process consumes."""
    beside = Companion(runtime)
    beside.start()
    try:
        yield
    finally:
        await beside.close()
        await close_engines(runtime)


@asynccontextmanager
async def lifespan(runtime: Runtime, _listener: Listener) -> AsyncGenerator[None]:
    """For as long as the process answers; whatever an engine needs is loaded before the first request."""
    engines_of(runtime)
    try:
        yield
    finally:
        await close_engines(runtime)
