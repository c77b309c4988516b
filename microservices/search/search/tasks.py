from __future__ import annotations

from datetime import timedelta

from muster_core.tasks import TaskContext, Tasks
from search.repository.watches import forget_matches

tasks = Tasks("search")
# A record that matches again after so long is news again.
_KEPT = timedelta(days=30)


@tasks.every(3600, "forget_matches", lane="bulk")
async def forget_old_matches(context: TaskContext) -> None:
    """Delete what saved searches found long ago."""
    async with context.session() as session:
        await forget_matches(session, _KEPT)
