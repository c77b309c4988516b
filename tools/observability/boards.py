"""The dashboards: rows of panels; a panel is a title, a unit and what is drawn."""

from __future__ import annotations

from panels import RATE, Dashboard, Panel, now, one, quantiles

JOB = 'job=~"$job"'
API = f'{JOB}, route=~"/api/.+"'

REQUESTS = one(
    "Requests",
    "reqps",
    "{{job}}",
    f"sum by (job) (rate(muster_http_requests_total{{{API}}}{RATE}))",
)
ERRORS = one(
    "Share that failed",
    "percentunit",
    "{{job}}",
    f'sum by (job) (rate(muster_http_requests_total{{{API}, status=~"5.."}}{RATE}))'
    f" / sum by (job) (rate(muster_http_requests_total{{{API}}}{RATE}))",
    danger=0.02,
)
LATENCY = Panel(
    "Time to answer",
    "s",
    quantiles("muster_http_request_seconds", "job", f'{API}, route!="/api/v1/stream"'),
    danger=0.5,
)

OVERVIEW = Dashboard(
    "overview",
    "Muster: overview",
    {
        "Now": [
            now("Processes", "none", f"sum(up{{{JOB}}})"),
            now("Not answering", "none", f"count(up{{{JOB}}} == 0) or vector(0)", 1),
            now("Oldest outbox row", "s", "max(muster_outbox_age_seconds)", 30),
            now("Dead letters", "none", "sum(max by (schema) (muster_dead_letters))", 1),
            now("Stale feeds", "none", "sum(min by (feed) (muster_feed_stale))", 1),
            now("Journal whole", "bool_yes_no", "min(muster_journal_intact)"),
        ],
        "Requests": [REQUESTS, ERRORS, LATENCY],
        "Leaned on": [
            one(
                "Database read at last scrape",
                "none",
                "{{schema}}",
                "max by (schema) (muster_database_up)",
            ),
            Panel(
                "Database connections in use",
                "none",
                (
                    (
                        "{{job}} {{pool}}",
                        f"sum by (job, pool) (muster_database_connections{{{JOB}}})",
                    ),
                    (
                        "most of {{pool}}",
                        f"max by (pool) (muster_database_connections_limit{{{JOB}}})",
                    ),
                ),
            ),
            one(
                "Cache reads",
                "ops",
                "{{outcome}}",
                f"sum by (outcome) (rate(muster_cache_reads_total{{{JOB}}}{RATE}))",
            ),
            one(
                "Requests the database turned away",
                "reqps",
                "{{reason}}",
                f"sum by (reason) (rate(muster_database_refusals_total{{{JOB}}}{RATE}))",
            ),
            one(
                "Disk free",
                "percentunit",
                "{{instance}}",
                f"muster_disk_free_bytes{{{JOB}}} / muster_disk_size_bytes{{{JOB}}}",
            ),
            one(
                "Certificates end in",
                "s",
                "{{certificate}}",
                "min by (certificate) (muster_certificate_expiry_timestamp_seconds) - time()",
            ),
        ],
        "Search": [
            one("Behind by", "s", "search", "max(muster_search_lag_seconds)", danger=60),
            one(
                "PostgreSQL answers in place of Elasticsearch",
                "none",
                "degraded",
                "max(muster_search_degraded)",
            ),
            one(
                "What runs",
                "none",
                "{{version}} on Python {{python}}",
                f"count by (version, python) (muster_build_info{{{JOB}}})",
            ),
        ],
    },
    {"job": "up"},
)
SERVICE = Dashboard(
    "service",
    "Muster: a service",
    {
        "By route": [
            one(
                "Requests",
                "reqps",
                "{{method}} {{route}}",
                f"sum by (method, route) (rate(muster_http_requests_total{{{JOB}}}{RATE}))",
            ),
            one(
                "Answers by status",
                "reqps",
                "{{status}}",
                f"sum by (status) (rate(muster_http_requests_total{{{JOB}}}{RATE}))",
            ),
            one(
                "Slowest hundredth",
                "s",
                "{{method}} {{route}}",
                "histogram_quantile(0.99, sum by (method, route, le)"
                f" (rate(muster_http_request_seconds_bucket{{{JOB}}}{RATE})))",
            ),
        ],
        "gRPC": [
            Panel("Calls served", "s", quantiles("muster_rpc_server_seconds", "method", JOB)),
            Panel("Calls made", "s", quantiles("muster_rpc_client_seconds", "method", JOB)),
            one(
                "Calls that were refused or failed",
                "reqps",
                "{{method}} {{status}}",
                f'sum by (method, status) (rate(muster_rpc_client_seconds_count{{{JOB}, status!="ok"}}{RATE}))',
            ),
        ],
        "Process": [
            Panel(
                "Event loop late by",
                "s",
                quantiles("muster_event_loop_lag_seconds", "instance", JOB),
            ),
            one("Memory", "bytes", "{{instance}}", f"process_resident_memory_bytes{{{JOB}}}"),
            one(
                "CPU",
                "percentunit",
                "{{instance}}",
                f"rate(process_cpu_seconds_total{{{JOB}}}{RATE})",
            ),
            one(
                "Faces",
                "none",
                "{{schema}} {{face}}",
                f"sum by (schema, face) (muster_face_up{{{JOB}}})",
            ),
            one("Open files", "none", "{{instance}}", f"process_open_fds{{{JOB}}}"),
            one(
                "Trace spans",
                "ops",
                "{{outcome}}",
                f"sum by (outcome) (rate(muster_trace_spans_total{{{JOB}}}{RATE}))",
            ),
        ],
    },
    {"job": "up"},
)
MESSAGING = Dashboard(
    "messaging",
    "Muster: events and tasks",
    {
        "Outbox": [
            one("Rows waiting", "none", "{{schema}}", "max by (schema) (muster_outbox_rows)"),
            one(
                "Oldest row",
                "s",
                "{{schema}}",
                "max by (schema) (muster_outbox_age_seconds)",
                danger=30,
            ),
            one(
                "Rows relayed",
                "ops",
                "{{schema}}",
                f"sum by (schema) (rate(muster_outbox_relayed_total{RATE}))",
            ),
            one(
                "Events announced",
                "ops",
                "{{type}}",
                f"sum by (type) (rate(muster_events_announced_total{RATE}))",
            ),
            one(
                "Dead letters",
                "none",
                "{{schema}}",
                "max by (schema) (muster_dead_letters)",
                danger=1,
            ),
            one(
                "Clock overdue",
                "s",
                "{{schema}}",
                "min by (schema) (muster_tick_overdue_seconds)",
                danger=60,
            ),
        ],
        "Queues and consumers": [
            one(
                "Messages ready",
                "none",
                "{{queue}}",
                "max by (queue) (muster_queue_messages)",
                danger=1000,
            ),
            one(
                "Processes that take them",
                "none",
                "{{queue}}",
                "max by (queue) (muster_queue_consumers)",
            ),
            Panel(
                "From event to handled",
                "s",
                quantiles("muster_delivery_seconds", "consumer"),
                danger=30,
            ),
            one(
                "Events handled",
                "ops",
                "{{consumer}}",
                f"sum by (consumer) (rate(muster_delivery_seconds_count{RATE}))",
            ),
            one(
                "Attempts that failed",
                "ops",
                "{{consumer}}",
                f"sum by (consumer) (rate(muster_consumer_failures_total{RATE}))",
            ),
        ],
        "Tasks": [
            one(
                "Runs", "ops", "{{task}}", f"sum by (task) (rate(muster_task_seconds_count{RATE}))"
            ),
            Panel("Time taken", "s", quantiles("muster_task_seconds", "task")),
            one(
                "Failures",
                "ops",
                "{{task}}",
                f"sum by (task) (rate(muster_task_failures_total{RATE}))",
            ),
        ],
    },
)
PICTURE = Dashboard(
    "hazards-and-journal",
    "Muster: hazards and journal",
    {
        "Feeds": [
            one(
                "Age of the news",
                "s",
                "{{feed}}",
                "min by (feed) (muster_feed_age_seconds)",
                width=12,
            ),
            one("Stale", "none", "{{feed}}", "min by (feed) (muster_feed_stale)", width=12),
        ],
        "Journal": [
            one("Age of the newest entry", "s", "head", "min(muster_journal_head_age_seconds)"),
            one(
                "Since it was verified",
                "s",
                "{{walk}}",
                "min by (walk) (muster_journal_verified_age_seconds)",
            ),
            one("As it was written", "none", "{{walk}}", "min by (walk) (muster_journal_intact)"),
            one(
                "Behind the events",
                "s",
                "p99",
                "histogram_quantile(0.99, sum by (le) (rate(muster_delivery_seconds_bucket"
                f'{{consumer="activity-log.journal_everything"}}{RATE})))',
            ),
        ],
    },
)
DASHBOARDS = (OVERVIEW, SERVICE, MESSAGING, PICTURE)
