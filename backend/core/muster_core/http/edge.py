"""The outermost middleware: trace, body limit, metrics, access log, and the headers every answer carries."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from muster_core.context import trace_id
from muster_core.deadline import Deadline, deadline
from muster_core.errors import TooLargeError
from muster_core.http.problems import problem_response
from muster_core.logs import get_logger
from muster_core.metrics import DURATION, REQUESTS
from muster_core.tracing import Kind, Span, entry_span

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = get_logger("muster.http")
_SLOW_SECONDS = 1.0
REQUEST_SECONDS = 2.0
"""What a request may take until its answer begins: then it lets go of the database and of other services."""
WORK = ("/api/", "/warnings", "/subscribe")
"""What services answer, the API and the public's pages: within the deadline, and within the rate limits."""


class Edge:
    """ASGI middleware; pure, because BaseHTTPMiddleware breaks streams and costs a task per request."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        """Bodies over the limit are refused with 413 before they are read in full."""
        self._app, self._limit = app, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method = str(scope["method"])
        caller = headers.get(b"traceparent", b"").decode("latin-1")
        with entry_span(method, Kind.SERVER, caller, {"http.request.method": method}) as span:
            await self._serve(scope, receive, send, headers, span)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], span: Span
    ) -> None:
        trace = trace_id()
        started = time.perf_counter()
        status = 500
        within: Deadline | None = None
        path = str(scope["path"])
        api = path.startswith("/api/")

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if within is not None:
                    within.lift()
                self._dress(message, trace, api=api)
            await send(message)

        try:
            declared = headers.get(b"content-length", b"0")
            if declared.isdigit() and int(declared) > self._limit:
                await problem_response(self._too_large())(scope, receive, answer)
            else:
                with deadline(REQUEST_SECONDS if path.startswith(WORK) else None) as within:
                    await self._app(scope, self._limited(receive), answer)
        finally:
            self._record(scope, status, time.perf_counter() - started, span)

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"The body is larger than {self._limit} bytes.")

    def _limited(self, receive: Receive) -> Receive:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise self._too_large()
            return message

        return limited

    @staticmethod
    def _dress(message: MutableMapping[str, Any], trace: str, *, api: bool) -> None:
        headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
        headers.append((b"x-trace-id", trace.encode()))
        headers.append((b"x-content-type-options", b"nosniff"))
        if api and not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))

    @staticmethod
    def _record(scope: Scope, status: int, seconds: float, span: Span) -> None:
        route = getattr(scope.get("route"), "path", "other")
        method = str(scope["method"])
        REQUESTS.labels(method, route, str(status)).inc()
        DURATION.labels(method, route).observe(seconds)
        # The route, not the path: an address may hold what is nobody's business.
        span.rename(f"{method} {route}")
        span.set("http.route", route)
        span.set("http.response.status_code", status)
        if status >= 500:
            span.fail(str(status))
        if status >= 500 or (seconds > _SLOW_SECONDS and route != "/api/v1/stream"):
            _log.warning(
                "request", method=method, route=route, status=status, seconds=round(seconds, 3)
            )
        else:
            _log.debug(
                "request", method=method, route=route, status=status, seconds=round(seconds, 4)
            )
