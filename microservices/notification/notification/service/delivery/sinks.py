"""What exercises would have sent, and how the providers do: both kept where staff can look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor, authorize
from notification.channels.port import ChannelName, Message
from notification.channels.world import Keep
from notification.permissions import Permission
from notification.repository.delivery_reports import ReportRepository


def keeper(open_session: Callable[[], AbstractAsyncContextManager[AsyncSession]], actor: Actor) -> Keep:
    """What the sink of an exercise keeps its messages by; the same key again changes nothing."""

    async def keep(channel: ChannelName, messages: Sequence[Message]) -> None:
        async with open_session() as session:
            authorize(actor, Permission.MANAGE)
            await ReportRepository(session).keep(
                [
                    {
                        "key": message.key,
                        "broadcast_id": message.broadcast,
                        "channel": channel.value,
                        "language": message.language,
                        "subject": message.subject,
                        "text": message.text,
                        "html": message.html,
                    }
                    for message in messages
                ]
            )

    return keep


async def note_health(
    session: AsyncSession, actor: Actor, process: str, lines: Sequence[dict[str, Any]]
) -> None:
    """Keep how this process's providers do."""
    authorize(actor, Permission.MANAGE)
    await ReportRepository(session).note_health(process, lines)
