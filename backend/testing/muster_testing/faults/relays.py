"""Relays that break on purpose, for a process of their own: `python -m muster_testing.faults.relays WHICH`.

`dies` publishes one batch and is killed before it marks it. `early` is the negative control: it marks what it has
not published, and does not ask whether the broker took it. No setting of the product leads here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from muster_core.events import Event
from muster_core.microservice import open_broker
from muster_core.relay import Relay
from muster_host.application import make_runtime
from muster_host.environment import read_settings
from muster_host.services import chosen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.ports.broker import Broker
    from muster_core.runtime import Runtime


class _Dies:
    """A broker port that publishes, with confirms, and then ends the process without a word."""

    def __init__(self, inner: Broker) -> None:
        self._inner = inner

    async def publish(self, events: Sequence[Event]) -> None:
        await self._inner.publish(events)
        os.kill(os.getpid(), signal.SIGKILL)

    async def subscribe(self, consumers: Sequence[Any]) -> None:
        await self._inner.subscribe(consumers)

    async def close(self) -> None:
        await self._inner.close()


class _Early(Relay):
    """Takes rows out of the outbox before anyone has them."""

    def __init__(self, runtime: Runtime, schemas: Sequence[str], broker: Broker) -> None:
        super().__init__(runtime, schemas, broker, _start_nothing)
        self._taken = runtime, broker

    async def relay_once(self, schema: str) -> int:
        runtime, broker = self._taken
        async with runtime.session(schema) as session:
            rows = await session.execute(
                text(f"DELETE FROM {schema}.outbox WHERE kind = 'event' RETURNING position, body")  # noqa: S608
            )
            bodies = [row.body for row in sorted(rows, key=lambda row: row.position)]
        if bodies:
            with contextlib.suppress(Exception):
                await broker.publish([Event.from_json(body) for body in bodies])
        return len(bodies)


async def _start_nothing(_works: Sequence[dict[str, Any]]) -> None:
    await asyncio.sleep(0)


async def _run(which: str) -> None:
    runtime = make_runtime(read_settings())
    broker = open_broker(runtime)
    schemas = [service.schema for service in chosen(())]
    relay = (
        _Early(runtime, schemas, broker)
        if which == "early"
        else Relay(runtime, schemas, _Dies(broker), _start_nothing)
    )
    await relay.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
