"""LISTEN/NOTIFY: one connection per process that wakes whoever waits; it reconnects by itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import asyncpg

from muster_core.background import end
from muster_core.database import plain_url
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

_log = get_logger(__name__)
_RECONNECT_SECONDS = 0.5
# A link can die without a word, and a listener says nothing for hours: it asks now and then whether anyone is there.
_ASK_SECONDS = 5.0
_ANSWER_SECONDS = 2.0


class Listener:
    """Calls back with the payload of each notification.

    A notification can be lost while the connection is down: everyone who listens also looks now and then, and is
    called with an empty payload after each reconnection.
    """

    def __init__(self, url: str) -> None:
        """Nothing is connected before `start`."""
        self._url = plain_url(url)
        self._callbacks: dict[str, list[Callable[[str], None]]] = {}
        self._task: asyncio.Task[None] | None = None

    def on(self, channel: str, callback: Callable[[str], None]) -> None:
        """Call `callback(payload)` for each notification on `channel`. Register before `start`."""
        self._callbacks.setdefault(channel, []).append(callback)

    async def start(self) -> None:
        """Connect in the background."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="listener")

    async def close(self) -> None:
        """Disconnect."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                _log.warning("listener reconnects", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=_ANSWER_SECONDS)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            for channel in self._callbacks:
                await connection.add_listener(channel, self._heard)
            for callbacks in self._callbacks.values():
                for callback in callbacks:
                    callback("")
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), _ASK_SECONDS)
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for callback in self._callbacks.get(channel, ()):
            callback(str(payload))
