"""A span and a measurement for each thing a process does: one line where the thing is done.

with consuming(self.name, events): ...
with running_task(task.name, task.lane, headers.get("traceparent")): ...
with calling(method): ...            with serving(method, traceparent): ...
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from muster_core.errors import DomainError
from muster_core.metrics import (
    CONSUMER_FAILURES,
    DELIVERY,
    RPC_ASKED,
    RPC_SERVED,
    TASK_DURATION,
    TASK_FAILURES,
)
from muster_core.tracing import Kind, active, entry_span, record, span

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from prometheus_client import Histogram

    from muster_core.events import Event
    from muster_core.tracing import Span

SYSTEM = "muster"
_MOST_LINKS = 128


@contextmanager
def consuming(consumer: str, events: Sequence[Event], system: str = SYSTEM) -> Generator[Span]:
    """The handling of some events by a consumer, in the trace of the first and beside those of the others.

    `system` is `rabbitmq`, or ours when the relay hands events over by itself.
    """
    attributes: dict[str, str | int] = {
        "messaging.system": system,
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": consumer,
    }
    if len(events) > 1:
        attributes["messaging.batch.message_count"] = len(events)
    name, began = f"process {consumer}", datetime.now(UTC)
    first = events[0].traceparent if events else None
    others = {event.traceparent for event in events} - {first, None} if active() else set[str]()
    try:
        with entry_span(
            name, Kind.CONSUMER, first, attributes, links=sorted(filter(None, others))[:_MOST_LINKS]
        ) as made:
            yield made
    except Exception:
        CONSUMER_FAILURES.labels(consumer).inc()
        raise
    ended = datetime.now(UTC)
    for event in events:
        DELIVERY.labels(consumer).observe(max(0.0, (ended - event.time).total_seconds()))
    for other in others:
        record(name, Kind.CONSUMER, other, began, ended, attributes)


def relayed(events: Sequence[Event], system: str = SYSTEM) -> None:
    """Note that the broker has these events: in each one's trace, how long it lay in the outbox."""
    if not active():
        return
    now = datetime.now(UTC)
    for event in events:
        record(
            f"send {event.type}",
            Kind.PRODUCER,
            event.traceparent,
            event.time,
            now,
            {
                "messaging.system": system,
                "messaging.operation.type": "send",
                "messaging.operation.name": "send",
                "messaging.destination.name": "muster.events",
                "messaging.rabbitmq.destination.routing_key": event.type,
                "messaging.message.id": str(event.id),
            },
        )


@contextmanager
def running_task(name: str, lane: str, traceparent: str | None) -> Generator[Span]:
    """One run of a background task, in the trace of what asked for it."""
    began = time.perf_counter()
    try:
        with entry_span(
            f"process {name}",
            Kind.CONSUMER,
            traceparent,
            {
                "messaging.system": "celery",
                "messaging.operation.type": "process",
                "messaging.operation.name": "process",
                "messaging.destination.name": lane,
                "muster.task": name,
            },
        ) as made:
            yield made
    except BaseException:
        TASK_FAILURES.labels(name).inc()
        raise
    finally:
        TASK_DURATION.labels(name).observe(time.perf_counter() - began)


@contextmanager
def calling(method: str) -> Generator[Span]:
    """A gRPC call of ours; `method` as in `/muster.hazards.v1.Hazards/GetHazard`."""
    with _rpc(
        method, RPC_ASKED, span(method.strip("/"), Kind.CLIENT, _rpc_attributes(method))
    ) as made:
        yield made


@contextmanager
def serving(method: str, traceparent: str | None) -> Generator[Span]:
    """A gRPC call that arrives."""
    arriving = entry_span(method.strip("/"), Kind.SERVER, traceparent, _rpc_attributes(method))
    with _rpc(method, RPC_SERVED, arriving) as made:
        yield made


def _rpc_attributes(method: str) -> dict[str, str | int]:
    return {"rpc.system.name": "grpc", "rpc.method": method.strip("/")}


@contextmanager
def _rpc(method: str, seconds: Histogram, opened: Span) -> Generator[Span]:
    began, status = time.perf_counter(), "ok"
    try:
        with opened as made:
            yield made
    except DomainError as error:
        status = error.code
        raise
    except BaseException:
        status = "failed"
        raise
    finally:
        seconds.labels(method.strip("/"), status).observe(time.perf_counter() - began)
