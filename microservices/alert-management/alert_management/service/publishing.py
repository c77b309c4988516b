"""Publishing: the state, what was sent, and the event that others deliver from are saved together, or none of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.cap import KeyRefusedError, SigningKey, serialize
from alert_management.cap.model import Alert as CapAlert
from alert_management.cap.model import Reference
from alert_management.domain.life import AlertStatus
from alert_management.domain.words import MsgType, status_of
from alert_management.errors import ThreadMovedOnError
from alert_management.models import Alert
from alert_management.permissions import Permission
from alert_management.repository import known, views
from alert_management.repository.alerts import AlertRepository
from alert_management.repository.views import View
from alert_management.schemas.content import AlertContent
from alert_management.service import hooks
from alert_management.service.access import about, check_step, content_of, load_alert, take_step
from alert_management.service.checks import expiry
from alert_management.service.compose import (
    Envelope,
    cap_alert,
    envelope_of,
    told_areas,
    told_texts,
    told_words,
)
from alert_management.service.review import check_sendable
from alert_management.settings import Settings
from muster.alerts.v1.events import AlertEnded, AlertPublished
from muster_core.auth import Actor, authorize, require_step_up
from muster_core.logs import get_logger
from muster_core.outbox import announce

_log = get_logger(__name__)
_SWEEP = 200
# What becomes of the message before, when this kind follows it.
_ENDS = {MsgType.UPDATE: AlertStatus.UPDATED, MsgType.CANCEL: AlertStatus.CANCELLED}


async def publish(
    session: AsyncSession,
    actor: Actor,
    alert_id: UUID,
    *,
    settings: Settings,
    address: str,
    key: SigningKey | None,
) -> View:
    """Send an approved alert to the public; needs a second factor shown in the last five minutes.

    `address` is where this installation is reached. Publishing what is published already answers it as it is: a
    repeated click sends nothing twice.

    Raises:
        WrongStatusError: nobody has approved it.
        NotReadyError: it could not go out as it is any more: its time is over, say.
        ThreadMovedOnError: another message of the thread went out since this one was begun.
    """
    authorize(actor, Permission.APPROVE)
    require_step_up(actor)
    alert = await load_alert(session, actor, alert_id)
    if alert.status is AlertStatus.PUBLISHED:
        return await views.alert_now(session, alert.id)
    check_step(alert, AlertStatus.PUBLISHED)
    await check_sendable(session, alert, settings)
    repository = AlertRepository(session)
    await repository.lock_thread(alert.thread_id)
    sent_before = [one for one in await repository.sent_in(alert.thread_id) if one.id != alert.id]
    _check_thread(alert, sent_before)
    content = content_of(alert)
    envelope = await _envelope(session, alert, sent_before, settings, address)
    _freeze(alert, content, envelope, sent_before, key)
    await take_step(session, actor, alert, AlertStatus.PUBLISHED, None)
    published = _told(alert, content, envelope)
    alert.told = published.model_dump(mode="json")
    (event,) = await announce(session, published)
    await hooks.enqueue_for(session, alert, event)
    if alert.msg_type is not MsgType.ALERT:
        for before in sent_before:
            if before.status is AlertStatus.PUBLISHED:
                await _end(session, before, _ENDS[alert.msg_type], envelope.sent)
    return await views.alert_now(session, alert.id)


def _check_thread(alert: Alert, sent_before: list[Alert]) -> None:
    if alert.msg_type is MsgType.ALERT:
        return
    head = sent_before[-1]
    if head.msg_type is MsgType.CANCEL:
        raise ThreadMovedOnError(
            f"'{head.headline}' has called the thread off. If the danger is back, draft a new Alert."
        )
    if alert.msg_type is MsgType.UPDATE and alert.follows_id != head.id:
        raise ThreadMovedOnError(
            f"'{head.headline}' (message {head.number}) went out since this Update was begun. Draft an Update of that"
            " one; the text of this one stays in its history."
        )


async def _envelope(
    session: AsyncSession,
    alert: Alert,
    sent_before: list[Alert],
    settings: Settings,
    address: str,
) -> Envelope:
    organization = await known.organization(session, alert.organization_id)
    now = datetime.now(UTC)
    envelope = envelope_of(alert, organization, settings.sender_domain, address, now)
    references: list[Reference] = []
    for one in sent_before:
        assert one.sender is not None
        assert one.identifier is not None
        assert one.sent is not None
        references.append(Reference(one.sender, one.identifier, one.sent))
    return replace(envelope, references=tuple(references))


def _freeze(
    alert: Alert,
    content: AlertContent,
    envelope: Envelope,
    sent_before: list[Alert],
    key: SigningKey | None,
) -> None:
    alert.cap, alert.signed = _written(cap_alert(alert, content, envelope), key)
    alert.identifier, alert.sender, alert.sent = (
        envelope.identifier,
        envelope.sender,
        envelope.sent,
    )
    alert.expires = expiry(content, envelope.sent)
    alert.number = len(sent_before) + 1
    alert.replaces = [one.id for one in sent_before]


def _written(message: CapAlert, key: SigningKey | None) -> tuple[bytes, bool]:
    """The CAP message, and whether it is signed.

    A certificate that has run out must not keep people from being warned: the message then goes out unsigned.
    """
    try:
        return serialize(message, sign_with=key), key is not None
    except KeyRefusedError as error:
        _log.error("alert goes out unsigned", identifier=message.identifier, error=str(error))
        return serialize(message), False


def _told(alert: Alert, content: AlertContent, envelope: Envelope) -> AlertPublished:
    assert alert.expires is not None
    assert alert.number is not None
    return AlertPublished(
        **about(alert),
        **told_words(content),
        identifier=envelope.identifier,
        sender=envelope.sender,
        sent=envelope.sent,
        msg_type=alert.msg_type,
        status=status_of(exercise=alert.exercise, test=alert.test),
        hazard=alert.hazard,
        expires=alert.expires,
        texts=told_texts(content, envelope.sender_name),
        areas=told_areas(content),
        replaces=alert.replaces,
        number=alert.number,
        url=envelope.url,
        time_zone=envelope.time_zone,
    )


async def end_lapsed(session: AsyncSession, actor: Actor) -> int:
    """End the alerts whose time is over; the clock asks each second. Answers how many it ended."""
    authorize(actor, Permission.APPROVE)
    repository = AlertRepository(session)
    now = await repository.clock()
    lapsed = await repository.lapsed(now, _SWEEP)
    for alert in lapsed:
        await _end(session, alert, AlertStatus.EXPIRED, now)
    return len(lapsed)


async def _end(session: AsyncSession, alert: Alert, how: AlertStatus, now: datetime) -> None:
    check_step(alert, how)
    alert.status, alert.ended_at = how, now
    alert.touch()
    await session.flush()
    (event,) = await announce(session, AlertEnded(**about(alert), how=how))
    if how is AlertStatus.EXPIRED:
        await hooks.enqueue_for(session, alert, event)
