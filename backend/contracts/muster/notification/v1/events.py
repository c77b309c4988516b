"""What notification announces of its subscribers: how many, never who. No address, name or place is in any of it."""

from __future__ import annotations

from uuid import UUID

from muster_core.events import EventData

MANAGE = "notifications:manage"


class SubscribersImported(
    EventData,
    type="muster.subscriber_list.imported.v1",
    requires=MANAGE,
    subject="subscriber_list/{import_id}",
):
    """A list of subscribers was taken in, wholly."""

    import_id: UUID
    list_name: str
    subscribers: int
    contact_points: int

    def summary(self) -> str:
        return f'imported {self.subscribers} subscribers as "{self.list_name}"'


class SubscribersExported(
    EventData,
    type="muster.subscriber_list.exported.v1",
    requires=MANAGE,
    subject="subscriber_list/{export_id}",
):
    """Subscribers left the system as a file."""

    export_id: UUID
    subscribers: int

    def summary(self) -> str:
        return f"exported {self.subscribers} subscribers"


class SubscriberPaused(
    EventData,
    type="muster.subscriber.paused.v1",
    requires=MANAGE,
    subject="subscriber/{subscription_id}",
):
    """Staff paused a subscription, or let it go on."""

    subscription_id: UUID
    paused: bool
    version: int

    def summary(self) -> str:
        return f"{'paused' if self.paused else 'resumed'} a subscription"


class SubscriberRemoved(
    EventData,
    type="muster.subscriber.removed.v1",
    requires=MANAGE,
    subject="subscriber/{subscription_id}",
):
    """Staff removed a subscription; its contact data was destroyed."""

    subscription_id: UUID

    def summary(self) -> str:
        return "removed a subscription"
