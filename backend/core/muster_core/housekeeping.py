"""What the core's tables forget, so that they do not grow for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from muster_core.tasks import Task

if TYPE_CHECKING:
    from muster_core.tasks import TaskContext

EVERY_SECONDS = 3600.0
KEPT = {
    # Longer than a device can be out of reach and still send what it queued.
    ("idempotency_key", "created_at"): timedelta(days=7),
    # Longer than any broker delivers a message again.
    ("inbox", "received_at"): timedelta(days=30),
}
_BATCH = 5_000


def housekeeping(service: str) -> Task:
    """The task that every service has: old idempotency keys and inbox rows are deleted, some at a time."""
    schema = service.replace("-", "_")
    return Task(f"{schema}.forget_old", service, "bulk", forget_old, EVERY_SECONDS)


async def forget_old(context: TaskContext) -> None:
    """Delete what is older than `KEPT`, in short transactions."""
    schema = context.service.replace("-", "_")
    for (table, column), kept in KEPT.items():
        statement = text(
            f"WITH gone AS (DELETE FROM {schema}.{table} WHERE ctid IN (SELECT ctid FROM {schema}.{table}"  # noqa: S608 - our own names
            f" WHERE {column} < clock_timestamp() - CAST(:kept AS interval) LIMIT {_BATCH}) RETURNING 1)"
            " SELECT count(*) FROM gone"
        )
        deleted = _BATCH
        while deleted == _BATCH:
            async with context.session() as session:
                deleted = await session.scalar(statement, {"kept": kept}) or 0
