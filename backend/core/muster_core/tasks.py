"""Background work: Celery, started only through the outbox or by the clock.

A task is a coroutine; each worker process runs one event loop on which its tasks' coroutines run.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from celery import Celery

from muster_core.auth import system_actor
from muster_core.context import begin_trace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.runtime import Runtime
    from muster_core.settings import ServiceSettings

Lane = Literal["urgent", "default", "bulk"]
LANES: tuple[Lane, ...] = ("urgent", "default", "bulk")
TASK_SECONDS = 300
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


def make_celery(
    broker_url: str, tasks: Sequence[Task] = (), runtime: Callable[[], Runtime] | None = None
) -> Celery:
    """The Celery application: a producer, or with `tasks` and `runtime` a worker's."""
    app = Celery("muster", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="default",
        task_serializer="json",
        accept_content=["json"],
        task_time_limit=TASK_SECONDS + 30,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 2 * TASK_SECONDS, "socket_timeout": 5},
        timezone="UTC",
        task_publish_retry=False,
        # A tick that could not run in time is dropped: the next one does the same work.
        beat_schedule={
            task.name: {
                "task": task.name,
                "schedule": task.every,
                "options": {"queue": task.lane, "expires": max(task.every, 1.0)},
            }
            for task in tasks
            if task.every is not None
        },
    )
    if runtime is not None:
        loop = _Loop(runtime)
        for task in tasks:
            _add(app, task, loop)
    return app


async def start_task(app: Celery, work: dict[str, Any]) -> None:
    """Hand an outbox row's task to the workers' queue."""
    await asyncio.to_thread(
        app.send_task,
        work["task"],
        kwargs=work["arguments"],
        task_id=work["id"],
        queue=work["lane"],
        headers={"traceparent": work.get("traceparent")},
    )


class _Loop:
    """The worker process's event loop, in a thread of its own, with its Runtime."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._make = runtime
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runtime: Runtime | None = None

    def run(self, work: Callable[[Runtime], Awaitable[None]]) -> None:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="tasks", daemon=True).start()
                self._runtime = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(
                    30
                )
        assert self._runtime is not None
        runtime = self._runtime

        async def bounded() -> None:
            await asyncio.wait_for(work(runtime), TASK_SECONDS)

        asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()

    async def _open(self) -> Runtime:
        return self._make()


def _add(app: Celery, task: Task, loop: _Loop) -> None:
    def run(self: Any, **arguments: Any) -> None:
        headers: dict[str, Any] = self.request.headers or {}

        async def work(runtime: Runtime) -> None:
            begin_trace(headers.get("traceparent"))
            await task.function(TaskContext(runtime, task.service), **arguments)

        loop.run(work)

    register: Any = app.task
    register(run, name=task.name, bind=True)
