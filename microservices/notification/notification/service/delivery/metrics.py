"""What the workers did, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

HANDED = Counter(
    "muster_notification_handed_total",
    "Messages given to a channel, by lane; what became of them is told by muster_channel_messages_total.",
    ["channel", "lane"],
)
HANDOVER = Histogram(
    "muster_notification_handover_seconds",
    "From taking in a published alert until a slice of its recipients was at a provider, in seconds.",
    ["lane"],
    buckets=(0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 900, 3600),
)
