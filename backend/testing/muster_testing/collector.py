"""A collector of traces for tests: it takes OTLP over HTTP as a real one does, and keeps what it was sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")


@dataclass(frozen=True, slots=True)
class SeenSpan:
    """A span as it arrived."""

    service: str
    process: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    began: float
    ended: float
    failed: bool
    attributes: dict[str, str]
    links: tuple[str, ...]


@dataclass
class Collector:
    """What arrived so far."""

    url: str
    spans: list[SeenSpan] = field(default_factory=list[SeenSpan])

    def wait_for(
        self, wanted: Callable[[list[SeenSpan]], bool], seconds: float = 20.0
    ) -> list[SeenSpan]:
        """The spans, once they are as wanted.

        Raises:
            AssertionError: they were not within `seconds`; names what came.
        """
        deadline = time.monotonic() + seconds
        while not wanted(list(self.spans)):
            if time.monotonic() > deadline:
                came = sorted(f"{one.trace_id[:6]} {one.name}" for one in self.spans)
                raise AssertionError(
                    f"the spans that were waited for did not come; there are {came}"
                )
            time.sleep(0.02)
        return list(self.spans)

    def take(self, body: bytes) -> None:
        """Decode one export request."""
        request = ExportTraceServiceRequest.FromString(body)
        for resource_spans in request.resource_spans:
            resource = {
                one.key: one.value.string_value for one in resource_spans.resource.attributes
            }
            for scope in resource_spans.scope_spans:
                for span in scope.spans:
                    self.spans.append(
                        SeenSpan(
                            resource["service.name"],
                            resource["service.instance.id"],
                            span.name,
                            KINDS[span.kind],
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            span.start_time_unix_nano / 1e9,
                            span.end_time_unix_nano / 1e9,
                            span.status.code == 2,
                            {
                                one.key: one.value.string_value or str(one.value.int_value)
                                for one in span.attributes
                            },
                            tuple(link.trace_id.hex() for link in span.links),
                        )
                    )


@contextmanager
def collecting() -> Generator[Collector]:
    """A collector on a free loopback port for the length of a block."""
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            good = self.path == "/v1/traces" and self.headers["content-type"] == (
                "application/x-protobuf"
            )
            if good:
                collector.take(body)
            self.send_response(200 if good else 404)
            self.send_header("content-type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
