"""Background work: what a service declares. It is started only through the outbox, the clock's ticks included.

A task is a coroutine; each worker process runs one event loop on which its tasks' coroutines run (`celery_app`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from muster_core.auth import system_actor

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.runtime import Runtime
    from muster_core.settings import ServiceSettings

Lane = Literal["urgent", "default", "bulk"]
LANES: tuple[Lane, ...] = ("urgent", "default", "bulk")
S = TypeVar("S", bound="ServiceSettings")
TaskFunction = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What a task works with."""

    runtime: Runtime
    service: str

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction, in the service's own name; commits when its block ends."""
        return self.runtime.session(self.service.replace("-", "_"), system_actor(self.service))

    def settings(self, kind: type[S]) -> S:
        """The service's settings."""
        return self.runtime.service_settings(kind)


@dataclass(frozen=True, slots=True)
class Task:
    """A registered task; `every` in seconds if the clock starts it."""

    name: str
    service: str
    lane: Lane
    function: TaskFunction
    every: float | None = None

    @property
    def queue(self) -> str:
        """The queue of its lane: a service's workers take their own service's work only."""
        return lane_queue(self.service, self.lane)


def lane_queue(service: str, lane: str) -> str:
    """`hazard-monitoring.urgent`: each service has a queue per lane."""
    return f"{service}.{lane}"


def lane_queues(service: str) -> list[str]:
    """All queues of a service, the urgent one first."""
    return [lane_queue(service, lane) for lane in LANES]


class Tasks:
    """A service's tasks, registered by decorator. Every task must be safe to run twice."""

    def __init__(self, service: str) -> None:
        """`service` in kebab-case, as in its folder."""
        self.service = service
        self.all: list[Task] = []

    def task(self, name: str, *, lane: Lane = "default") -> Callable[[TaskFunction], TaskFunction]:
        """Register `async def f(context, **arguments)` as `<service>.<name>`."""
        return self._register(name, lane, None)

    def every(
        self, seconds: float, name: str, *, lane: Lane = "default"
    ) -> Callable[[TaskFunction], TaskFunction]:
        """Register `async def f(context)` to be started by the clock."""
        return self._register(name, lane, seconds)

    def _register(
        self, name: str, lane: Lane, every: float | None
    ) -> Callable[[TaskFunction], TaskFunction]:
        def register(function: TaskFunction) -> TaskFunction:
            full = f"{self.service.replace('-', '_')}.{name}"
            self.all.append(Task(full, self.service, lane, function, every))
            return function

        return register
