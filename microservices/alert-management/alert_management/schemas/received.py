"""Others' alerts, their threads and feeds.

Lists are built in SQL (repository/received_reads.py); tests hold them to these shapes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from alert_management.domain.received import Effect, Shown
from alert_management.domain.threads import How, Kind
from alert_management.service.received.reading import FeedKind
from muster_core.polling import Breaker, FeedState
from muster_core.schemas import Name, Schema, ShortText

SeverityWord = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
SignatureWord = Literal["verified", "unverified", "broken", "none"]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2000, pattern=r"^[\x21-\x7e]+$")]
PollSeconds = Annotated[float, Field(ge=1, le=86_400, allow_inf_nan=False)]


class AlertFeedIn(Schema):
    """A publisher to listen to. `cap`: Atom, RSS, EDXL-DE or CAP; `nws`: GeoJSON as api.weather.gov writes it."""

    name: Name
    kind: FeedKind
    url: Url
    poll_seconds: PollSeconds | None = None
    exercise: StrictBool = Field(
        default=False, description="All that it brings belongs to the exercise; fixed from here on."
    )


def _without_default(schema: dict[str, Any]) -> None:
    """A field of a PATCH that is left out keeps its value, whatever stands here."""
    schema.pop("default", None)


class AlertFeedPatch(Schema):
    """What to change; fields left out stay."""

    name: Name = Field(default="", json_schema_extra=_without_default)
    url: Url = Field(default="", json_schema_extra=_without_default)
    poll_seconds: PollSeconds = Field(default=60, json_schema_extra=_without_default)


class AlertFeedCreated(Schema):
    """A feed as it is administered."""

    id: UUID
    name: str
    kind: FeedKind
    url: str
    poll_seconds: float
    exercise: bool
    paused: bool
    version: int


class AlertFeedOut(AlertFeedCreated):
    """With its health and the age of its newest good news at this moment, in seconds."""

    state: FeedState
    age_seconds: float | None
    generated_at: datetime | None
    last_success_at: datetime | None
    last_attempt_at: datetime | None
    last_error: str | None
    consecutive_failures: int
    breaker: Breaker
    next_poll_at: datetime
    alerts: int
    in_force: int
    links_waiting: int
    quarantined: int


class AlertFeedPage(Schema):
    items: list[AlertFeedOut]
    next: str | None


class AlertFeedQuarantineOut(Schema):
    """A document, or an alert in one, that was not believed."""

    id: UUID
    received_at: datetime
    last_received_at: datetime
    times: int
    reason: str
    detail: str
    external_id: str | None
    size_bytes: int
    excerpt: str


class AlertFeedQuarantinePage(Schema):
    items: list[AlertFeedQuarantineOut]
    next: str | None


class ReceivedFeed(Schema):
    """The feed an alert came from, and how old its news is: what it says may have changed since."""

    id: UUID
    name: str
    state: FeedState
    age_seconds: float | None
    paused: bool


class ReceivedProperties(Schema):
    """An alert of somebody else as lists and maps show it; `feed` null: imported, or its feed was removed."""

    id: UUID
    thread_id: UUID
    source: str
    feed: ReceivedFeed | None
    received_at: datetime
    age_seconds: float
    identifier: str
    sender: str
    sender_name: str | None
    sent: datetime
    status: str
    exercise: bool
    msg_type: str
    scope: str
    event: str
    categories: list[str]
    severity: SeverityWord
    urgency: str
    certainty: str
    headline: str
    area: str
    starts_at: datetime
    expires_at: datetime
    expires_given: bool
    state: Shown
    in_force: bool
    signature: SignatureWord
    signer: str | None
    area_by_codes: bool
    how: How
    why: str


class AreaOut(Schema):
    """GeoJSON, longitude first, cut at the antimeridian."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class ReceivedOut(ReceivedProperties):
    """With its area in few corners; null where it names its area by codes that no boundary of ours has."""

    geometry: AreaOut | None


