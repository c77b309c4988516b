"""How old the journal's newest entry is and what its verification found last, for /metrics."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from prometheus_client import Gauge

from activity_log.repository import walks
from muster_core.runtime import Runtime

HEAD_AGE = Gauge(
    "muster_journal_head_age_seconds",
    "Age of the journal's newest entry, in seconds; NaN without one.",
)
VERIFIED_AGE = Gauge(
    "muster_journal_verified_age_seconds",
    "Time since a walk through the journal ended ('new' entries, or the 'whole'), in seconds.",
    ["walk"],
)
INTACT = Gauge(
    "muster_journal_intact",
    "1 if a walk found every entry as it was written, 0 if not, NaN before it has ended once.",
    ["walk"],
)


async def gauges(runtime: Runtime) -> None:
    """Set all of them."""
    now = datetime.now(UTC)
    health = await walks.health_now(runtime.database("activity_log").reader)
    HEAD_AGE.set(_age(now, health.head_at))
    for walk in ("new", "whole"):
        ok, finished_at = health.walks.get(walk, (None, None))
        VERIFIED_AGE.labels(walk).set(_age(now, finished_at))
        INTACT.labels(walk).set(math.nan if ok is None else ok)


def _age(now: datetime, moment: datetime | None) -> float:
    return math.nan if moment is None else max(0.0, (now - moment).total_seconds())
