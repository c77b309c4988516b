"""Every metric of the core, for Prometheus. Services add theirs in a `gauges.py` of their own.

Names are `muster_<noun>_<unit>`; labels have few values (never an id, a person or an address). What is exported is
listed in infrastructure/observability/metrics.json, and rules and dashboards are held to that list.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 10)
_LONG_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

# HTTP
REQUESTS = Counter(
    "muster_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
DURATION = Histogram(
    "muster_http_request_seconds",
    "Time to answer a request, in seconds.",
    ["method", "route"],
    buckets=_SECONDS,
)

# Events, from the transaction that announces them to the consumer that has handled them
ANNOUNCED = Counter("muster_events_announced_total", "Events written to an outbox.", ["type"])
RELAYED = Counter("muster_outbox_relayed_total", "Outbox rows delivered.", ["schema"])
OUTBOX_DEPTH = Gauge("muster_outbox_rows", "Rows waiting in the outbox.", ["schema"])
OUTBOX_AGE = Gauge(
    "muster_outbox_age_seconds", "Age of the oldest outbox row, in seconds.", ["schema"]
)
DELIVERY = Histogram(
    "muster_delivery_seconds",
    "From an event's time to the end of its handling, in seconds.",
    ["consumer"],
    buckets=_LONG_SECONDS,
)
CONSUMER_FAILURES = Counter(
    "muster_consumer_failures_total", "Attempts to handle events that failed.", ["consumer"]
)
DEAD_LETTERS = Gauge("muster_dead_letters", "Events that no attempt could deliver.", ["schema"])
QUEUE_MESSAGES = Gauge(
    "muster_queue_messages",
    "Messages ready in a queue of the broker, as the process that consumes it sees them.",
    ["queue"],
)
QUEUE_CONSUMERS = Gauge(
    "muster_queue_consumers", "Processes that take messages from a queue.", ["queue"]
)

# Background tasks
TASK_DURATION = Histogram(
    "muster_task_seconds", "Time a task took, in seconds.", ["task"], buckets=_LONG_SECONDS
)
TASK_FAILURES = Counter("muster_task_failures_total", "Runs of a task that failed.", ["task"])
TICK_OVERDUE = Gauge(
    "muster_tick_overdue_seconds",
    "How much longer than its interval ago a task of the clock was last started; the worst of a service.",
    ["schema"],
)

LIMITED = Counter(
    "muster_http_limited_total",
    "Requests refused by a rate limit: of a stranger's address, an address, or an account.",
    ["by"],
)

# gRPC
RPC_SERVED = Histogram(
    "muster_rpc_server_seconds",
    "Time to answer a gRPC call, in seconds.",
    ["method", "status"],
    buckets=_SECONDS,
)
RPC_ASKED = Histogram(
    "muster_rpc_client_seconds",
    "Time until a gRPC call of ours ended, retries included, in seconds.",
    ["method", "status"],
    buckets=_SECONDS,
)

# What a process leans on
CACHE_READS = Counter(
    "muster_cache_reads_total", "Reads of the cache: hit, miss, or away.", ["outcome"]
)
DATABASE_UP = Gauge(
    "muster_database_up", "1 if a service's schema could be read at this scrape.", ["schema"]
)
DATABASE_CONNECTIONS = Gauge(
    "muster_database_connections", "Connections of this process that are in use.", ["pool"]
)
DATABASE_LIMIT = Gauge(
    "muster_database_connections_limit", "Connections this process may use.", ["pool"]
)
DATABASE_REFUSALS = Counter(
    "muster_database_refusals_total",
    "Requests turned away: busy, late, silent, away, full, or outcome unknown.",
    ["reason"],
)
DATABASE_SILENT = Gauge(
    "muster_database_silent", "1 while the database does not answer this process at all."
)
CERTIFICATE_EXPIRY = Gauge(
    "muster_certificate_expiry_timestamp_seconds",
    "When a certificate of this process ends (Unix time).",
    ["certificate"],
)
DISK_FREE = Gauge("muster_disk_free_bytes", "Bytes free where MUSTER_HOME lies.")
DISK_SIZE = Gauge("muster_disk_size_bytes", "Size of the disk on which MUSTER_HOME lies, in bytes.")

# Search: set by the search service
SEARCH_LAG = Gauge(
    "muster_search_lag_seconds", "Age of the newest change that search has not indexed, in seconds."
)
SEARCH_DEGRADED = Gauge(
    "muster_search_degraded", "1 while PostgreSQL answers searches in place of Elasticsearch."
)

# The process
LOOP_LAG = Histogram(
    "muster_event_loop_lag_seconds",
    "How late the event loop came to what was due, in seconds.",
    buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
FACE = Gauge(
    "muster_face_up", "1 for each face of each service in this process.", ["schema", "face"]
)
BUILD = Gauge("muster_build_info", "1; the labels say what runs.", ["version", "python"])
GAUGES_FAILED = Counter(
    "muster_gauges_failed_total",
    "Scrapes at which a service's gauges could not be read.",
    ["schema"],
)
SPANS = Counter(
    "muster_trace_spans_total", "Spans made, sent to the collector, or lost with it.", ["outcome"]
)
