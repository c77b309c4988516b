"""What travels with the work of one request, message or task: its trace (W3C traceparent)."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_trace: ContextVar[str] = ContextVar("muster_trace", default="")


def begin_trace(traceparent: str | None = None) -> str:
    """Continue the caller's trace if it is well formed, else begin one; answers the 32-digit trace id."""
    match = _TRACEPARENT.match(traceparent or "")
    trace_id = match[1] if match and set(match[1]) != {"0"} else secrets.token_hex(16)
    _trace.set(trace_id)
    return trace_id


def trace_id() -> str:
    """The current trace id, begun now if there is none."""
    return _trace.get() or begin_trace()


def traceparent() -> str:
    """The header that continues this trace elsewhere."""
    return f"00-{trace_id()}-{secrets.token_hex(8)}-01"
