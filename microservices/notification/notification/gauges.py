"""What waits and what is in doubt, for /metrics."""

from __future__ import annotations

from prometheus_client import Gauge

from muster_core.runtime import Runtime
from notification.database import SCHEMA
from notification.domain.delivery import Lane
from notification.repository import delivery_reads

WAITING = Gauge(
    "muster_notification_chunks_waiting",
    "Chunks of recipients that could be begun now and that nobody has in hand.",
    ["lane"],
)
WAITING_AGE = Gauge(
    "muster_notification_chunk_age_seconds",
    "How long the oldest of them has waited, in seconds.",
    ["lane"],
)
IN_DOUBT = Gauge(
    "muster_notification_in_doubt",
    "Messages of the last day of which nobody knows whether they were sent; exercises are not counted.",
)


async def gauges(runtime: Runtime) -> None:
    """Set what waits in each lane, and how much is in doubt."""
    reads = runtime.database(SCHEMA).reader
    found = await delivery_reads.backlog(reads)
    for lane in Lane:
        here = found.get(lane, {})
        WAITING.labels(lane.value).set(here.get("chunks", 0))
        WAITING_AGE.labels(lane.value).set(here.get("age", 0.0))
    IN_DOUBT.set(await delivery_reads.in_doubt(reads))
