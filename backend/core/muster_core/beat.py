"""The clock: starts each task that has an interval once per interval, however many clocks run.

Time is cut into slots of the task's interval (UTC, by the database's clock). Whoever writes a new slot into the
service's `tick` table starts the task, through the outbox, in the same transaction: so two clocks start it once, and
a clock that is killed has either started it or not.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sqlalchemy import text

from muster_core.auth import system_actor
from muster_core.background import end
from muster_core.logs import get_logger
from muster_core.outbox import enqueue
from muster_core.tracing import Kind, entry_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.runtime import Runtime
    from muster_core.tasks import Task

_LOOK_SECONDS = 0.5
# Clocks of machines differ, and a broker may be away for a while: a tick is good for at least this long.
_LEAST_PATIENCE_SECONDS = 30.0
_log = get_logger(__name__)


class Beat:
    """Starts the tasks of one service when their time has come."""

    def __init__(self, runtime: Runtime, service: str, tasks: Sequence[Task]) -> None:
        """Of `tasks`, those with an interval."""
        self._runtime, self._service = runtime, service
        self._schema = service.replace("-", "_")
        self._timed = {task.name: (task, task.every) for task in tasks if task.every is not None}
        self._slots: dict[str, int] = {}
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Tick in the background until `close`."""
        self._running = asyncio.create_task(self._run(), name=f"beat {self._service}")

    async def close(self) -> None:
        """Stop ticking."""
        if self._running is not None:
            await end(self._running)

    async def _run(self) -> None:
        told = False
        while True:
            try:
                await self.tick()
                told = False
            except Exception as error:  # noqa: BLE001 - the clock outlives every fault of others
                if not told:
                    _log.warning(
                        "beat waits",
                        service=self._service,
                        error=f"{type(error).__name__}: {error}"[:300],
                    )
                told = True
            await asyncio.sleep(_LOOK_SECONDS - time.time() % _LOOK_SECONDS)

    async def tick(self) -> list[str]:
        """Start what is due; answers the names of what this clock started."""
        now = time.time()
        due = {
            name: every
            for name, (_, every) in self._timed.items()
            if int(now // every) > self._slots.get(name, -1)
        }
        if not due:
            return []
        with entry_span(f"tick {self._service}", Kind.INTERNAL, None):
            started, slots = await self._claim(due, now)
        # Remembered by the database's clock: if it is behind ours, the slot is looked at again.
        self._slots |= slots
        return started

    async def _claim(self, due: dict[str, float], now: float) -> tuple[list[str], dict[str, int]]:
        """Start what nobody has; answers what was started here, and the newest slot of each."""
        started: list[str] = []
        slots: dict[str, int] = {}
        async with self._runtime.session(self._schema, system_actor(self._service)) as session:
            rows = await session.execute(
                text(
                    "WITH due AS (SELECT name AS task,"  # noqa: S608 - our own schema
                    " floor(extract(epoch FROM clock_timestamp()) / every)::bigint AS slot"
                    " FROM unnest(CAST(:names AS text[]), CAST(:everies AS float8[])) AS given (name, every)),"
                    f" claimed AS (INSERT INTO {self._schema}.tick AS kept (task, slot)"
                    " SELECT task, slot FROM due ORDER BY task ON CONFLICT (task) DO UPDATE"
                    " SET slot = excluded.slot, ticked_at = clock_timestamp() WHERE kept.slot < excluded.slot"
                    " RETURNING task)"
                    " SELECT due.task, due.slot, claimed.task IS NOT NULL AS ours"
                    " FROM due LEFT JOIN claimed USING (task)"
                ),
                {"names": list(due), "everies": list(due.values())},
            )
            for row in rows:
                slots[row.task] = row.slot
                if row.ours:
                    task, every = self._timed[row.task]
                    await enqueue(
                        session,
                        task.name,
                        lane=task.lane,
                        expires_at=now + max(every, _LEAST_PATIENCE_SECONDS),
                    )
                    started.append(task.name)
        return started, slots
