"""Traces: the same ids whether spans are made or not, and a collector that is away costs nobody anything."""

from __future__ import annotations

import importlib
import pkgutil
import re
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from muster_core import context
from muster_core.errors import ConflictError
from muster_core.observation import calling, serving
from muster_core.settings import Settings
from muster_core.trace_exporter import QUEUE_SPANS
from muster_core.tracing import Kind, active, entry_span, exporting, record, service_name, span
from muster_testing.collector import Collector, collecting

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = CALLER.removesuffix("01") + "00"
TRACE = CALLER[3:35]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


def told(url: str, ratio: float = 1.0) -> Settings:
    return Settings(traces_url=SecretStr(url), traces_ratio=ratio)


@pytest.mark.parametrize("url", [None, SecretStr("")])
def test_without_a_collector_only_the_ids_travel(url: SecretStr | None) -> None:
    settings = Settings(traces_url=url)
    with exporting(settings, "muster"), entry_span("GET /pins", Kind.SERVER, CALLER) as made:
        made.set("http.route", "/pins")
        assert not active()
        assert context.trace_id() == TRACE
        assert context.traceparent().startswith(f"00-{TRACE}-")
        assert context.traceparent().endswith("-01")


@pytest.mark.parametrize(
    "header",
    ["", "00-0-0-01", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", CALLER.upper(), CALLER + "-x"],
)
def test_a_malformed_header_begins_a_trace_of_its_own(header: str) -> None:
    with entry_span("GET /pins", Kind.SERVER, header):
        assert len(context.trace_id()) == 32
        assert context.trace_id() not in header


def test_spans_form_one_tree_in_the_callers_trace(collector: Collector) -> None:
    with exporting(told(collector.url), "muster-board-api"):
        with entry_span("GET /pins", Kind.SERVER, CALLER):
            with span("ask", Kind.CLIENT):
                inner = context.traceparent()
            assert context.current() != context.parse(inner)
        assert context.trace_id() == TRACE
        now = datetime.now(UTC)
        record("send", Kind.PRODUCER, inner, now - timedelta(seconds=3), now)

    spans = {one.name: one for one in collector.wait_for(lambda spans: len(spans) == 3)}
    assert {one.trace_id for one in spans.values()} == {TRACE}
    assert {one.service for one in spans.values()} == {"muster-board-api"}
    assert spans["GET /pins"].parent_id == CALLER[36:52]
    assert spans["ask"].parent_id == spans["GET /pins"].span_id
    assert inner == f"00-{TRACE}-{spans['ask'].span_id}-01"
    assert spans["send"].parent_id == spans["ask"].span_id
    assert spans["send"].ended - spans["send"].began == pytest.approx(3, abs=0.01)


def test_what_the_caller_does_not_want_recorded_is_not(collector: Collector) -> None:
    with exporting(told(collector.url), "muster"):
        with entry_span("quiet", Kind.SERVER, UNSAMPLED), span("quiet too"):
            record("send", Kind.PRODUCER, UNSAMPLED, datetime.now(UTC), datetime.now(UTC))
            assert context.traceparent().endswith("-00")
        with entry_span("loud", Kind.SERVER, CALLER):
            pass

    assert [one.name for one in collector.wait_for(bool)] == ["loud"]


def test_the_ratio_decides_about_traces_that_begin_here(collector: Collector) -> None:
    with exporting(told(collector.url, ratio=0.0), "muster"):
        for _ in range(20):
            with entry_span("begun here", Kind.SERVER, None):
                pass
        with entry_span("from elsewhere", Kind.SERVER, CALLER):
            pass

    assert [one.name for one in collector.wait_for(bool)] == ["from elsewhere"]


def test_a_refusal_is_an_answer_and_a_fault_is_a_fault_without_its_words(
    collector: Collector,
) -> None:
    with exporting(told(collector.url), "muster"):
        with pytest.raises(ConflictError), serving("/muster.board.v1.Board/Pin", CALLER):
            raise ConflictError("Ann Lee is already assigned.")
        with pytest.raises(ValueError, match="Ann"), calling("/muster.board.v1.Board/Pin"):
            raise ValueError("Ann Lee")

    refused, broken = sorted(
        collector.wait_for(lambda spans: len(spans) == 2), key=lambda one: one.failed
    )
    assert (refused.failed, refused.attributes["error.type"]) == (False, "conflict")
    assert (broken.failed, broken.attributes["error.type"]) == (True, "ValueError")
    assert "Ann" not in repr(collector.spans)


def test_attributes_have_the_names_of_the_semantic_conventions() -> None:
    known: set[str] = set()
    for name in (
        "opentelemetry.semconv.attributes",
        "opentelemetry.semconv._incubating.attributes",
    ):
        folders: list[str] = list(importlib.import_module(name).__path__)
        for module in pkgutil.iter_modules(folders):
            found = vars(importlib.import_module(f"{name}.{module.name}"))
            known |= {value for value in found.values() if isinstance(value, str)}
    folder = Path(context.__file__).parent
    used: set[str] = set()
    for file in (folder / "observation.py", folder / "tracing.py", folder / "http" / "edge.py"):
        used |= set(
            re.findall(
                r'"((?:http|rpc|messaging|error|service|db)\.[a-z._]+)"', file.read_text("utf-8")
            )
        )
    used -= {"http.response.start"}  # ASGI's
    assert len(used) >= 10
    assert used <= known, used - known


def lost_so_far() -> float:
    return REGISTRY.get_sample_value("muster_trace_spans_total", {"outcome": "lost"}) or 0.0


def test_a_collector_that_is_away_or_silent_holds_nothing_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)  # takes connections and never says a word
        lost = lost_so_far()
        for url in (f"http://127.0.0.1:{silent.getsockname()[1]}", "http://127.0.0.1:9"):
            longest = 0.0
            with exporting(told(url), "muster"):
                for _ in range(QUEUE_SPANS // 2 + 500):
                    began = time.perf_counter()
                    with entry_span("GET /pins", Kind.SERVER, CALLER), span("inside"):
                        pass
                    longest = max(longest, time.perf_counter() - began)
                began = time.perf_counter()
            assert longest < 2.0  # nobody waited for five seconds of silence
            assert time.perf_counter() - began < 4.0  # nor does the process at its end
        assert lost_so_far() > lost


def test_a_process_is_named_after_what_it_is() -> None:
    assert service_name(["search"], ["api"]) == "muster-search-api"
    assert service_name(["search"], ["api", "rpc"]) == "muster-search-api"
    assert service_name(["search"], ["beat", "relay"]) == "muster-search"
    assert service_name(["search", "identity"], ["api"]) == "muster"
