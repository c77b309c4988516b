"""What notification announces, each event for the organization that owns the subscription.

`version` counts the edits of the subscription, so that whoever keeps a copy can tell an older fact from a newer
one. Status: `open done withdrawn`.
"""

from __future__ import annotations

from uuid import UUID

from muster_core.events import EventData

READ = "notification:read"
SUBJECT = "notification_subscription/{subscription_id}"


class NotificationSubscriptionFact(EventData):
    """What every event of a subscription tells."""

    subscription_id: UUID
    name: str
    version: int
    incident_id: UUID | None = None


class NotificationSubscriptionOpened(
    NotificationSubscriptionFact,
    type="muster.notification_subscription.opened.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A subscription was opened."""

    details: str | None = None

    def summary(self) -> str:
        return f'opened the notification subscription "{self.name}"'


class NotificationSubscriptionChanged(
    NotificationSubscriptionFact,
    type="muster.notification_subscription.changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A subscription was corrected; `changed` names the fields."""

    details: str | None = None
    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(self.changed)} of the notification subscription "{self.name}"'


class NotificationSubscriptionStatusChanged(
    NotificationSubscriptionFact,
    type="muster.notification_subscription.status_changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A subscription went one step along its life."""

    before: str
    status: str

    def summary(self) -> str:
        return (
            f'moved the notification subscription "{self.name}" from {self.before} to {self.status}'
        )
