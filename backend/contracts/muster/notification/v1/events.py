"""What notification announces: of its subscribers how many, never who; of a broadcast how far it has come.

No address and no name is in any of it. A place is told of who asked for help, since they asked.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from muster_core.events import EventData

READ = "notifications:read"
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


class BroadcastFact(EventData):
    """What every event of a broadcast tells: a published alert on its way. `version` counts what was told of it.

    `recipients` are contact points, each in one of these: `waiting` (or under way), `held` (quiet hours), `accepted` by a
    provider, `delivered` by its receipt, `failed`, `in_doubt`, `expired`, `superseded` by a later message, `suppressed`
    (a cap, or who left). `reached` is accepted and delivered together.
    """

    broadcast_id: UUID
    alert_id: UUID
    thread_id: UUID
    headline: str
    version: int
    incident_id: UUID | None = None
    recipients: int = 0
    reached: int = 0
    waiting: int = 0
    held: int = 0
    accepted: int = 0
    delivered: int = 0
    failed: int = 0
    in_doubt: int = 0
    expired: int = 0
    superseded: int = 0
    suppressed: int = 0


class BroadcastProgressed(
    BroadcastFact,
    type="muster.broadcast.progressed.v1",
    requires=READ,
    subject="broadcast/{broadcast_id}",
):
    """A broadcast has come further; told at most once a second."""

    def summary(self) -> str:
        return f'reached {self.reached} of {self.recipients} with "{self.headline}"'


class BroadcastFinished(
    BroadcastFact,
    type="muster.broadcast.finished.v1",
    requires=READ,
    subject="broadcast/{broadcast_id}",
):
    """Nothing of a broadcast is left to be done; receipts may still come."""

    def summary(self) -> str:
        return f'finished "{self.headline}": {self.reached} of {self.recipients} reached'


class BroadcastStopped(
    BroadcastFact,
    type="muster.broadcast.stopped.v1",
    requires=READ,
    subject="broadcast/{broadcast_id}",
):
    """A person stopped a broadcast: what is not begun waits."""

    def summary(self) -> str:
        return f'stopped sending "{self.headline}"'


class BroadcastResumed(
    BroadcastFact,
    type="muster.broadcast.resumed.v1",
    requires=READ,
    subject="broadcast/{broadcast_id}",
):
    """A stopped broadcast goes on, or failed deliveries are tried again."""

    def summary(self) -> str:
        return f'went on sending "{self.headline}"'


class HelpRequested(
    EventData, type="muster.help.requested.v1", requires=READ, subject="help_request/{request_id}"
):
    """A subscriber answered HELP to a warning. `place` is GeoJSON: where they are subscribed for, or were when they wrote."""

    request_id: UUID
    alert_id: UUID
    thread_id: UUID
    headline: str
    text: str
    place: dict[str, Any] | None = None
    language: str = "en"
    version: int = 1
    incident_id: UUID | None = None

    def summary(self) -> str:
        return f'asked for help in answer to "{self.headline}"'
