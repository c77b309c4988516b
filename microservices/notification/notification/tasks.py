"""Slow and outbound work, and what the clock starts."""

from __future__ import annotations

from uuid import UUID

from muster_core.tasks import TaskContext, Tasks
from notification.domain.delivery import Lane
from notification.service import confirming, retention
from notification.service.delivery import progress, receipts, replies, sweep
from notification.service.delivery.intake import call_workers
from notification.service.delivery.options import DeliverySettings
from notification.service.delivery.plant import ACTOR, pump_of
from notification.vault import vault_of

tasks = Tasks("notification")

_FORGET_SECONDS = 600.0
_FORGET_REPLIES_SECONDS = 3600.0
_STRETCH_SECONDS = 120.0
_SWEEPS = 25


@tasks.task("work")
async def work(context: TaskContext, lane: str) -> None:
    """Work off a lane; if that takes longer than a stretch, somebody is called to go on."""
    if await pump_of(context).run(Lane(lane), _STRETCH_SECONDS):
        async with context.session() as session:
            await call_workers(session, Lane(lane), 1)


@tasks.every(1.0, "tick")
async def tick(context: TaskContext) -> None:
    """Take up what was lost, end what came too late, call workers to what waits, and tell how far everything is."""
    options = context.settings(DeliverySettings)
    keyed = pump_of(context).keyed
    for _ in range(_SWEEPS):
        async with context.session() as session:
            taken = await sweep.take_up_lost(session, ACTOR, keyed, options)
            taken += await sweep.end_late(session, ACTOR)
        if not taken:
            break
    async with context.session() as session:
        await receipts.settle_waiting(session, ACTOR)
    async with context.session() as session:
        await sweep.call_to_waiting(session, ACTOR, options)
    async with context.session() as session:
        await progress.tell(session, ACTOR)


@tasks.task("send_code", lane="urgent")
async def send_code(context: TaskContext, contact_point_id: str, seed: str) -> None:
    """Send the code that confirms a contact point; asked for twice, it is the same code with the same key."""
    core = context.runtime.settings
    point, site = UUID(contact_point_id), core.address
    async with context.session() as session:
        due = await confirming.due_code(
            session, ACTOR, vault_of(core), point, bytes.fromhex(seed), site
        )
    if due is not None:
        await confirming.send(due, pump_of(context).senders)


@tasks.every(_FORGET_SECONDS, "forget_unconfirmed", lane="bulk")
async def forget_unconfirmed(context: TaskContext) -> None:
    """Destroy the addresses that nobody confirmed in time."""
    async with context.session() as session:
        await retention.forget_unconfirmed(session, ACTOR)


@tasks.every(_FORGET_REPLIES_SECONDS, "forget_replies", lane="bulk")
async def forget_replies(context: TaskContext) -> None:
    """Destroy what subscribers answered more than a week ago."""
    async with context.session() as session:
        await replies.forget(session, ACTOR)
