"""Celery: carries background work from the relay to the workers, over RabbitMQ or the embedded Valkey.

Late acknowledgement, reject on loss, quorum queues: work is done at least once. Work that fails again and again, or
that kills its worker six times, ends among its service's dead letters; a tick of the clock does not, since the next
tick does the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from celery import Celery
from kombu import Connection, Queue
from redis import Redis

from muster_core.dead_letters import TASK_PREFIX, set_aside
from muster_core.logs import get_logger
from muster_core.observation import running_task
from muster_core.outages import is_outage
from muster_core.ports.amqp import queue_arguments
from muster_core.ports.delivery import ATTEMPTS
from muster_core.tasks import TaskContext, lane_queue, lane_queues

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from muster_core.runtime import Runtime
    from muster_core.tasks import Task

TASK_SECONDS = 300
# Delivered again so often after its worker died: six deaths in all.
DELIVERY_LIMIT = 5
_SEND_SECONDS = 3.0
_FIRST_PAUSE_SECONDS = 0.1
_OUTAGE_PAUSE_SECONDS = 1.0
_log = get_logger(__name__)


def make_celery(broker_url: str, services: Sequence[str]) -> Celery:
    """The Celery application for the work of some services (names in kebab-case), as its producer."""
    app = Celery("muster", broker=broker_url, set_as_current=False)
    rabbitmq = broker_url.startswith(("amqp", "pyamqp"))
    transport: dict[str, Any] = (
        {
            "confirm_publish": True,
            "connect_timeout": _SEND_SECONDS,
            "read_timeout": _SEND_SECONDS,
            "write_timeout": _SEND_SECONDS,
        }
        if rabbitmq
        else {"visibility_timeout": 2 * TASK_SECONDS, "socket_timeout": 5}
    )
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_exchange="muster.tasks",
        task_create_missing_queues=False,
        task_queues=[
            Queue(name, queue_arguments=lane_arguments(name) if rabbitmq else None)
            for service in services
            for name in lane_queues(service)
        ],
        task_serializer="json",
        accept_content=["json"],
        task_time_limit=TASK_SECONDS + 30,
        worker_consumer="muster_core.celery_worker:Consumer",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=_SEND_SECONDS,
        broker_heartbeat=10,
        broker_transport_options=transport,
        timezone="UTC",
        task_publish_retry=False,
    )
    return app


def lane_arguments(queue: str) -> dict[str, Any]:
    """How a lane is declared on RabbitMQ."""
    return queue_arguments(queue, DELIVERY_LIMIT)


class TaskSender:
    """Puts work into the workers' queues, over one connection that is made anew after any failure."""

    def __init__(self, app: Celery) -> None:
        """Nothing is connected before first use."""
        self._app = app
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    async def send(self, works: Sequence[dict[str, Any]]) -> None:
        """Return once the broker has taken all of it.

        Raises:
            OSError: it did not within 3 s for a piece; some may have been taken, and will be sent again.
        """
        await asyncio.to_thread(self._send, works)

    def _send(self, works: Sequence[dict[str, Any]]) -> None:
        with self._lock:
            if self._connection is None:
                self._connection = self._app.connection_for_write()
            try:
                self._connection.ensure_connection(max_retries=1, timeout=int(_SEND_SECONDS))
                producer = self._app.amqp.Producer(self._connection, auto_declare=False)
                for work in works:
                    self._put(producer, work)
            except Exception as error:
                # Not closed politely: a blocked broker does not answer a goodbye.
                with contextlib.suppress(Exception):
                    self._connection.collect()
                self._connection = None
                raise OSError(f"The workers' queue does not answer: {error}"[:300]) from error

    def _put(self, producer: Any, work: dict[str, Any]) -> None:
        service = str(work["task"]).partition(".")[0].replace("_", "-")
        self._app.send_task(
            work["task"],
            kwargs=work["arguments"],
            task_id=work["id"],
            queue=lane_queue(service, work["lane"]),
            headers={"traceparent": work.get("traceparent"), "lane": work["lane"]},
            expires=_moment(work.get("expires_at")),
            producer=producer,
            confirm_timeout=_SEND_SECONDS,
        )

    async def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await asyncio.to_thread(self._connection.collect)
            self._connection = None


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class WorkerLoop:
    """A worker process's event loop, in a thread of its own, with its Runtime."""

    def __init__(self, make: Callable[[], Runtime]) -> None:
        """`make` is called once, on the loop."""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="tasks", daemon=True).start()

        async def start() -> Runtime:
            made = make()
            made.database("").start()
            return made

        self.runtime = asyncio.run_coroutine_threadsafe(start(), self._loop).result(30)

    def begin(self, work: Awaitable[Any]) -> Future[Any]:
        """Run it beside the tasks."""

        async def run() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self._loop)

    def run(self, work: Awaitable[Any]) -> None:
        """Wait for it, from another thread, at most as long as a task may take."""

        async def bounded() -> None:
            async with asyncio.timeout(TASK_SECONDS):
                await work

        asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()


