"""The clock's ticks, handing messages over to partners, and asking the feeds of others."""

from __future__ import annotations

import asyncio
from uuid import UUID

from alert_management.cap.settings import CapSettings
from alert_management.feed_settings import FeedSettings
from alert_management.hook_sender import Outcome, partners
from alert_management.hook_sender import hand_over as hand_over_one
from alert_management.repository.partners import Claimed
from alert_management.service import hooks, publishing
from alert_management.service.received import feeds, lapsing, reading
from alert_management.settings import Settings
from muster_core.auth import system_actor
from muster_core.fetching import fetch
from muster_core.identifiers import uuid7
from muster_core.key_files import key_file, read_or_create
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("alert-management")
ACTOR = system_actor("alert-management")


@tasks.every(1.0, "end_lapsed", lane="urgent")
async def end_lapsed(context: TaskContext) -> None:
    """End the alerts whose time is over; two ticks at once end each once."""
    async with context.session() as session:
        await publishing.end_lapsed(session, ACTOR)


@tasks.every(5.0, "tell_lapsed")
async def tell_lapsed(context: TaskContext) -> None:
    """Announce the alerts of others whose time is over."""
    async with context.session() as session:
        await lapsing.tell_lapsed(session, ACTOR)


@tasks.every(5.0, "sweep_hooks")
async def sweep_hooks(context: TaskContext) -> None:
    """Hand over what is due again."""
    await _hand_over(context)


@tasks.task("hand_over", lane="urgent")
async def hand_over(context: TaskContext) -> None:
    """Hand over what was just written."""
    await _hand_over(context)


async def _hand_over(context: TaskContext) -> None:
    """Take, send, settle. No transaction is open while a partner is waited for."""
    settings = context.settings(Settings)
    lease = uuid7()
    async with context.session() as session:
        taken = await hooks.claim(session, ACTOR, lease)
    if not taken:
        return
    master = read_or_create(key_file(context.runtime.settings))
    outbound = partners(insecure_loopback=settings.hook_insecure_loopback)

    async def one(message: Claimed) -> tuple[Claimed, Outcome]:
        outcome = await hand_over_one(
            message.url,
            hooks.secret_of(master, message.hook_id, message.generation),
            str(message.event_id),
            message.body,
            seconds=settings.hook_seconds,
            outbound=outbound,
        )
        return message, outcome

    for answered in asyncio.as_completed([one(message) for message in taken]):
        message, outcome = await answered
        async with context.session() as session:
            await hooks.settle(session, ACTOR, message.id, lease, outcome)


@tasks.every(1.0, "alert_feeds_tick")
async def start_due_polls(context: TaskContext) -> None:
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
