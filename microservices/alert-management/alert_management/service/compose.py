"""From what an author wrote to what the public gets: the CAP message, and the event that others deliver from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from alert_management.cap import model as cap
from alert_management.cap.geojson import from_geojson
from alert_management.domain.terms import TERM_OF, VALUE_NAME
from alert_management.domain.words import status_of, worst
from alert_management.models import Alert, Organization
from alert_management.schemas.content import (
    AlertAreaContent,
    AlertContent,
    AlertWords,
    NamedValue,
)
from alert_management.service.areas import plain, shape_of
from alert_management.service.checks import SHORT_LIMIT, expiry
from muster.alerts.v1.events import AlertArea, AlertText
from muster.alerts.v1.messages import cut
from muster_core.geo import polygons_of


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an alert gets when it is published, and a draft is shown with in its preview."""

    identifier: str
    sender: str
    sender_name: str
    sent: datetime
    url: str
    time_zone: str = "UTC"
    references: tuple[cap.Reference, ...] = ()
    incidents: tuple[str, ...] = ()


def envelope_of(
    alert: Alert, organization: Organization | None, domain: str, address: str, now: datetime
) -> Envelope:
    """What a first message of a thread gets; `address` is where this installation is reached."""
    host = domain or urlsplit(address).hostname or "localhost"
    return Envelope(
        identifier=identifier_of(alert.id),
        sender=sender_of(alert.organization_id, host),
        sender_name=organization.name if organization is not None else host,
        sent=now.replace(microsecond=0),
        url=f"{address.rstrip('/')}/warnings/{alert.id}",
        time_zone=organization.time_zone if organization is not None else "UTC",
        incidents=(str(alert.incident_id),) if alert.incident_id is not None else (),
    )


def sender_of(organization: UUID, domain: str) -> str:
    """CAP's `sender`: never another's, and the same whatever the organization is called next year."""
    return f"{organization}@{domain}"


def identifier_of(alert_id: UUID) -> str:
    """CAP's `identifier`: unique for good, without any character that CAP forbids in it."""
    return f"urn:uuid:{alert_id}"


def short_of(words: AlertWords) -> str:
    """What SMS, push and long wireless alerts say: as written, else the headline and what to do, cut between words."""
    if words.short:
        return cut(words.short, SHORT_LIMIT)
    lead = words.headline or words.event
    said = f"{lead.rstrip('.')}. {words.instruction or words.description}"
    return cut(" ".join(said.split()), SHORT_LIMIT)


def cap_alert(alert: Alert, content: AlertContent, envelope: Envelope) -> cap.Alert:
    """The CAP message: one `info` for each language, all with the same areas."""
    areas = tuple(_area(area) for area in content.areas)
    return cap.Alert(
        identifier=envelope.identifier,
        sender=envelope.sender,
        sent=envelope.sent,
        status=cap.Status(status_of(exercise=alert.exercise, test=alert.test)),
        msg_type=cap.MsgType(alert.msg_type),
        scope=cap.Scope.PUBLIC,
        note=_note(alert, content),
        references=envelope.references,
        incidents=envelope.incidents,
        infos=tuple(_info(content, words, envelope, areas) for words in content.texts),
    )


def _note(alert: Alert, content: AlertContent) -> str | None:
    """CAP asks an exercise to name itself in `note`."""
    if content.note:
        return content.note
    return "This is an exercise." if alert.exercise else None


def _info(
    content: AlertContent, words: AlertWords, envelope: Envelope, areas: tuple[cap.Area, ...]
) -> cap.Info:
    parameters = [*content.parameters]
    if words.shortest:
        parameters.append(NamedValue(name="CMAMtext", value=words.shortest))
    if words.short:
        parameters.append(NamedValue(name="CMAMlongtext", value=words.short))
    codes = [*content.event_codes]
    code = TERM_OF[content.term].code if content.term else None
    if code is not None:
        codes.append(NamedValue(name=VALUE_NAME, value=code))
    return cap.Info(
        language=words.language,
        categories=tuple(content.categories),
        event=words.event,
        response_types=tuple(content.response_types),
        urgency=content.urgency,
        severity=content.severity,
        certainty=content.certainty,
        audience=words.audience or None,
        event_codes=_values(codes),
        effective=_whole(content.effective),
        onset=_whole(content.onset),
        expires=_whole(expiry(content, envelope.sent)),
        sender_name=envelope.sender_name,
        headline=words.headline or None,
        description=words.description or None,
        instruction=words.instruction or None,
        web=words.web or envelope.url,
        contact=words.contact or None,
        parameters=_values(parameters),
        resources=tuple(
            cap.Resource(
                description=one.description, mime_type=one.mime_type, size=one.size, uri=one.uri
            )
            for one in content.resources
        ),
        areas=areas,
    )


def _values(values: Sequence[NamedValue]) -> tuple[cap.Value, ...]:
    return tuple(cap.Value(one.name, one.value) for one in values)


def _whole(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment is not None else None


def _area(area: AlertAreaContent) -> cap.Area:
    polygons: tuple[cap.Polygon, ...] = ()
    circles: tuple[cap.Circle, ...] = ()
    if area.circle is not None:
        found = area.circle
        circles = (cap.Circle(found.latitude, found.longitude, found.radius_km),)
    elif (shape := shape_of(area, "")[0]) is not None:
        polygons = from_geojson(plain(shape), area.description).polygons
    return cap.Area(
        description=area.description,
        polygons=polygons,
        circles=circles,
        geocodes=_values(area.geocodes),
        altitude=_feet(area.altitude),
        ceiling=_feet(area.ceiling),
    )


def _feet(number: float | None) -> Decimal | None:
    return Decimal(str(number)) if number is not None else None


def told_texts(content: AlertContent, sender_name: str) -> list[AlertText]:
    """The words, one form per channel."""
    return [
        AlertText(
            language=words.language,
            sender_name=sender_name,
            event=words.event,
            headline=words.headline or words.event,
            description=words.description,
            instruction=words.instruction,
            short=short_of(words),
            web=words.web or None,
        )
        for words in content.texts
    ]


def told_areas(content: AlertContent) -> list[AlertArea]:
    """Where, as GeoJSON, circles made polygons."""
    found: list[AlertArea] = []
    for area in content.areas:
        shape = shape_of(area, "")[0]
        if shape is not None and polygons_of(shape):
            found.append(AlertArea(description=area.description, geometry=plain(shape)))
    return found


def told_words(content: AlertContent) -> dict[str, Any]:
    """The words of CAP that deliveries are decided by."""
    return {
        "category": [str(one) for one in content.categories],
        "severity": worst([content.severity]),
        "urgency": str(content.urgency),
        "certainty": str(content.certainty),
    }
