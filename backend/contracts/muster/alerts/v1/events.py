"""What alert-management announces, each event for the organization that owns the alert.

CAP 1.2 words are kept verbatim: `msg_type` Alert Update Cancel, `status` Actual Exercise System Test Draft, `severity`
Extreme Severe Moderate Minor Unknown. A step of the approval is `draft in_review approved published rejected`; what
became of a published alert is `in_force updated cancelled expired`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from muster_core.events import EventData

READ = "alerts:read"


class AlertFacts(BaseModel):
    """An alert as it is after an event, as far as a list or a search index shows it.

    `status` is a step of the approval or, after publication, `published updated cancelled expired`; `bbox` is west,
    south, east, north in degrees; `at` is when it was sent, before that when it was drafted.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: str
    severity: str
    hazard: str
    text: str = ""
    bbox: tuple[float, float, float, float] | None = None
    at: datetime


class AlertFact(EventData):
    """What every event of an alert tells. `version` counts the edits of the alert."""

    alert_id: UUID
    thread_id: UUID
    """The first alert of its thread: an Alert and all that updates or cancels it."""
    headline: str
    version: int
    incident_id: UUID | None = None
    facts: AlertFacts | None = None


class AlertDrafted(
    AlertFact, type="muster.alert.drafted.v1", requires=READ, subject="alert/{alert_id}"
):
    """Somebody began to write an alert."""

    msg_type: str

    def summary(self) -> str:
        return f'drafted "{self.headline}"'


class AlertRevised(
    AlertFact, type="muster.alert.revised.v1", requires=READ, subject="alert/{alert_id}"
):
    """A draft says something else now; `revision` counts the versions of its text."""

    revision: int

    def summary(self) -> str:
        return f'rewrote "{self.headline}"'


class AlertStepped(
    AlertFact, type="muster.alert.stepped.v1", requires=READ, subject="alert/{alert_id}"
):
    """An alert went one step through its approval; `comment` is what was said with it."""

    before: str
    after: str
    comment: str | None = None

    def summary(self) -> str:
        return f'moved "{self.headline}" from {self.before} to {self.after}'.replace("_", " ")


class AlertText(BaseModel):
    """The words of an alert in one language, one form per channel."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    language: str
    """RFC 5646, such as `en-US`."""
    sender_name: str
    event: str
    headline: str
    description: str = ""
    instruction: str = ""
    short: str
    """For SMS and the title of a push: at most 360 characters."""
    web: str | None = None


class AlertArea(BaseModel):
    """Where an alert holds: GeoJSON Polygon or MultiPolygon (longitude first), circles already made polygons."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    description: str
    geometry: dict[str, Any]


class AlertPublished(
    AlertFact, type="muster.alert.published.v1", requires=READ, subject="alert/{alert_id}"
):
    """An alert reached the public: all that whoever delivers it needs to know, frozen.

    `replaces` names the alerts of ours that an Update or a Cancel refers to, the latest last. `number` counts the
    messages of the thread from 1. `severity` is the highest of its `info` blocks. Nothing may be sent after `expires`.
    """

    identifier: str
    sender: str
    sent: datetime
    msg_type: str
    status: str
    category: list[str]
    hazard: str
    """The OASIS event term code, or the hazard's own word, such as `flood`."""
    severity: str
    urgency: str
    certainty: str
    expires: datetime
    texts: list[AlertText] = Field(min_length=1)
    areas: list[AlertArea] = Field(min_length=1)
    replaces: list[UUID] = Field(default_factory=list[UUID])
    number: int = 1
    url: str
    """The public page of the alert."""
    time_zone: str = "UTC"
    """The organization's, an IANA name: times are told to people in it."""

    def summary(self) -> str:
        done = {"Update": "updated", "Cancel": "cancelled"}.get(self.msg_type, "published")
        return f'{done} "{self.headline}"'


class AlertEnded(
    AlertFact, type="muster.alert.ended.v1", requires=READ, subject="alert/{alert_id}"
):
    """A published alert is no longer in force: `how` is updated, cancelled or expired."""

    how: str

    def summary(self) -> str:
        return f'"{self.headline}" is {self.how}'


class ReceivedFacts(BaseModel):
    """An alert of somebody else as far as a search index shows it; `bbox` as in `AlertFacts`, `at` when it was sent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: str
    event: str
    text: str = ""
    bbox: tuple[float, float, float, float] | None = None
    at: datetime


class AlertReceived(
    EventData,
    type="muster.alert.received.v1",
    requires=READ,
    subject="received_alert/{received_id}",
):
    """An alert of somebody else was taken in; `signature` is verified, unverified, broken or none."""

    received_id: UUID
    thread_id: UUID
    headline: str
    sender: str
    severity: str
    signature: str
    version: int = 1
    facts: ReceivedFacts | None = None

    def summary(self) -> str:
        return f'took in "{self.headline}" of {self.sender}'


class ReceivedAlertEnded(
    EventData,
    type="muster.received_alert.ended.v1",
    requires=READ,
    subject="received_alert/{received_id}",
):
    """Its own sender updated or cancelled (`how`) an alert that was taken in, or time did; silence is no end."""

    received_id: UUID
    thread_id: UUID
    headline: str
    sender: str
    how: str
    version: int
    severity: str = "Unknown"
    facts: ReceivedFacts | None = None

    def summary(self) -> str:
        return f'"{self.headline}" of {self.sender} is {self.how}'


class ThreadFact(EventData):
    """What every event about threads of received alerts tells. `change_id` is what can be taken back."""

    change_id: UUID
    thread_id: UUID
    headline: str
    other_thread_ids: list[UUID]
    why: str
    version: int


class AlertThreadSplit(
    ThreadFact,
    type="muster.alert_thread.split.v1",
    requires=READ,
    subject="alert_thread/{thread_id}",
):
    """A person took alerts out of a thread, into one of their own."""

    def summary(self) -> str:
        return f'took alerts out of the thread "{self.headline}"'


class AlertThreadJoined(
    ThreadFact,
    type="muster.alert_thread.joined.v1",
    requires=READ,
    subject="alert_thread/{thread_id}",
):
    """Threads became one: by a person, or because a publisher's alert refers to both."""

    def summary(self) -> str:
        return f'joined threads to "{self.headline}"'


class AlertThreadChangeUndone(
    ThreadFact,
    type="muster.alert_thread.undone.v1",
    requires=READ,
    subject="alert_thread/{thread_id}",
):
    """A person took a split or a join (`what`) back."""

    what: str

    def summary(self) -> str:
        return f'took back a {self.what} of the thread "{self.headline}"'


class AlertFeedFact(EventData):
    """What every event about a feed of others' alerts tells."""

    feed_id: UUID
    name: str


class AlertFeedChanged(
    AlertFeedFact,
    type="muster.alert_feed.changed.v1",
    requires=READ,
    subject="alert_feed/{feed_id}",
):
    """An administrator added, changed, paused, resumed or removed (`what`) a feed."""

    what: str

    def summary(self) -> str:
        return f'{self.what} the feed "{self.name}"'


class AlertFeedStateChanged(
    AlertFeedFact,
    type="muster.alert_feed.state_changed.v1",
    requires=READ,
    subject="alert_feed/{feed_id}",
):
    """A feed's news became fresh, late, stale or unknown."""

    before: str
    after: str
    error: str | None = None

    def summary(self) -> str:
        return f'the feed "{self.name}" is {self.after}'
