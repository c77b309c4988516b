"""The relay: takes what services have written to their outboxes and sees it delivered.

Woken by NOTIFY on `muster_outbox` (payload: the schema), and it looks by itself once a second in case a
notification was lost. Many may run: one at a time works on a schema, so events of one subject stay in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from muster_core.background import end
from muster_core.dead_letters import set_aside, work_in
from muster_core.events import Event, UnknownEventError
from muster_core.logs import get_logger
from muster_core.metrics import RELAYED
from muster_core.observation import relayed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from muster_core.ports.broker import Broker
    from muster_core.runtime import Runtime

WAKE_CHANNEL = "muster_outbox"
_BATCH = 500
_SMALLEST_BATCH = 20
_LOOK_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_log = get_logger(__name__)


class Relay:
    """Empties the outboxes of some schemas into the broker and the task queue."""

    def __init__(
        self,
        runtime: Runtime,
        schemas: Sequence[str],
        broker: Broker,
        start_tasks: Callable[[Sequence[dict[str, Any]]], Awaitable[None]],
        *,
        stuck_seconds: int = 30,
    ) -> None:
        """`start_tasks` hands task rows to the workers' queues; it must raise if it cannot.

        A relay that stands still in the middle of a batch lets go of its schema after `stuck_seconds`.
        """
        self._runtime, self._broker, self._start_tasks = runtime, broker, start_tasks
        self._stuck = f"{stuck_seconds}s"
        # Smaller after a failure, so that a slow broker is not asked for the same large batch for ever.
        self._batch = dict.fromkeys(schemas, _BATCH)
        self._wakes = {schema: asyncio.Event() for schema in schemas}
        self._tasks: list[asyncio.Task[None]] = []

    def wake(self, schema: str = "") -> None:
        """Look at a schema's outbox now (empty: at all of them)."""
        for name, event in self._wakes.items():
            if schema in {"", name}:
                event.set()

    async def start(self) -> None:
        """Work in the background until `close`."""
        self._tasks = [
            asyncio.create_task(self._run(schema), name=f"relay {schema}") for schema in self._wakes
        ]

    async def close(self) -> None:
        """Stop; what was not delivered stays in the outbox."""
        await end(*self._tasks)
        self._tasks = []

    async def _run(self, schema: str) -> None:
        wake = self._wakes[schema]
        while True:
            try:
                while await self.relay_once(schema):
                    self._batch[schema] = min(_BATCH, 2 * self._batch[schema])
            except Exception as error:  # noqa: BLE001 - the relay outlives every fault of others
                self._batch[schema] = max(_SMALLEST_BATCH, self._batch[schema] // 4)
                _log.warning(
                    "relay tries again",
                    schema=schema,
                    error=f"{type(error).__name__}: {error}"[:300],
                )
                await asyncio.sleep(_RETRY_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), _LOOK_SECONDS)
            wake.clear()

    async def relay_once(self, schema: str) -> int:
        """Deliver one batch; answers how many rows left the outbox."""
        async with self._runtime.session(schema) as session:
            # Losing this commit delivers twice, which the inbox absorbs; waiting for the disk would not help.
            held = await session.scalar(
                text(
                    "SELECT pg_try_advisory_xact_lock(hashtextextended('relay ' || :schema, 0))"
                    " FROM (SELECT set_config('synchronous_commit', 'off', true),"
                    " set_config('idle_in_transaction_session_timeout', :stuck, true)) quick"
                ),
                {"schema": schema, "stuck": self._stuck},
            )
            if not held:
                return 0
            rows = (
                await session.execute(
                    text(
                        f"SELECT position, kind, body FROM {schema}.outbox"  # noqa: S608 - our own schema
                        f" ORDER BY position LIMIT {self._batch[schema]}"
                    )
                )
            ).all()
            if not rows:
                return 0
            await self._deliver(schema, [(row.kind, row.body) for row in rows])
            await session.execute(
                text(f"DELETE FROM {schema}.outbox WHERE position = ANY(:done)"),  # noqa: S608
                {"done": [row.position for row in rows]},
            )
        RELAYED.labels(schema).inc(len(rows))
        return len(rows)

    async def _deliver(self, schema: str, rows: Sequence[tuple[str, str]]) -> None:
        events: list[Event] = []
        works: list[dict[str, Any]] = []
        for kind, body in rows:
            if kind == "task":
                work = work_in(body)
                if work is None:
                    await set_aside(self._runtime, schema, "relay", body, "no work", attempts=1)
                    continue
                # The clock's tick that could not be told in time is dropped: the next one does the same work.
                if work.get("expires_at") is None or work["expires_at"] > time.time():
                    works.append(work)
                continue
            try:
                events.append(Event.from_json(body))
            except UnknownEventError as error:
                await set_aside(self._runtime, schema, "relay", body, error, attempts=1)
        if events:
            await self._broker.publish(events)
            relayed(events, self._runtime.settings.messaging)
        if works:
            await self._start_tasks(works)


class Waker:
    """Tells the relay, wherever it runs, that something was committed: one NOTIFY for all that piled up.

    NOTIFY inside the transaction would be simpler, but PostgreSQL lets only one such transaction commit at a time.
    """

    def __init__(self, runtime: Runtime) -> None:
        """Nothing is sent before the first wake."""
        self._runtime = runtime
        self._pending: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def wake(self, schema: str) -> None:
        """Note a commit; returns at once."""
        self._pending.add(schema)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._send(), name="waker")

    async def _send(self) -> None:
        while self._pending:
            schemas, self._pending = self._pending, set()
            for schema in schemas:
                try:
                    await self._runtime.database(schema).reader.execute(
                        "SELECT pg_notify($1, $2)", WAKE_CHANNEL, schema
                    )
                except Exception as error:  # noqa: BLE001 - the relay looks by itself too
                    _log.warning("wake lost", schema=schema, error=type(error).__name__)

    async def close(self) -> None:
        """Wait for the last notification."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
