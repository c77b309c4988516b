"""What the clock does in identity."""

from __future__ import annotations

from datetime import timedelta

from identity_service.service import housekeeping, signing
from identity_service.surroundings import surroundings_of
from muster_core.tasks import TaskContext, Tasks

tasks = Tasks("identity")

_HOUR = timedelta(hours=1).total_seconds()


@tasks.every(_HOUR, "rotate_signing_keys")
async def rotate_signing_keys(context: TaskContext) -> None:
    """Rotate the signing keys when they are due."""
    async with context.session() as session:
        await signing.rotate_when_due(session, surroundings_of(context.runtime))


@tasks.every(_HOUR, "forget", lane="bulk")
async def forget(context: TaskContext) -> None:
    """Forget failures and sessions that no longer matter."""
    async with context.session() as session:
        await housekeeping.forget(session)
