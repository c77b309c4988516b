"""The clock's tick, and one poll of one feed."""

from __future__ import annotations

from uuid import UUID

from hazard_monitoring.service import feeds, ingest
from hazard_monitoring.settings import Settings
from muster_core.auth import system_actor
from muster_core.fetching import fetch
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("hazard-monitoring")
ACTOR = system_actor("hazard-monitoring")


@tasks.every(1.0, "tick")
async def tick(context: TaskContext) -> None:
    """Start a poll of each feed that is due; two ticks at once start each once."""
    async with context.session() as session:
        await feeds.start_due_polls(session, ACTOR, context.settings(Settings))


@tasks.task("poll_feed")
async def poll_feed(context: TaskContext, feed_id: str, lease: str) -> None:
    """Ask a feed and store the answer. No transaction is open while the network is waited for."""
    settings = context.settings(Settings)
    async with context.session() as session:
        target = await feeds.target_of(session, ACTOR, UUID(feed_id), UUID(lease))
    if target is None:
        return
    answer = await ingest.read(target, await fetch(target.source, settings.limits))
    async with context.session() as session:
        await feeds.store_answer(session, ACTOR, UUID(feed_id), UUID(lease), answer, settings)
