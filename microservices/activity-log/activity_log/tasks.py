from __future__ import annotations

from activity_log.service import integrity
from activity_log.settings import ActivitySettings
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("activity-log")
_WALK_SECONDS = 60.0


@tasks.every(60, "seal_journal")
async def seal_journal(context: TaskContext) -> None:
    """Verify the entries of the last minute and sign the heads they end with."""
    runtime = context.runtime
    reads = runtime.database("activity_log").reader
    async with context.session() as session:
        await integrity.seal_new(session, reads, runtime.settings.home)


@tasks.every(300, "verify_journal", lane="bulk")
async def verify_journal(context: TaskContext) -> None:
    """Go on with the walk through the whole journal, a minute at a time."""
    runtime = context.runtime
    reads = runtime.database("activity_log").reader
    async with context.session() as session:
        await integrity.walk_whole(
            session,
            reads,
            runtime.settings.home,
            hours=context.settings(ActivitySettings).verify_hours,
            seconds=_WALK_SECONDS,
        )
