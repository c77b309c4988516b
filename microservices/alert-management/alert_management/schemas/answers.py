"""What people are answered.

Lists and alerts are JSON made in SQL (repository/views.py); tests hold those bytes to these shapes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from alert_management.domain.hooks import DeliveryState
from alert_management.domain.life import AlertStatus
from alert_management.domain.words import CapStatus, MsgType, Severity
from alert_management.schemas.content import AlertCircle, AlertContent, RoughGeometry
from alert_management.schemas.requests import TemplateField
from muster_core.schemas import Schema


class AlertPerson(Schema):
    """A person as known when it happened."""

    id: UUID
    name: str


class Alert(Schema):
    """An alert as lists show it."""

    id: UUID
    thread_id: UUID
    number: int | None
    msg_type: MsgType
    status: AlertStatus
    cap_status: CapStatus
    next_statuses: list[AlertStatus]
    headline: str
    hazard: str
    severity: Severity
    urgency: str
    certainty: str
    languages: list[str]
    areas: list[str]
    extent: list[float] | None
    """West, south, east, north; west greater than east crosses the antimeridian."""
    incident_id: UUID | None
    incident_name: str | None
    exercise: bool
    test: bool
    revision: int
    drafted_at: datetime
    drafted_by: AlertPerson
    submitted_at: datetime | None
    submitted_by: AlertPerson | None
    approved_at: datetime | None
    approved_by: AlertPerson | None
    sent: datetime | None
    expires: datetime | None
    ended_at: datetime | None
    updated_at: datetime
    version: int


class AlertShape(Schema):
    """One area of an alert, as it was drawn; neither where it is named by codes only."""

    geometry: RoughGeometry | None
    circle: AlertCircle | None


class ListedAlert(Alert):
    """An alert in a list; `shapes` null: they were not asked for."""

    shapes: list[AlertShape] | None


class AlertPage(Schema):
    """A page of alerts."""

    items: list[ListedAlert]
    next: str | None


class AlertEntry(Schema):
    """A step or a comment; a comment has no `after`."""

    id: UUID
    before: str | None
    after: str | None
    comment: str | None
    place: str | None
    revision: int
    at: datetime
    by: AlertPerson


class ThreadMessage(Schema):
    """Another message of the same thread."""

    id: UUID
    number: int | None
    msg_type: MsgType
    status: AlertStatus
    headline: str
    sent: datetime | None


class AlertDetail(Alert):
    """An alert with what it says, its history and its thread."""

    content: AlertContent
    identifier: str | None
    sender: str | None
    signed: bool
    follows_id: UUID | None
    replaces: list[UUID]
    public_url: str | None
    cap_url: str | None
    authors: list[AlertPerson]
    """Who wrote any version of it: none of them can approve it."""
    entries: list[AlertEntry]
    thread: list[ThreadMessage]


class AlertVersion(Schema):
    """What an alert said at one time."""

    revision: int
    content: AlertContent
    written_at: datetime
    written_by: AlertPerson


class AlertVersions(Schema):
    """Every version of an alert, oldest first; it has one page."""

    items: list[AlertVersion]
    next: None = None


class AlertFinding(Schema):
    """Something about a draft: an error keeps it from review, a warning does not."""

    level: Literal["error", "warning"]
    code: str
    pointer: str
    detail: str
    at: list[float] | None = None
    """Where on the map: longitude, latitude."""


class TextLength(Schema):
    """A text as a channel shows it, and how long it may be."""

    text: str
    characters: int
    limit: int
    fits: bool


class SmsPreview(Schema):
    """An SMS; `units` are septets or 16-bit units, `left` those free in the last part."""

    text: str
    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    units: int
    parts: int
    left: int
    foreign: str


class EmailPreview(Schema):
    """An e-mail in both forms."""

    subject: str
    text: str
    html: str


class PushPreview(Schema):
    """A push notification."""

    title: str
    body: str


class ReadingLevel(Schema):
    """How hard the description and instruction are to read; `plain` null: it cannot be told."""

    formula: Literal["flesch-kincaid", "lix", "none"]
    score: float | None
    limit: float | None
    plain: bool | None
    words: int
    sentences: int


class LanguagePreview(Schema):
    """What the readers of one language get."""

    language: str
    direction: Literal["ltr", "rtl"]
    missing: list[str]
    reading: ReadingLevel
    sms: SmsPreview
    wea_90: TextLength
    wea_360: TextLength
    push: PushPreview
    email: EmailPreview
    page: str
    """The public page, as HTML."""


class AlertPreview(Schema):
    """An alert as each channel would show it."""

    cap_status: CapStatus
    languages: list[LanguagePreview]
    findings: list[AlertFinding]
    ready: bool
    """Whether it could be submitted."""
    area_km2: float | None
    vertices: int
    expires: datetime | None
    cap_xml: str | None


class AlertAudience(Schema):
    """How many it reaches. `people` null: not known now, for the `reason`; that is not the same as nobody."""

    known: bool
    people: int | None
    by_channel: dict[str, int]
    reason: str | None
    counted_at: datetime


class ResolvedArea(Schema):
    """An area, with what is wrong with it."""

    description: str
    geometry: dict[str, Any] | None
    area_km2: float | None
    vertices: int
    findings: list[AlertFinding]


class EventTerm(Schema):
    """A term of the list; `code` is its number in the OASIS list where that is certain."""

    key: str
    term: str
    category: str
    code: str | None


class EventTerms(Schema):
    """The list of event terms; it has one page."""

    items: list[EventTerm]
    next: None = None


class AlertTemplate(Schema):
    """A template."""

    id: UUID
    name: str
    fields: list[TemplateField]
    content: AlertContent
    created_at: datetime
    updated_at: datetime
    version: int


class AlertTemplatePage(Schema):
    """A page of templates."""

    items: list[AlertTemplate]
    next: str | None


class AlertBoundary(Schema):
    """A named area as lists show it."""

    id: UUID
    kind: str
    code: str
    name: str
    bbox: list[float]


class AlertBoundaryPage(Schema):
    """A page of boundaries."""

    items: list[AlertBoundary]
    next: str | None


class BoundariesImported(Schema):
    """What an import came to: all of it, or nothing."""

    kind: str
    imported: int


class PartnerHook(Schema):
    """A partner's web hook."""

    id: UUID
    name: str
    url: str
    exercise: bool
    active: bool
    pending: int
    failed: int
    last_delivered_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class PartnerHookPage(Schema):
    """A page of web hooks."""

    items: list[PartnerHook]
    next: str | None


class PartnerHookSecret(Schema):
    """A web hook's secret, shown once: whsec_ and base64, as Standard Webhooks wants it."""

    id: UUID
    secret: str


class HookAttempt(Schema):
    """One attempt."""

    number: int
    at: datetime
    status: int | None
    error: str | None
    milliseconds: int


class HookDelivery(Schema):
    """One message to a partner, and each attempt to hand it over."""

    id: UUID
    alert_id: UUID
    event_id: UUID
    type: str
    state: DeliveryState
    attempts: list[HookAttempt]
    next_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None


class HookDeliveryPage(Schema):
    """A page of a web hook's log."""

    items: list[HookDelivery]
    next: str | None
