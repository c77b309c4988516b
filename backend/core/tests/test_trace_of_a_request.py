"""One trace from the request through outbox, broker, consumer, task and gRPC, as a collector receives it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from celery.contrib.testing.worker import start_worker
from prometheus_client import REGISTRY
from pydantic import SecretStr

from muster_core.auth import system_actor
from muster_core.celery_app import WorkerLoop, add_tasks, make_celery
from muster_core.microservice import Microservice, create_app, declare_topology, running
from muster_core.runtime import Runtime
from muster_core.tasks import TaskContext, Tasks
from muster_host.engines import embedded_valkey
from muster_testing.collector import Collector, SeenSpan, collecting
from muster_testing.notes import SERVICE, Notes, NotesStub
from muster_testing.people import TestIdentity, actor_with_role
from muster_testing.plugin import client_for

if TYPE_CHECKING:
    from pathlib import Path

    from muster_core.settings import Settings

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
tasks = Tasks("board")


@tasks.task("copy")
async def ask_for_a_note(context: TaskContext, pin_id: str) -> None:
    rpc = context.runtime.rpc
    stub = rpc.stub(NotesStub, "board")
    await rpc.call(stub.get, pin_id.encode(), actor=system_actor("board"))


async def note(request: bytes, _context: Any) -> bytes:
    return request


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture(params=["embedded", "rabbitmq"])
def settings(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, collector: Collector
) -> Iterator[Settings]:
    traced = settings.model_copy(update={"traces_url": SecretStr(collector.url)})
    if request.param == "embedded":
        with embedded_valkey(tmp_path / "valkey", durable=False) as server:
            yield traced.model_copy(update={"cache_url": SecretStr(server.url)})
    else:
        url: str = request.getfixturevalue("fresh_rabbitmq_url")
        yield traced.model_copy(update={"broker_url": SecretStr(url)})


@asynccontextmanager
async def everything(board: Microservice, settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    """Every face of the service, and a worker; somebody is signed in."""
    if settings.broker_url is not None:
        await declare_topology([board], settings.broker_url.get_secret_value())
    made = Runtime(settings, lambda _: TestIdentity.shared())
    faces = frozenset({"api", "rpc", "relay", "consumers"})
    celery: Any = make_celery(settings.tasks_url, ["board"])
    loop = WorkerLoop(lambda: Runtime(settings, lambda _: TestIdentity.shared()))
    celery.muster_loop = loop
    add_tasks(celery, board.work, loop)
    async with running(create_app(board, runtime=made, faces=faces)) as app:
        with start_worker(
            celery, pool="threads", concurrency=1, perform_ping_check=False, shutdown_timeout=30
        ):
            async with client_for(app, actor_with_role("incident-commander")) as client:
                yield client
            loop.run(loop.runtime.close())
    celery.close()


async def measured(client: httpx.AsyncClient, *, rabbitmq: bool) -> str:
    """/metrics, once the worker's queue has been looked at while the worker was there."""
    deadline = asyncio.get_running_loop().time() + 20
    while True:
        text = (await client.get("http://muster.test/metrics")).text
        seen = re.search(r'muster_queue_consumers\{queue="board[.a-z]*default"\} 1.0', text)
        if seen or not rabbitmq or asyncio.get_running_loop().time() > deadline:
            return text
        await asyncio.sleep(0.2)


def one(spans: list[SeenSpan], kind: str, name: str) -> SeenSpan:
    (found,) = [span for span in spans if (span.kind, span.name) == (kind, name)]
    return found


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_request_is_one_trace_to_its_last_consequence(
    settings: Settings, services: list[Microservice], collector: Collector
) -> None:
    (service,) = services
    board = replace(service, tasks=tasks, rpc=[Notes(get=note).add_to])
    handled = counted("muster_delivery_seconds_count", consumer="board.count_copies")
    served = counted("muster_rpc_server_seconds_count", method=f"{SERVICE}/Get", status="ok")

    async with everything(board, settings) as commander:
        answer = await commander.post(
            "/pins", json={"text": "work"}, headers={"traceparent": CALLER}
        )
        assert answer.status_code == 201
        trace = answer.headers["x-trace-id"]
        assert trace in CALLER

        def is_whole(spans: list[SeenSpan]) -> bool:
            return len([span for span in spans if span.trace_id == trace]) >= 6

        spans = await asyncio.to_thread(collector.wait_for, is_whole)
        metrics = await measured(commander, rabbitmq=settings.broker_url is not None)

    spans = [span for span in spans if span.trace_id == trace]
    request = one(spans, "server", "POST /api/v1/pins")
    assert request.parent_id == CALLER[36:52]
    assert request.attributes["http.route"] == "/api/v1/pins"
    assert request.attributes["http.response.status_code"] == "201"
    system = "rabbitmq" if settings.broker_url else "muster"
    sent = one(spans, "producer", "send muster.pin.pinned.v1")
    heard = one(spans, "consumer", "process board.count_copies")
    for message in (sent, heard):
        assert message.parent_id == request.span_id
        assert message.attributes["messaging.system"] == system
    work = one(spans, "consumer", "process board.copy")
    assert work.parent_id == request.span_id
    asked = one(spans, "client", f"{SERVICE}/Get")
    answered = one(spans, "server", f"{SERVICE}/Get")
    assert asked.parent_id == work.span_id
    assert answered.parent_id == asked.span_id
    assert request.began <= heard.began <= heard.ended
    assert work.began <= asked.began <= answered.began <= answered.ended

    assert counted("muster_delivery_seconds_count", consumer="board.count_copies") == handled + 1
    assert (
        counted("muster_rpc_server_seconds_count", method=f"{SERVICE}/Get", status="ok")
        == served + 1
    )
    assert 'muster_database_up{schema="board"} 1.0' in metrics
    assert 'muster_face_up{face="relay",schema="board"} 1.0' in metrics
    if settings.broker_url is not None:
        assert 'muster_queue_consumers{queue="board.count_copies"} 1.0' in metrics
        assert 'muster_queue_messages{queue="board.count_copies.dead"} 0.0' in metrics
        assert 'muster_queue_consumers{queue="board.default"} 1.0' in metrics
    assert 'muster_database_connections_limit{pool="read"} 5.0' in metrics
