"""What comes in and goes out over HTTP. Lists are built in SQL; their shapes are promised here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue

from hazard_monitoring.domain.hazards import AlertLevel, Change, HazardKind, Severity
from muster_core.geo import PointGeometry
from muster_core.polling import Breaker, FeedState
from muster_core.schemas import Name, Schema, ShortText

ProposalStatus = Literal["open", "declared", "dismissed"]


class ProposalBrief(Schema):
    id: UUID
    reason: str
    status: ProposalStatus


class HazardOut(Schema):
    """An event as its feed last reported it, and what your organization made of it."""

    id: UUID
    feed_id: UUID
    feed: str
    external_id: str
    kind: HazardKind
    title: str
    magnitude: float | None
    magnitude_type: str | None
    severity: Severity
    alert_level: AlertLevel | None
    tsunami: bool
    felt: int | None
    place: str | None
    location: PointGeometry
    depth_km: float | None
    occurred_at: datetime
    reported_at: datetime
    first_seen_at: datetime
    revision: int
    deleted: bool
    url: str | None
    exercise: bool
    incident_id: UUID | None
    proposal: ProposalBrief | None


class HazardDetail(HazardOut):
    """With every id by which the feed's networks know the event."""

    merged_ids: list[str]
    merged_into: UUID | None


class HazardPage(Schema):
    items: list[HazardOut]
    next: str | None


class FieldChange(Schema):
    """A field of an event, and what it said before and after; null where it said nothing."""

    field: str
    before: JsonValue = Field(alias="from")
    after: JsonValue = Field(alias="to")


class RevisionOut(Schema):
    """What the feed said, word for word (`raw`), and what that changed."""

    revision: int
    seen_at: datetime
    reported_at: datetime
    change: Change
    changes: list[FieldChange]
    raw: dict[str, Any]


class RevisionPage(Schema):
    items: list[RevisionOut]
    next: str | None


class FeedOut(Schema):
    """A feed, its health and the age of its newest good news at this moment, in seconds."""

    id: UUID
    key: str
    name: str
    kind: str
    url: str
    state: FeedState
    age_seconds: float | None
    generated_at: datetime | None
    last_success_at: datetime | None
    last_attempt_at: datetime | None
    last_error: str | None
    consecutive_failures: int
    breaker: Breaker
    next_poll_at: datetime
    poll_seconds: float
    paused: bool
    exercise: bool
    hazards: int
    quarantined: int


class FeedPage(Schema):
    items: list[FeedOut]
    next: str | None


class QuarantineOut(Schema):
    """A document, or one event of it, that was not believed."""

    id: UUID
    received_at: datetime
    last_received_at: datetime
    times: int
    reason: str
    detail: str
    external_id: str | None
    size_bytes: int
    excerpt: str


class QuarantinePage(Schema):
    items: list[QuarantineOut]
    next: str | None


def _each_once(levels: list[AlertLevel]) -> list[AlertLevel]:
    return sorted(set(levels))


Magnitude = Annotated[float, Field(ge=-10, le=12, allow_inf_nan=False)]
Kilometres = Annotated[float, Field(gt=0, le=20_100, allow_inf_nan=False)]
AlertLevels = Annotated[list[AlertLevel], Field(max_length=4), AfterValidator(_each_once)]


class RuleIn(Schema):
    """When to propose an incident: every condition given must hold."""

    name: Name
    enabled: bool = True
    kind: HazardKind | None = HazardKind.EARTHQUAKE
    minimum_magnitude: Magnitude | None = None
    alert_levels: AlertLevels = Field(default_factory=list[AlertLevel])
    tsunami: bool | None = None
    within_km: Kilometres | None = Field(
        default=None, description="At most so far from your organization's area, in kilometres."
    )


def _without_default(schema: dict[str, Any]) -> None:
    """A field of a PATCH that is left out keeps its value, whatever stands here."""
    schema.pop("default", None)


class RulePatch(Schema):
    """What to change; fields left out stay, null takes a condition away."""

    name: Name = Field(default="", json_schema_extra=_without_default)
    enabled: bool = Field(default=True, json_schema_extra=_without_default)
    kind: HazardKind | None = None
    minimum_magnitude: Magnitude | None = None
    alert_levels: AlertLevels = Field(default_factory=list[AlertLevel])
    tsunami: bool | None = None
    within_km: Kilometres | None = None


class RuleOut(Schema):
    id: UUID
    name: str
    enabled: bool
    kind: HazardKind | None
    minimum_magnitude: float | None
    alert_levels: list[AlertLevel]
    tsunami: bool | None
    within_km: float | None
    version: int


class RulePage(Schema):
    items: list[RuleOut]
    next: str | None


class ProposedHazard(Schema):
    title: str
    magnitude: float | None
    location: PointGeometry
    occurred_at: datetime
    severity: Severity
    exercise: bool


class ProposalOut(Schema):
    """A hazard that a rule of your organization found worth an incident."""

    id: UUID
    hazard_id: UUID
    hazard: ProposedHazard
    rule: str
    reason: str
    status: ProposalStatus
    dismissed_because: str | None
    created_at: datetime


class ProposalPage(Schema):
    items: list[ProposalOut]
    next: str | None


class Dismiss(Schema):
    reason: ShortText
