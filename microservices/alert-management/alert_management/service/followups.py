"""Update and Cancel by one click: a draft with everything in it, for the message that is in force."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.life import AlertStatus
from alert_management.domain.words import MsgType, ResponseType, Urgency
from alert_management.errors import WrongStatusError
from alert_management.models import Alert
from alert_management.permissions import Permission
from alert_management.repository import views
from alert_management.repository.alerts import AlertRepository
from alert_management.repository.views import View
from alert_management.schemas.content import AlertContent
from alert_management.service.access import content_of, load_alert
from alert_management.service.alerts import new_alert, save_draft
from muster_core.auth import Actor, authorize

# How long a Cancel stays in the feeds, so that whoever polls seldom still hears of it.
_CANCEL_MINUTES = 60


async def draft_follow_up(
    session: AsyncSession, actor: Actor, alert_id: UUID, msg_type: MsgType
) -> tuple[View, bool]:
    """The draft that updates or cancels an alert in force, and whether it was begun just now.

    A second click is answered with the same draft. It has the words, areas and hazard of the alert; an Update ends
    when the alert does, a Cancel after an hour. The references are written when it is published.

    Raises:
        WrongStatusError: the alert is not in force.
    """
    authorize(actor, Permission.DRAFT)
    alert = await load_alert(session, actor, alert_id)
    if alert.status is not AlertStatus.PUBLISHED or alert.msg_type is MsgType.CANCEL:
        raise WrongStatusError(
            f"'{alert.headline}' is not in force, so there is nothing to {msg_type.lower()}."
            " Open the message of its thread that is, or draft a new Alert."
        )
    repository = AlertRepository(session)
    begun = await repository.open_follow_up(alert.id, msg_type)
    if begun is not None:
        return await views.alert_now(session, begun.id), False
    content = _cancelling(content_of(alert)) if msg_type is MsgType.CANCEL else content_of(alert)
    if msg_type is MsgType.UPDATE and content.expires is None:
        content = content.model_copy(
            update={"expires_after_minutes": None, "expires": alert.expires}
        )
    draft = _following(actor, alert, content, msg_type)
    try:
        async with session.begin_nested():
            return await save_draft(session, actor, draft, content), True
    except IntegrityError:
        begun = await repository.open_follow_up(alert.id, msg_type)
        assert begun is not None
        return await views.alert_now(session, begun.id), False


def _following(actor: Actor, alert: Alert, content: AlertContent, msg_type: MsgType) -> Alert:
    draft = new_alert(
        actor,
        content,
        incident_id=alert.incident_id,
        exercise=alert.exercise,
        msg_type=msg_type,
    )
    draft.test = alert.test
    draft.thread_id, draft.follows_id = alert.thread_id, alert.id
    return draft


def _cancelling(content: AlertContent) -> AlertContent:
    """What is called off: the same event and areas, urgency Past, and nothing to be done any more."""
    texts = [
        one.model_copy(update={"short": "", "shortest": "", "instruction": ""})
        for one in content.texts
    ]
    return content.model_copy(
        update={
            "texts": texts,
            "urgency": Urgency.PAST,
            "response_types": [ResponseType.ALL_CLEAR],
            "effective": None,
            "onset": None,
            "expires": None,
            "expires_after_minutes": _CANCEL_MINUTES,
        }
    )