def add_tasks(app: Celery, tasks: Sequence[Task], loop: WorkerLoop) -> None:
    """Make the application a worker's: it knows how to do these tasks."""
    url = str(app.conf.broker_url)
    deaths = None if url.startswith(("amqp", "pyamqp")) else Redis.from_url(url)  # pyright: ignore[reportUnknownMemberType]
    untyped: Any = app
    untyped.muster_loop = loop
    register: Any = app.task
    for task in tasks:
        register(_runner(task, loop, deaths), name=task.name, bind=True, shared=False)


def _runner(task: Task, loop: WorkerLoop, deaths: Redis | None) -> Callable[..., None]:
    def run(self: Any, **arguments: Any) -> None:
        request = self.request
        headers: dict[str, Any] = request.headers or {}
        work = work_row(task.name, str(request.id), arguments, headers)
        delivery: dict[str, Any] = request.delivery_info or {}
        if (
            deaths is not None
            and delivery.get("redelivered")
            and _died_too_often(deaths, work["id"])
        ):
            loop.run(bury(loop.runtime, task.service, work, "Its worker died again and again."))
            return
        loop.run(perform(loop.runtime, task, work))

    return run


def work_row(
    task: str, work_id: str, arguments: dict[str, Any], headers: dict[str, Any]
) -> dict[str, Any]:
    """Work as its outbox row had it, from the message that carried it."""
    return {
        "id": work_id,
        "task": task,
        "arguments": arguments,
        "lane": headers.get("lane", "default"),
        "traceparent": headers.get("traceparent"),
    }


async def perform(runtime: Runtime, task: Task, work: dict[str, Any]) -> None:
    """Do the work, with some attempts; what cannot be done is set aside, and while the database is away it waits.

    Raises:
        Exception: a tick of the clock failed; the next one does the same work.
    """
    context = TaskContext(runtime, task.service)
    attempt, pause = 1, _FIRST_PAUSE_SECONDS
    while True:
        try:
            with running_task(task.name, work["lane"], work["traceparent"]):
                await task.function(context, **work["arguments"])
        except Exception as error:
            if task.every is not None:
                raise
            if is_outage(error):
                await asyncio.sleep(_OUTAGE_PAUSE_SECONDS)
                continue
            if attempt == ATTEMPTS:
                await bury(runtime, task.service, work, error, attempts=ATTEMPTS)
                return
            attempt += 1
            await asyncio.sleep(pause)
            pause *= 2
        else:
            return


async def bury(
    runtime: Runtime,
    service: str,
    work: dict[str, Any],
    error: BaseException | str,
    *,
    attempts: int = DELIVERY_LIMIT + 1,
) -> None:
    """Set work aside among its service's dead letters, so that `replay` can start it again."""
    await set_aside(
        runtime,
        service.replace("-", "_"),
        f"{TASK_PREFIX}{work['task']}",
        json.dumps(work),
        error,
        attempts=attempts,
    )


def _died_too_often(deaths: Redis, work_id: str) -> bool:
    """Valkey does not count deliveries, so we do."""
    key = f"muster:deaths:{work_id}"
    count: Any = deaths.incr(key)
    deaths.expire(key, 24 * 3600)
    return int(count) > DELIVERY_LIMIT
