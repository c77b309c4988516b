"""The clock's ticks, and handing messages over to partners."""

from __future__ import annotations

import asyncio

from alert_management.hook_sender import Outcome
from alert_management.hook_sender import hand_over as hand_over_one
from alert_management.repository.partners import Claimed
from alert_management.service import hooks, publishing
from alert_management.settings import Settings
from alert_management.vault import master_key
from muster_core.auth import system_actor
from muster_core.identifiers import uuid7
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("alert-management")
ACTOR = system_actor("alert-management")


@tasks.every(1.0, "end_lapsed", lane="urgent")
async def end_lapsed(context: TaskContext) -> None:
    """End the alerts whose time is over; two ticks at once end each once."""
    async with context.session() as session:
        await publishing.end_lapsed(session, ACTOR)


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
    master = master_key(context.runtime.settings)

    async def one(message: Claimed) -> tuple[Claimed, Outcome]:
        outcome = await hand_over_one(
            message.url,
            hooks.secret_of(master, message.hook_id, message.generation),
            str(message.event_id),
            message.body,
            seconds=settings.hook_seconds,
            insecure_loopback=settings.hook_insecure_loopback,
        )
        return message, outcome

    for answered in asyncio.as_completed([one(message) for message in taken]):
        message, outcome = await answered
        async with context.session() as session:
            await hooks.settle(session, ACTOR, message.id, lease, outcome)
