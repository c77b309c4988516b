"""What the channels did, for Prometheus. Labels are providers and outcomes, never an address."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SENT = Counter(
    "muster_channel_messages_total",
    "Messages given to a provider, by what became of them: accepted, failed, in_doubt or retry.",
    ["channel", "provider", "outcome"],
)
SECONDS = Histogram(
    "muster_channel_seconds",
    "Time a provider took to answer for one message, in seconds.",
    ["channel", "provider"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
BREAKER = Gauge(
    "muster_channel_breaker_open",
    "1 while a provider is in trouble and rests, in this process.",
    ["channel", "provider"],
)
CALLBACKS = Counter(
    "muster_channel_callbacks_total",
    "Callbacks of providers: receipt, text, confirmation, ignored, or forged.",
    ["provider", "kind"],
)
