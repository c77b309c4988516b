"""How old the picture of each feed is, for /metrics. Feeds of exercises are nobody's business at night."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from prometheus_client import Gauge

from hazard_monitoring.repository import reads
from muster_core.polling import FeedState, freshness
from muster_core.runtime import Runtime

FEED_AGE = Gauge(
    "muster_feed_age_seconds",
    "Age of the newest good news of a feed, in seconds; NaN before there was any.",
    ["feed"],
)
FEED_STALE = Gauge(
    "muster_feed_stale",
    "1 if a feed's news is too old to be trusted, or there never was any.",
    ["feed"],
)


async def gauges(runtime: Runtime) -> None:
    """Set the age of every feed that is polled; a paused one has none."""
    now = datetime.now(UTC)
    polled = await reads.polled_feeds(runtime.database("hazard_monitoring").reader)
    FEED_AGE.clear()
    FEED_STALE.clear()
    for feed in polled:
        age = None if feed.heard_at is None else max(0.0, (now - feed.heard_at).total_seconds())
        state = freshness(age, feed.poll_seconds)
        FEED_AGE.labels(feed.key).set(math.nan if age is None else age)
        FEED_STALE.labels(feed.key).set(state in {FeedState.STALE, FeedState.UNKNOWN})
