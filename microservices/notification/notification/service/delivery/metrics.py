"""What the workers did, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

HANDED = Counter(
    "muster_notification_handed_total",
    "Messages given to a channel, by lane; what became of them is told by muster_channel_messages_total.",
    ["channel", "lane"],
)
LATENCY = Histogram(
    "muster_notification_slice_seconds",
    "Time until a channel had answered for a slice of a chunk, in seconds.",
    ["channel"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
