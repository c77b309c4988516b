"""What is destroyed by itself: addresses that nobody confirmed, and the memory of who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster_core.auth import Actor, authorize_service
from muster_core.logs import get_logger
from notification.domain.subscribers import ASKING_WINDOW, UNCONFIRMED_KEPT
from notification.repository.subscribers import SubscriberRepository

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_log = get_logger(__name__)


async def forget_unconfirmed(session: AsyncSession, actor: Actor) -> int:
    """Destroy what was not confirmed within a day, wholly; answers how many subscriptions that were."""
    authorize_service(actor)
    repository = SubscriberRepository(session)
    gone = await repository.forget_unconfirmed(UNCONFIRMED_KEPT)
    await repository.forget_askings(ASKING_WINDOW)
    if gone:
        _log.info("unconfirmed subscriptions destroyed", count=gone)
    return gone