class ReceivedPage(Schema):
    items: list[ReceivedOut]
    next: str | None


class ReceivedFeature(Schema):
    type: Literal["Feature"]
    id: UUID
    geometry: AreaOut
    properties: ReceivedProperties


class ReceivedMap(Schema):
    """A GeoJSON FeatureCollection; not `complete` where there are more than one map shows."""

    type: Literal["FeatureCollection"]
    complete: bool
    features: list[ReceivedFeature]


class Referring(Schema):
    """What it refers to, the id if that is known here, and what it did to it."""

    sender: str
    identifier: str
    sent: datetime | None
    received_id: UUID | None
    effect: Effect | None
    why: str | None


class ReferredBy(Schema):
    """What refers to it, and what that did to it."""

    received_id: UUID
    msg_type: str
    sender: str
    identifier: str
    sent: datetime
    effect: Effect | None
    why: str | None


class Forgiven(Schema):
    """What was read although CAP 1.2 does not allow it."""

    code: str
    where: str
    text: str


class ReceivedDetail(ReceivedOut):
    """With the whole message in CAP's words, its exact area and its ties."""

    message: dict[str, Any]
    geocodes: list[str]
    signature_detail: str | None
    cap_version: str
    tolerated: list[Forgiven]
    media_type: str
    received_by: str | None
    measures: dict[str, float]
    anchor_id: UUID | None
    references: list[Referring]
    referred_to_by: list[ReferredBy]


class ThreadOut(Schema):
    """One event as its publishers tell of it, called by its gravest alert in force."""

    id: UUID
    exercise: bool
    version: int
    merged_into: UUID | None
    last_sent: datetime | None
    first_sent: datetime | None
    headline: str | None
    event: str | None
    severity: SeverityWord | None
    alerts: int
    in_force: int
    senders: list[str]
    received_at: datetime | None
    age_seconds: float | None


class ThreadPage(Schema):
    items: list[ThreadOut]
    next: str | None


class ThreadChangeOut(Schema):
    """A split or a join; `by` null: the machine. It can be taken back while nothing later touched the same threads."""

    id: UUID
    kind: Kind
    thread_id: UUID
    other_thread_ids: list[UUID]
    alert_ids: list[UUID] | None
    why: str
    by: str | None
    at: datetime
    undone_by: str | None
    undone_at: datetime | None
    undoable: bool


class ThreadDetail(ThreadOut):
    """With its alerts, what was done to it, and the threads that a person keeps apart from it."""

    items: list[ReceivedOut]
    changes: list[ThreadChangeOut]
    apart_from: list[UUID]


class SplitThread(Schema):
    """Alerts of the thread that speak of another event."""

    alert_ids: list[UUID] = Field(min_length=1, max_length=500)
    reason: ShortText


class JoinThreads(Schema):
    """Threads that speak of the same event."""

    thread_ids: list[UUID] = Field(min_length=1, max_length=50)
    reason: ShortText


class ThreadChanged(Schema):
    """What was done, to be taken back by its id."""

    change_id: UUID
    kind: Kind
    thread_id: UUID
    other_thread_ids: list[UUID]


class ProfileFinding(Schema):
    """What a profile that an alert says it follows has to say about it; none keeps it from being taken in."""

    profile: str
    code: str
    level: Literal["error", "rule", "advice"]
    where: str
    text: str


class ImportedAlert(Schema):
    """An alert of an imported document, what was tolerated in it, and what its profiles find."""

    id: UUID
    thread_id: UUID
    identifier: str
    sender: str
    headline: str
    exercise: bool
    repeated: bool
    cap_version: str
    signature: SignatureWord
    signature_detail: str | None
    tolerated: list[Forgiven]
    findings: list[ProfileFinding]
    how: How
    why: str


class ImportedAlerts(Schema):
    items: list[ImportedAlert]
