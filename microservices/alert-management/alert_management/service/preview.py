"""An alert as each channel would show it, counted while the author types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.cap import CapError, Level, check, profiles, serialize
from alert_management.cap.model import Alert as CapAlert
from alert_management.domain.reading import PLAIN, reading_of
from alert_management.domain.words import status_of
from alert_management.models import Alert
from alert_management.pages.warnings import alert_page
from alert_management.permissions import Permission
from alert_management.repository import known
from alert_management.schemas.answers import (
    AlertFinding,
    AlertPreview,
    EmailPreview,
    LanguagePreview,
    PushPreview,
    ReadingLevel,
    SmsPreview,
    TextLength,
)
from alert_management.schemas.content import AlertContent, AlertWords
from alert_management.schemas.requests import AskPreview
from alert_management.service.alerts import new_alert
from alert_management.service.areas import area_km2, finding, joined, shape_of, vertices_of
from alert_management.service.cap_faults import cap_faults
from alert_management.service.checks import (
    SHORT_LIMIT,
    SHORTEST_LIMIT,
    check_content,
    expiry,
    missing_of,
)
from alert_management.service.compose import (
    Envelope,
    cap_alert,
    envelope_of,
    short_of,
    told_areas,
    told_texts,
    told_words,
)
from alert_management.settings import Settings
from muster.alerts.v1 import messages
from muster.alerts.v1.events import AlertArea, AlertPublished, AlertText
from muster.alerts.v1.sms import sms_length
from muster_core.auth import Actor, authorize

_EVERYWHERE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
}


async def preview(
    session: AsyncSession, actor: Actor, asked: AskPreview, settings: Settings, address: str
) -> AlertPreview:
    """What each reader on each channel would get, what is missing, and what is wrong."""
    authorize(actor, Permission.READ)
    organization = await known.organization(session, actor.organization)
    now = datetime.now(UTC).replace(microsecond=0)
    content = asked.content
    alert = new_alert(
        actor, content, incident_id=None, exercise=asked.exercise, msg_type=asked.msg_type
    )
    alert.test = asked.test and not asked.exercise
    envelope = envelope_of(alert, organization, settings.sender_domain, address, now)
    findings = check_content(
        content,
        asked.msg_type,
        organization.area if organization is not None else None,
        now,
        settings.max_vertices,
    )
    xml = None
    if not any(one.level == "error" for one in findings):
        message = cap_alert(alert, content, envelope)
        findings += [*cap_faults(message), *_advice(message)]
        xml = _written(message)
    shape = joined(
        [found for area in content.areas if (found := shape_of(area, "")[0]) is not None]
    )
    return AlertPreview(
        cap_status=status_of(exercise=alert.exercise, test=alert.test),
        languages=_languages(alert, content, envelope),
        findings=findings,
        ready=xml is not None,
        area_km2=area_km2(shape) if shape is not None else None,
        vertices=vertices_of(shape) if shape is not None else 0,
        expires=expiry(content, now),
        cap_xml=xml,
    )


def _advice(message: CapAlert) -> list[AlertFinding]:
    """What a profile or the standard would rather have; places are paths into the CAP message."""
    found = [one for one in check(message) if one.level is Level.ADVICE]
    # A first look has no references yet; they are written when an Update or a Cancel is published.
    found += profiles.check(message, "ipaws")
    return [finding("warning", f"cap-{one.code}", "", str(one)) for one in found]


def _written(message: CapAlert) -> str | None:
    try:
        return serialize(message).decode()
    except CapError:
        return None


def _languages(alert: Alert, content: AlertContent, envelope: Envelope) -> list[LanguagePreview]:
    told = published(alert, content, envelope)
    if told is None:
        return []
    return [
        _language(told, content, words, text)
        for words, text in zip(content.texts, told.texts, strict=True)
    ]


def published(alert: Alert, content: AlertContent, envelope: Envelope) -> AlertPublished | None:
    """The event of a draft, as if it were published now; None without a word in any language."""
    if not content.texts:
        return None
    nowhere = [AlertArea(description="", geometry=_EVERYWHERE)]
    return AlertPublished(
        **told_words(content),
        organization_id=alert.organization_id,
        exercise=alert.exercise or alert.test,
        alert_id=alert.id,
        thread_id=alert.thread_id,
        headline=alert.headline,
        version=1,
        identifier=envelope.identifier,
        sender=envelope.sender,
        sent=envelope.sent,
        msg_type=alert.msg_type,
        status=status_of(exercise=alert.exercise, test=alert.test),
        hazard=alert.hazard,
        expires=expiry(content, envelope.sent) or envelope.sent + timedelta(hours=1),
        texts=told_texts(content, envelope.sender_name),
        areas=told_areas(content) or nowhere,
        url=envelope.url,
        time_zone=envelope.time_zone,
    )


def _language(
    told: AlertPublished, content: AlertContent, words: AlertWords, text: AlertText
) -> LanguagePreview:
    way = cast("Literal['ltr', 'rtl']", messages.direction(words.language))
    said = messages.sms(told, text)
    length = sms_length(said)
    note = messages.push(told, text)
    mail = messages.email(told, text)
    reading = reading_of(f"{words.description}\n{words.instruction}", words.language)
    return LanguagePreview(
        language=words.language,
        direction=way,
        missing=missing_of(content, words),
        reading=ReadingLevel(
            formula=reading.formula,
            score=reading.score,
            limit=PLAIN.get(reading.formula),
            plain=reading.plain,
            words=reading.words,
            sentences=reading.sentences,
        ),
        sms=SmsPreview(
            text=said,
            encoding=length.encoding,
            characters=length.characters,
            units=length.units,
            parts=length.parts,
            left=length.left,
            foreign=length.foreign,
        ),
        wea_90=_length(words.shortest, SHORTEST_LIMIT),
        wea_360=_length(words.short or short_of(words), SHORT_LIMIT),
        push=PushPreview(title=note.title, body=note.body),
        email=EmailPreview(subject=mail.subject, text=mail.text, html=mail.html),
        page=alert_page(told, words.language, status="published", thread=[]),
    )


def _length(text: str, limit: int) -> TextLength:
    return TextLength(text=text, characters=len(text), limit=limit, fits=len(text) <= limit)
