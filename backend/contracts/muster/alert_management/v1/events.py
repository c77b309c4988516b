"""What alert-management announces, each event for the organization that owns the alert.

`version` counts the edits of the alert, so that whoever keeps a copy can tell an older fact from a newer
one. Status: `open done withdrawn`.
"""

from __future__ import annotations

from uuid import UUID

from muster_core.events import EventData

READ = "alert-management:read"
SUBJECT = "alert_management_alert/{alert_id}"


class AlertManagementAlertFact(EventData):
    """What every event of a alert tells."""

    alert_id: UUID
    name: str
    version: int
    incident_id: UUID | None = None


class AlertManagementAlertOpened(
    AlertManagementAlertFact,
    type="muster.alert_management_alert.opened.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A alert was opened."""

    details: str | None = None

    def summary(self) -> str:
        return f'opened the alert management alert "{self.name}"'


class AlertManagementAlertChanged(
    AlertManagementAlertFact,
    type="muster.alert_management_alert.changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A alert was corrected; `changed` names the fields."""

    details: str | None = None
    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(self.changed)} of the alert management alert "{self.name}"'


class AlertManagementAlertStatusChanged(
    AlertManagementAlertFact,
    type="muster.alert_management_alert.status_changed.v1",
    requires=READ,
    subject=SUBJECT,
):
    """A alert went one step along its life."""

    before: str
    status: str

    def summary(self) -> str:
        return f'moved the alert management alert "{self.name}" from {self.before} to {self.status}'
