"""Prometheus metrics of the core, RED per route and the health of the outbox."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "muster_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
DURATION = Histogram(
    "muster_http_request_seconds",
    "Time to answer a request, in seconds.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 10),
)
RELAYED = Counter("muster_outbox_relayed_total", "Outbox rows delivered.", ["schema"])
OUTBOX_DEPTH = Gauge("muster_outbox_rows", "Rows waiting in the outbox.", ["schema"])
OUTBOX_AGE = Gauge(
    "muster_outbox_age_seconds", "Age of the oldest outbox row, in seconds.", ["schema"]
)
DEAD_LETTERS = Gauge("muster_dead_letters", "Events that no attempt could deliver.", ["schema"])
