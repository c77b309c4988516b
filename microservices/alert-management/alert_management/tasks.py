"""The clock's tick for feeds of others' alerts, and one poll of one feed."""

from __future__ import annotations

from uuid import UUID

from alert_management.cap.settings import CapSettings
from alert_management.feed_settings import FeedSettings
from alert_management.service.received import feeds, reading
from muster_core.auth import system_actor
from muster_core.fetching import fetch
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("alert-management")
ACTOR = system_actor("alert-management")


@tasks.every(1.0, "alert_feeds_tick")
async def tick(context: TaskContext) -> None:
    """Start a poll of each feed that is due; two ticks at once start each once."""
    async with context.session() as session:
        await feeds.start_due_polls(session, ACTOR, context.settings(FeedSettings))


@tasks.task("poll_alert_feed")
async def poll_alert_feed(context: TaskContext, feed_id: str, lease: str) -> None:
    """Ask a feed, then for what is new of the documents it links to, and store the answers.

    No transaction is open while the network is waited for.
    """
    settings = context.settings(FeedSettings)
    trust = context.settings(CapSettings).trust()
    mine = (UUID(feed_id), UUID(lease))
    async with context.session() as session:
        target = await feeds.target_of(session, ACTOR, *mine)
    if target is None:
        return
    answer = await fetch(target.source, settings.limits, settings.outbound)
    brought = await reading.read(target, answer, settings, trust)
    async with context.session() as session:
        wanted = await feeds.links_to_read(session, ACTOR, *mine, brought, settings)
    linked = await reading.read_linked(wanted, settings, trust)
    async with context.session() as session:
        await feeds.store_answer(session, ACTOR, *mine, brought, linked, settings)
