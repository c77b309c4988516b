"""A database's pulse: whether it answers at all, asked twice a second on a connection of its own.

An answer to anybody counts: a server that is merely overloaded answers somebody, and dropping its connections would
only add to its load.

A server that was killed refuses connections, and everyone notices. One that is paused, or behind a link that swallows
packets, says nothing: whoever asked it waits, and cancelling the question waits too, because a cancellation is a
question of its own. So the limit is held outside of the driver, and what exceeds it is dropped at the socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

import asyncpg

from muster_core.background import end
from muster_core.logs import get_logger
from muster_core.metrics import DATABASE_SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY_SECONDS = 0.5
LIMIT_SECONDS = 1.3
# If our own loop stood still, the answer may lie unread: it is looked for once more before anyone is blamed.
_GRACE_SECONDS = 0.15
_MOST_LIMITS = 3
_log = get_logger(__name__)


class Pulse:
    """Asks `SELECT 1`, and calls `fell_silent` once when no answer comes in time."""

    def __init__(
        self, url: str, fell_silent: Callable[[], None], at_each_beat: Callable[[], None]
    ) -> None:
        """`url` as asyncpg wants it. Nothing is connected before `start`."""
        self.silent = False
        """Nothing has come back within the limit since the last answer."""
        self.heard_at = 0.0
        """When anybody last had an answer, on the monotonic clock; whoever has one says so here."""
        self._url, self._fell_silent, self._at_each_beat = url, fell_silent, at_each_beat
        self._connection: asyncpg.Connection[Any] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Ask in the background until `close`."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="pulse")

    async def close(self) -> None:
        """Stop asking."""
        task, self._task = self._task, None
        if task is not None:
            await end(task)
        self._drop()

    async def _run(self) -> None:
        while True:
            began = time.monotonic()
            asking = asyncio.create_task(self._ask(), name="pulse asks")
            try:
                answered = await self._answered(asking)
            finally:
                if not asking.done():
                    self._drop()  # first: a cancelled question would be asked to be cancelled
                    asking.cancel()
                    await asyncio.wait([asking])
            if not answered:
                # Our own connection may be the only one that died: then others were heard in the meantime.
                if not self._others_since(began):
                    self._note_silence()
            elif asking.exception() is None:
                self._note_answer()
            else:
                # Refused, shut down or starting: whoever asks hears so at once, and needs no help of ours.
                self._drop()
                self._note_answer()
            self._at_each_beat()
            await asyncio.sleep(EVERY_SECONDS)

    async def _ask(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=10 * LIMIT_SECONDS)
        await self._connection.execute("SELECT 1")

    async def _answered(self, asking: asyncio.Task[None]) -> bool:
        began = time.monotonic()
        patience = began + _MOST_LIMITS * LIMIT_SECONDS
        while True:
            until = min(max(began, self.heard_at) + LIMIT_SECONDS, patience)
            for seconds in (until - time.monotonic(), _GRACE_SECONDS):
                done, _ = await asyncio.wait([asking], timeout=max(0.0, seconds))
                if done:
                    return True
            if time.monotonic() > patience or not self._others_since(until - LIMIT_SECONDS):
                return False

    def _others_since(self, moment: float) -> bool:
        return self.heard_at > max(moment, time.monotonic() - LIMIT_SECONDS)

    def _note_silence(self) -> None:
        if not self.silent:
            _log.error("database is silent", seconds=LIMIT_SECONDS)
            self.silent = True
            DATABASE_SILENT.set(1)
        # Each time anew: work that took a connection in between would wait for ever.
        self._fell_silent()

    def _note_answer(self) -> None:
        if self.silent:
            _log.warning("database is silent no more")
            self.silent = False
            DATABASE_SILENT.set(0)

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.terminate()
            self._connection = None
