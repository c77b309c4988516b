"""Delivery on demand: what the relay and the consumers would do by themselves, now and to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muster_core.events import Event
from muster_core.ports.in_process import InProcessBroker
from muster_core.relay import Relay
from muster_core.tasks import TaskContext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime


class Delivery:
    """`await deliver()` empties every outbox; `deliver.tasks` holds the background work that was started."""

    def __init__(self, runtime: Runtime, services: Sequence[Microservice]) -> None:
        self.tasks: list[dict[str, Any]] = []
        self._runtime = runtime
        self._services = services
        self._broker = InProcessBroker(runtime)
        self._relay = Relay(
            runtime, [service.schema for service in services], self._broker, self._collect
        )

    async def __call__(self) -> int:
        """Relay until nothing is left; answers how many outbox rows were delivered."""
        await self._broker.close()
        await self._broker.subscribe(
            [one for service in self._services for one in service.listeners]
        )
        total = 0
        while True:
            moved = 0
            for service in self._services:
                moved += await self._relay.relay_once(service.schema)
            if not moved:
                return total
            total += moved

    async def run(self, task: str, **arguments: Any) -> None:
        """Run a task as a worker would, such as `hazard_monitoring.poll_due_feeds`."""
        for service in self._services:
            for one in service.work:
                if one.name == task:
                    await one.function(TaskContext(self._runtime, one.service), **arguments)
                    return
        raise LookupError(task)

    async def outbox(self, schema: str) -> list[Event]:
        """The events waiting in a service's outbox, oldest first."""
        rows = await self._runtime.database(schema).reader.fetch(
            f"SELECT body FROM {schema}.outbox WHERE kind = 'event' ORDER BY position"  # noqa: S608 - our own schema
        )
        return [Event.from_json(row["body"]) for row in rows]

    async def _collect(self, works: Sequence[dict[str, Any]]) -> None:
        self.tasks += works
