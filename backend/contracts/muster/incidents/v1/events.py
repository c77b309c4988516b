"""What incident-management announces, each event for the organization that owns the incident.

`version` counts the edits of the record that the subject names (the incident, the objective, the
task …), so that whoever keeps a copy can tell an older fact from a newer one. Statuses and other
words are plain text here, so that a reader of today survives a word of tomorrow:
incident `reported active demobilizing closed`; closing `resolved false_alarm duplicate transferred
other`; objective `open met dropped`; task `open in_progress done cancelled`; link `duplicate_of
part_of related`; share `read work`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from muster_core.events import EventData

READ = "incidents:read"


def words(key: str) -> str:
    """A key as it is read aloud: `in_progress` as "in progress"."""
    return key.replace("_", " ")


class IncidentFact(EventData):
    """What every event of an incident tells."""

    incident_id: UUID
    incident_name: str
    version: int


class IncidentFacts(IncidentFact):
    """The incident as it is now known; `location` is a GeoJSON Point.

    An area is not told: it can be large, and events are kept for ever. Ask for it by gRPC.
    """

    number: str
    kind: str | None = None
    complexity_type: int | None = None
    status: str
    severity: str | None = None
    location: dict[str, Any] | None = None
    has_area: bool = False
    address: str | None = None
    description: str | None = None
    hazard_id: UUID | None = None
    declared_at: datetime
    bbox: tuple[float, float, float, float] | None = None
    """The box around location and area: west, south, east, north in degrees."""


class IncidentDeclared(
    IncidentFacts,
    type="muster.incident.declared.v1",
    requires=READ,
    subject="incident/{incident_id}",
):
    """An organization took an emergency on as an incident."""

    def summary(self) -> str:
        return f'declared "{self.incident_name}" as {self.number}'


class IncidentUpdated(
    IncidentFacts,
    type="muster.incident.updated.v1",
    requires=READ,
    subject="incident/{incident_id}",
):
    """Facts of an incident were corrected or learned; `changed` names the fields."""

    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(map(words, self.changed))} of "{self.incident_name}"'


class IncidentStatusChanged(
    IncidentFact,
    type="muster.incident.status_changed.v1",
    requires=READ,
    subject="incident/{incident_id}",
):
    """An incident went one step along its life."""

    before: str
    status: str
    reason: str | None = None
    note: str | None = None
    facts: IncidentFacts | None = None
    """The incident as it is now known, so that who keeps a copy needs no other event."""

    def summary(self) -> str:
        why = f" ({words(self.reason)})" if self.reason else ""
        note = f": {self.note}" if self.note else ""
        return f'moved "{self.incident_name}" from {self.before} to {self.status}{why}{note}'


class IncidentShared(
    IncidentFact, type="muster.incident.shared.v1", requires=READ, subject="incident/{incident_id}"
):
    """Another organization may see an incident, or work on it, until a date."""

    shared_with_id: UUID
    shared_with_name: str | None = None
    access: str
    until: datetime

    def summary(self) -> str:
        who = self.shared_with_name or "another organization"
        until = f"{self.until:%Y-%m-%d %H:%M} UTC"
        return f'shared "{self.incident_name}" with {who} to {self.access} until {until}'


class IncidentUnshared(
    IncidentFact,
    type="muster.incident.unshared.v1",
    requires=READ,
    subject="incident/{incident_id}",
):
    """Another organization no longer sees an incident."""

    shared_with_id: UUID
    shared_with_name: str | None = None

    def summary(self) -> str:
        who = self.shared_with_name or "another organization"
        return f'ended the sharing of "{self.incident_name}" with {who}'


class LinkFact(IncidentFact):
    """A link as seen from one of its ends; each end gets its own event, told to its own owner.

    `outgoing` says what this incident is to the other, `incoming` what the other is to this one.
    """

    link_id: UUID
    kind: str
    direction: str
    other_id: UUID
    other_name: str

    def relation(self) -> str:
        """Who is what to whom, for a sentence."""
        how = {"related": "related to"}.get(self.kind, words(self.kind))
        ends = [f'"{self.incident_name}"', f'"{self.other_name}"']
        one, other = ends if self.direction == "outgoing" else reversed(ends)
        return f"{one} as {how} {other}"


class IncidentLinked(
    LinkFact, type="muster.incident.linked.v1", requires=READ, subject="incident/{incident_id}"
):
    """An incident was said to be a duplicate of, a part of, or related to another."""

    def summary(self) -> str:
        return f"linked {self.relation()}"


class IncidentUnlinked(
    LinkFact, type="muster.incident.unlinked.v1", requires=READ, subject="incident/{incident_id}"
):
    """A link between two incidents was taken back."""

    def summary(self) -> str:
        return f"took back the link of {self.relation()}"


class IncidentWatched(
    IncidentFact, type="muster.incident.watched.v1", requires=READ, subject="incident/{incident_id}"
):
    """Someone began to watch an incident."""

    person_id: UUID
    person_name: str

    def summary(self) -> str:
        return f'began to watch "{self.incident_name}"'


class IncidentUnwatched(
    IncidentFact,
    type="muster.incident.unwatched.v1",
    requires=READ,
    subject="incident/{incident_id}",
):
    """Someone stopped watching an incident."""

    person_id: UUID
    person_name: str

    def summary(self) -> str:
        return f'stopped watching "{self.incident_name}"'


class PositionFact(IncidentFact):
    """Who holds which ICS position."""

    assignment_id: UUID
    position: str
    title: str
    person_id: UUID
    person_name: str
    person_organization_id: UUID | None = None


class PositionAssigned(
    PositionFact,
    type="muster.position.assigned.v1",
    requires=READ,
    subject="position/{assignment_id}",
):
    """A person took an ICS position; `unified` if command is now shared between organizations."""

    started_at: datetime
    unified: bool = False

    def summary(self) -> str:
        how = " in unified command" if self.unified else ""
        return f'assigned {self.person_name} as {self.title}{how} of "{self.incident_name}"'


class PositionRelieved(
    PositionFact,
    type="muster.position.relieved.v1",
    requires=READ,
    subject="position/{assignment_id}",
):
    """A person left an ICS position."""

    ended_at: datetime

    def summary(self) -> str:
        return f'relieved {self.person_name} as {self.title} of "{self.incident_name}"'


class OperationalPeriodFact(IncidentFact):
    """An operational period, times in UTC."""

    period_id: UUID
    number: int
    starts_at: datetime
    ends_at: datetime

    def span(self) -> str:
        """From when to when, for a sentence."""
        return f"{self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%Y-%m-%d %H:%M} UTC"


class OperationalPeriodOpened(
    OperationalPeriodFact,
    type="muster.operational_period.opened.v1",
    requires=READ,
    subject="operational-period/{period_id}",
):
    """The next operational period was set."""

    def summary(self) -> str:
        return f'opened operational period {self.number} of "{self.incident_name}", {self.span()}'


class OperationalPeriodUpdated(
    OperationalPeriodFact,
    type="muster.operational_period.updated.v1",
    requires=READ,
    subject="operational-period/{period_id}",
):
    """The times of an operational period were changed."""

    def summary(self) -> str:
        return f'moved operational period {self.number} of "{self.incident_name}" to {self.span()}'


class ObjectiveFact(IncidentFact):
    """An incident objective; priority 1 is the first."""

    objective_id: UUID
    text: str
    priority: int | None = None
    period_id: UUID | None = None
    status: str


class ObjectiveAdded(
    ObjectiveFact,
    type="muster.objective.added.v1",
    requires=READ,
    subject="objective/{objective_id}",
):
    """An objective was set."""

    def summary(self) -> str:
        return f'added the objective "{self.text}"'


class ObjectiveUpdated(
    ObjectiveFact,
    type="muster.objective.updated.v1",
    requires=READ,
    subject="objective/{objective_id}",
):
    """An objective was reworded or given another priority."""

    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(map(words, self.changed))} of the objective "{self.text}"'


class ObjectiveStatusChanged(
    ObjectiveFact,
    type="muster.objective.status_changed.v1",
    requires=READ,
    subject="objective/{objective_id}",
):
    """An objective was met, dropped or taken up again."""

    before: str

    def summary(self) -> str:
        verb = {"open": "took up again"}.get(self.status, words(self.status))
        return f'{verb} the objective "{self.text}"'


class TaskFact(IncidentFact):
    """A piece of work on an incident."""

    task_id: UUID
    title: str
    assignee: str | None = None
    due_at: datetime | None = None
    objective_id: UUID | None = None
    status: str


class TaskAdded(TaskFact, type="muster.task.added.v1", requires=READ, subject="task/{task_id}"):
    """Work was asked for."""

    def summary(self) -> str:
        whom = f" for {self.assignee}" if self.assignee else ""
        return f'added the task "{self.title}"{whom}'


class TaskUpdated(TaskFact, type="muster.task.updated.v1", requires=READ, subject="task/{task_id}"):
    """A task was reworded, assigned to someone else or given another time."""

    changed: list[str]

    def summary(self) -> str:
        return f'changed {", ".join(map(words, self.changed))} of the task "{self.title}"'


class TaskStatusChanged(
    TaskFact, type="muster.task.status_changed.v1", requires=READ, subject="task/{task_id}"
):
    """A task was begun, done, cancelled or taken up again."""

    before: str

    def summary(self) -> str:
        return f'moved the task "{self.title}" from {words(self.before)} to {words(self.status)}'


class HelpDecided(
    EventData, type="muster.help.decided.v1", requires=READ, subject="help_request/{request_id}"
):
    """A call for help of somebody who was warned was accepted, as a task of an incident, or dismissed."""

    request_id: UUID
    alert_id: UUID
    status: str
    version: int
    incident_id: UUID | None = None
    task_id: UUID | None = None
    reason: str | None = None

    def summary(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{self.status} a call for help{why}"
