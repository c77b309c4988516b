"""What notification does when it hears of other services' facts."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from muster.alerts.v1.events import AlertPublished
from muster.identity.v1.events import AccountDisabled, AccountEnabled
from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.events import Event
from notification.service import own
from notification.service.delivery import intake
from notification.service.delivery.options import DeliverySettings

consumers = Consumers("notification")
ACTOR = system_actor("notification")


@consumers.on(AlertPublished)
async def take_in_alert(session: AsyncSession, event: Event) -> None:
    """Send a published alert to everyone it is for."""
    told = event.payload()
    assert isinstance(told, AlertPublished)
    await intake.take_in(session, ACTOR, told, DeliverySettings())


@consumers.on(AccountDisabled, AccountEnabled)
async def follow_account(session: AsyncSession, event: Event) -> None:
    """Call nobody whose account is disabled."""
    told = event.payload()
    assert isinstance(told, (AccountDisabled, AccountEnabled))
    enabled = isinstance(told, AccountEnabled)
    await own.follow_account(session, ACTOR, told.account_id, enabled=enabled)
