"""Traces for OpenTelemetry: what was done for one request, message or tick, in every process that it reached.

    with entry_span("process incident-management.organizations", Kind.CONSUMER, event.traceparent):
        ...                                     # work that arrives with a trace of its own
    with span("GET https://…", Kind.CLIENT):    # a part of what goes on here
        ...

Spans are made only while `exporting` is on (MUSTER_TRACES_URL). Otherwise both cost a context variable, and traces are
the ids that the log lines and the envelopes carry. Nothing here waits for the collector, and nothing fails without it:
spans wait in a bounded queue, and what does not fit is counted and dropped. Names and attributes follow OpenTelemetry's
semantic conventions; none is personal: no address, no query, no name, no message of an exception.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from enum import IntEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol, Self
from uuid import uuid4

from muster_core import context
from muster_core.context import Trace
from muster_core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from opentelemetry.context import Context
    from opentelemetry.trace import Span as SdkSpan
    from opentelemetry.trace import SpanContext, Tracer

    from muster_core.settings import Settings

STOP_SECONDS = 2.0
_tracer: Tracer | None = None


class Kind(IntEnum):
    """Which side of a conversation a span is (OpenTelemetry's SpanKind)."""

    INTERNAL = 0
    SERVER = 1
    CLIENT = 2
    PRODUCER = 3
    CONSUMER = 4


class Span(Protocol):
    """A part of a trace, from where its block begins to where it ends."""

    def set(self, name: str, value: str | float) -> None:
        """Add an attribute."""
        ...

    def rename(self, name: str) -> None:
        """Give it a better name, such as the route that was found."""
        ...

    def fail(self, kind: str) -> None:
        """Mark it as failed; `kind` is a class of errors, never a message."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...


class _NoSpan:
    """While nothing is exported."""

    __slots__ = ()

    def set(self, name: str, value: str | float) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def fail(self, kind: str) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _RealSpan:
    __slots__ = ("_after", "_span")

    def __init__(self, span: SdkSpan, after: Trace | None) -> None:
        """`after` is where we are once it has ended."""
        self._span, self._after = span, after

    def set(self, name: str, value: str | float) -> None:
        self._span.set_attribute(name, value)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - imported with the exporter

        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def __enter__(self) -> Self:
        context.enter(_where(self._span.get_span_context()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, DomainError) and error.status < 500:
            self.set("error.type", error.code)  # a refusal is an answer, not a fault
        elif kind is not None and not issubclass(kind, (asyncio.CancelledError, GeneratorExit)):
            self.fail(kind.__name__)
        context.enter(self._after)
        self._span.end()


_NO_SPAN = _NoSpan()


def span(
    name: str, kind: Kind = Kind.INTERNAL, attributes: Mapping[str, str | int] | None = None
) -> Span:
    """A part of what goes on here; without a trace it begins one."""
    if _tracer is None:
        return _NO_SPAN
    here = context.current()
    return _RealSpan(_start(_tracer, name, kind, here, attributes), here)


def entry_span(
    name: str,
    kind: Kind,
    traceparent: str | None,
    attributes: Mapping[str, str | int] | None = None,
    links: Sequence[str | None] = (),
) -> Span:
    """Work that arrives: it continues the caller's trace if that is well formed, else begins one.

    The trace stays current when the block has ended, for what the log says afterwards. `links` are headers of other
    traces that this work is for.
    """
    if _tracer is None:
        context.begin_trace(traceparent)
        return _NO_SPAN
    parent = context.parse(traceparent)
    made = _start(_tracer, name, kind, parent, attributes, links)
    return _RealSpan(made, parent or _where(made.get_span_context()))


def record(
    name: str,
    kind: Kind,
    traceparent: str | None,
    began: datetime,
    ended: datetime,
    attributes: Mapping[str, str | int] | None = None,
) -> None:
    """A span of another trace, known only when it is over; nothing if that trace is not sampled."""
    parent = context.parse(traceparent) if _tracer is not None else None
    if _tracer is None or parent is None or not parent.sampled:
        return
    made = _start(_tracer, name, kind, parent, attributes, began=began)
    made.end(_nanoseconds(ended))


def active() -> bool:
    """Whether spans are made."""
    return _tracer is not None


def _start(
    tracer: Tracer,
    name: str,
    kind: Kind,
    parent: Trace | None,
    attributes: Mapping[str, str | int] | None,
    links: Sequence[str | None] = (),
    *,
    began: datetime | None = None,
) -> SdkSpan:
    from opentelemetry import trace as api  # noqa: PLC0415 - imported with the exporter

    others = [one for link in links if (one := context.parse(link)) is not None]
    return tracer.start_span(
        name,
        context=_context(parent),
        kind=api.SpanKind(kind.value),
        attributes=dict(attributes or {}),
        links=[api.Link(_span_context(one)) for one in others] or None,
        start_time=None if began is None else _nanoseconds(began),
        record_exception=False,
        set_status_on_exception=False,
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000


def _where(spot: SpanContext) -> Trace:
    return Trace(f"{spot.trace_id:032x}", f"{spot.span_id:016x}", f"{int(spot.trace_flags):02x}")


def _span_context(trace: Trace) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags  # noqa: PLC0415 - as above

    return SpanContext(
        int(trace.trace_id, 16),
        int(trace.span_id or "0", 16),
        is_remote=True,
        trace_flags=TraceFlags(int(trace.flags, 16)),
    )


def _context(parent: Trace | None) -> Context:
    from opentelemetry import trace as api  # noqa: PLC0415 - as above
    from opentelemetry.context import Context  # noqa: PLC0415 - as above

    if parent is None or not parent.span_id:
        return Context()
    return api.set_span_in_context(api.NonRecordingSpan(_span_context(parent)), Context())


def service_name(services: Sequence[str], faces: Sequence[str]) -> str:
    """`muster-<service>-<face>` where a process has one of each; without what it has several of.

    A process that answers by HTTP and gRPC is the `api`.
    """
    words, shown = ["muster"], [face for face in faces if face != "rpc" or "api" not in faces]
    if len(services) == 1:
        words += services
        if len(shown) == 1:
            words += shown
    return "-".join(words)


@contextmanager
def exporting(settings: Settings, name: str) -> Generator[None]:
    """Send spans to MUSTER_TRACES_URL for the length of a block; without that setting do nothing.

    At the end what waits is sent, for `STOP_SECONDS` at most.
    """
    global _tracer  # noqa: PLW0603 - one exporter per process
    if not settings.traces_url or _tracer is not None:  # compose passes an unset one as empty
        yield
        return
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - only who exports pays
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415
        ParentBased,
        TraceIdRatioBased,
    )

    from muster_core.trace_exporter import make_processor  # noqa: PLC0415

    resource = Resource(
        {
            "service.name": name,
            "service.namespace": "muster",
            "service.version": version("muster-core"),
            "service.instance.id": str(uuid4()),
        }
    )
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.traces_ratio)),
        resource=resource,
        shutdown_on_exit=False,
    )
    provider.add_span_processor(make_processor(settings.traces_url.get_secret_value()))
    _tracer = provider.get_tracer("muster", version("muster-core"))
    try:
        yield
    finally:
        _tracer = None
        # Beside the event loop's end, and not for ever: a collector that is silent must not hold up a restart.
        ending = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
        ending.start()
        ending.join(STOP_SECONDS)
