"""Sending spans by OTLP over HTTP, from a thread of its own; imported only where MUSTER_TRACES_URL is set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from muster_core.logs import get_logger
from muster_core.metrics import SPANS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

QUEUE_SPANS = 4096
_BATCH_SPANS = 512
_DELAY_MILLISECONDS = 1_000
_EXPORT_SECONDS = 5.0
_log = get_logger(__name__)


class _Exporter(SpanExporter):
    """OTLP, counted; an outage is said once when it begins and once when it ends."""

    def __init__(self, url: str) -> None:
        self._inner = OTLPSpanExporter(endpoint(url), timeout=_EXPORT_SECONDS)
        self._away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch within five seconds, or give it up."""
        result = self._inner.export(spans)
        away = result is not SpanExportResult.SUCCESS
        SPANS.labels("lost" if away else "sent").inc(len(spans))
        if away and not self._away:
            _log.warning("traces are not taken; work goes on without them")
        elif self._away and not away:
            _log.info("traces are taken again")
        self._away = away
        return result

    def shutdown(self) -> None:
        """Stop, in the middle of a retry too."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the interface's
        """Nothing waits here."""
        return True


class _Processor(BatchSpanProcessor):
    """The queue; what does not fit is dropped, oldest first, and shows as made but neither sent nor lost."""

    def on_end(self, span: ReadableSpan) -> None:
        """Take a span that has ended."""
        SPANS.labels("made").inc()
        super().on_end(span)


def endpoint(url: str) -> str:
    """The address of the collector's traces: `/v1/traces` where the setting names only the collector."""
    parts = urlsplit(url)
    return url if parts.path.strip("/") else urlunsplit(parts._replace(path="/v1/traces"))


def make_processor(url: str) -> SpanProcessor:
    """What the tracer hands its spans to."""
    # The library says at length, for each batch, what `_Exporter` says once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return _Processor(
        _Exporter(url),
        max_queue_size=QUEUE_SPANS,
        schedule_delay_millis=_DELAY_MILLISECONDS,
        max_export_batch_size=_BATCH_SPANS,
    )
