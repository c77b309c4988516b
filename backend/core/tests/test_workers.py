"""Work from the outbox to a worker, over both brokers: at least once, and nothing is dropped in silence."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from celery.contrib.testing.worker import start_worker
from kombu import Connection
from pydantic import SecretStr

from muster_core.celery_app import (
    DELIVERY_LIMIT,
    TaskSender,
    WorkerLoop,
    add_tasks,
    make_celery,
    perform,
    work_row,
)
from muster_core.dead_letters import letters, replay
from muster_core.identifiers import uuid7
from muster_core.lanes import fetch_dead_work
from muster_core.microservice import declare_topology
from muster_core.runtime import Runtime
from muster_core.tasks import Task, lane_queue
from muster_host.engines import embedded_valkey
from muster_testing.people import TestIdentity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path
    from uuid import UUID

    from muster_core.database import Reader
    from muster_core.microservice import Microservice
    from muster_core.settings import Settings
    from muster_core.tasks import TaskContext


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Celery leaves a closed worker's sockets to the garbage collector, which warns in a later test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(params=["valkey", "rabbitmq"])
def settings(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[Settings]:
    """Those of every test, with a queue for the workers."""
    if request.param == "valkey":
        with embedded_valkey(tmp_path / "valkey", durable=False) as server:
            yield settings.model_copy(update={"cache_url": SecretStr(server.url)})
    else:
        url: str = request.getfixturevalue("fresh_rabbitmq_url")
        yield settings.model_copy(update={"broker_url": SecretStr(url)})


@pytest_asyncio.fixture
async def reads(runtime: Runtime, services: list[Microservice]) -> AsyncIterator[Reader]:
    if runtime.settings.broker_url is not None:
        await declare_topology(services, runtime.settings.broker_url.get_secret_value())
    yield runtime.database("board").reader
    await runtime.close()


@pytest.fixture
def worker(settings: Settings, services: list[Microservice], reads: Reader) -> Iterator[None]:
    """A worker in a thread of its own, as `muster worker` makes it."""
    app = make_celery(settings.tasks_url, ["board"])
    loop = WorkerLoop(lambda: Runtime(settings, lambda _: TestIdentity.shared()))
    add_tasks(app, [task for service in services for task in service.work], loop)
    with start_worker(
        app, pool="threads", concurrency=2, perform_ping_check=False, shutdown_timeout=30
    ):
        yield
    loop.run(loop.runtime.close())
    app.close()


@pytest_asyncio.fixture
async def sender(settings: Settings) -> AsyncIterator[TaskSender]:
    made = TaskSender(make_celery(settings.tasks_url, ["board"]))
    yield made
    await made.close()


def work(
    task: str, lane: str = "default", expires_at: float | None = None, **arguments: Any
) -> dict[str, Any]:
    row = work_row(task, str(uuid7()), arguments, {"lane": lane, "traceparent": None})
    return row | {"expires_at": expires_at}


async def pin_in(reads: Reader) -> UUID:
    pin = uuid7()
    await reads.execute("INSERT INTO board.pin (id, text, copies) VALUES ($1, 'x', 0)", pin)
    return pin


async def until(done: Callable[[], Any], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not await done():
        assert time.monotonic() < limit, "it did not happen in time"
        await asyncio.sleep(0.05)


@pytest.mark.usefixtures("worker")
async def test_work_is_done_in_every_lane(sender: TaskSender, reads: Reader) -> None:
    pins = [await pin_in(reads) for _ in range(3)]
    lanes = ("urgent", "default", "bulk")
    await sender.send(
        [work("board.copy", lane, pin_id=str(pin)) for pin, lane in zip(pins, lanes, strict=True)]
    )

    async def all_done() -> bool:
        rows = await reads.fetch("SELECT copies FROM board.pin")
        return [row["copies"] for row in rows] == [100, 100, 100]

    await until(all_done)


@pytest.mark.usefixtures("worker")
async def test_what_no_worker_can_read_or_do_is_kept_for_a_person(
    sender: TaskSender, settings: Settings, reads: Reader, runtime: Runtime
) -> None:
    queue = lane_queue("board", "default")
    with Connection(settings.tasks_url) as connection:
        producer = connection.Producer(auto_declare=False)
        producer.publish(b"\xff", routing_key=queue, content_type="application/json")
        producer.publish(b"x", routing_key=queue, content_type="application/x-python-serialize")
        producer.publish({"no": "task"}, routing_key=queue, serializer="json")
    await sender.send([work("board.unheard_of", some="thing")])
    pin = await pin_in(reads)
    await sender.send([work("board.copy", pin_id=str(pin))])

    async def all_kept() -> bool:
        return len(await letters(runtime, "board")) == 4

    await until(all_kept)
    kept = {letter.consumer: letter for letter in await letters(runtime, "board")}
    unknown = json.loads(kept["task board.unheard_of"].body)
    assert (unknown["task"], unknown["arguments"]) == ("board.unheard_of", {"some": "thing"})

    async def done() -> bool:
        return bool(await reads.fetch("SELECT 1 FROM board.pin WHERE copies = 100"))

    await until(done)


@pytest.mark.usefixtures("worker")
async def test_work_that_fails_is_kept_and_can_be_started_again(
    sender: TaskSender, reads: Reader, runtime: Runtime
) -> None:
    await sender.send([work("board.copy", pin_id="no UUID at all")])

    async def kept() -> bool:
        return bool(await letters(runtime, "board"))

    await until(kept)
    (letter,) = await letters(runtime, "board")
    assert (letter.consumer, letter.attempts) == ("task board.copy", 5)
    await replay(runtime, letter, [])
    (row,) = await reads.fetch("SELECT kind, body FROM board.outbox")
    assert row["kind"] == "task"
    assert json.loads(row["body"])["arguments"] == {"pin_id": "no UUID at all"}
    assert await letters(runtime, "board") == []


@pytest.mark.usefixtures("worker")
async def test_a_tick_that_comes_too_late_is_dropped(sender: TaskSender, reads: Reader) -> None:
    late, last = await pin_in(reads), await pin_in(reads)
    await sender.send([work("board.copy", expires_at=time.time() - 5, pin_id=str(late))])
    await sender.send([work("board.copy", pin_id=str(last))])

    async def done() -> bool:
        rows = await reads.fetch("SELECT id FROM board.pin WHERE copies > 0")
        return [row["id"] for row in rows] == [last]

    await until(done)


async def test_a_tick_that_fails_is_not_kept(runtime: Runtime, reads: Reader) -> None:
    async def fail(_context: TaskContext) -> None:
        raise ValueError("not today")

    tick = Task("board.tick", "board", "default", fail, 1.0)
    with pytest.raises(ValueError, match="not today"):
        await perform(runtime, tick, work("board.tick"))
    assert await letters(runtime, "board") == []


@pytest.mark.parametrize("settings", ["rabbitmq"], indirect=True)
async def test_work_that_kills_its_worker_is_given_up_after_six_deaths(
    sender: TaskSender, settings: Settings, reads: Reader, runtime: Runtime
) -> None:
    pin = await pin_in(reads)
    await sender.send([work("board.copy", pin_id=str(pin))])
    queue = lane_queue("board", "default")
    deaths = 0
    connection = Connection(settings.tasks_url)
    channel: Any = connection.channel()
    while message := channel.basic_get(queue):
        deaths += 1
        channel.basic_reject(message.delivery_tag, requeue=True)
        await asyncio.sleep(0.05)
    connection.release()
    assert deaths == DELIVERY_LIMIT + 1

    dead = fetch_dead_work(runtime, settings.tasks_url, ["board"])

    async def kept() -> bool:
        return bool(await letters(runtime, "board"))

    try:
        await until(kept)
    finally:
        await dead.close()
    (letter,) = await letters(runtime, "board")
    assert (letter.consumer, letter.attempts) == ("task board.copy", DELIVERY_LIMIT + 1)
    assert json.loads(letter.body)["arguments"] == {"pin_id": str(pin)}


async def test_a_queue_that_is_away_is_an_outage_within_seconds(tmp_path: Path) -> None:
    for url in ("amqp://x:y@127.0.0.1:9/", "redis://127.0.0.1:9/0"):
        away = TaskSender(make_celery(url, ["board"]))
        began = time.monotonic()
        with pytest.raises(OSError, match="does not answer"):
            await away.send([work("board.copy")])
        assert time.monotonic() - began < 8
        await away.close()
