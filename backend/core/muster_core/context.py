"""What travels with the work of one request, message or task: its trace (W3C traceparent)."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from typing import NamedTuple

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")


class Trace(NamedTuple):
    """Where in a trace we are. `span_id` is empty while no span of it is known here."""

    trace_id: str
    span_id: str
    flags: str

    def header(self) -> str:
        """As W3C writes it; without a span of ours the next one gets a parent that nobody recorded."""
        return f"00-{self.trace_id}-{self.span_id or secrets.token_hex(8)}-{self.flags}"

    @property
    def sampled(self) -> bool:
        """Whether whoever began it wants it recorded."""
        return bool(int(self.flags, 16) & 1)


_trace: ContextVar[Trace | None] = ContextVar("muster_trace", default=None)


def parse(traceparent: str | None) -> Trace | None:
    """What a header says, or None if it is not well formed."""
    match = _TRACEPARENT.match(traceparent or "")
    if match is None or set(match[1]) == {"0"} or set(match[2]) == {"0"}:
        return None
    return Trace(match[1], match[2], match[3])


def current() -> Trace | None:
    """Where we are, if anywhere."""
    return _trace.get()


def enter(trace: Trace | None) -> None:
    """Be there from now on, in this task and in those it starts."""
    _trace.set(trace)


def begin_trace(traceparent: str | None = None) -> str:
    """Continue the caller's trace if it is well formed, else begin one; answers the 32-digit trace id."""
    trace = parse(traceparent)
    if trace is None:
        # Not sampled: where spans are made, `muster_core.tracing` begins the traces and decides.
        trace = Trace(secrets.token_hex(16), "", "00")
    _trace.set(trace)
    return trace.trace_id


def trace_id() -> str:
    """The current trace id, begun now if there is none."""
    trace = _trace.get()
    return trace.trace_id if trace is not None else begin_trace()


def traceparent() -> str:
    """The header that continues this trace elsewhere."""
    trace_id()
    trace = _trace.get()
    assert trace is not None
    return trace.header()
