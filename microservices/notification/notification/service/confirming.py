"""Sending the code that confirms a contact point, outside any transaction, by whichever provider works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from muster_core.auth import Actor, authorize_service
from muster_core.logs import get_logger
from notification.channels.failover import send_by_choice
from notification.channels.port import Address, ChannelName, Message, OutcomeState, RealSender
from notification.channels.sink import senders_for
from notification.channels.world import Real, permit_to_confirm
from notification.pages.texts import MESSAGES
from notification.repository.subscribers import SubscriberRepository

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.models import ContactPoint
    from notification.vault import Vault

Senders = Mapping[ChannelName, Sequence[RealSender]]
_log = get_logger(__name__)


class CodeNotSentError(RuntimeError):
    """No provider of the channel took the code now; the task is tried again while the code lives."""


@dataclass(frozen=True, slots=True)
class Due:
    """A code that is to be sent, as read in one transaction and sent in none."""

    id: UUID
    """Of the contact point."""
    exercise: bool
    channel: ChannelName
    message: Message = field(repr=False)


async def due_code(
    session: AsyncSession,
    actor: Actor,
    vault: Vault,
    contact_point_id: UUID,
    seed: bytes,
    site: str,
) -> Due | None:
    """The message with a contact point's code; None where it is no longer wanted: confirmed, ended, or older."""
    authorize_service(actor)
    repository = SubscriberRepository(session)
    point = await repository.point(contact_point_id)
    sent = await repository.confirmation(contact_point_id)
    if point is None or sent is None or sent.seed != seed or point.verified_at is not None:
        return None
    code = vault.code(point.id, seed)
    address = vault.open_address(point.address_sealed, point.id)
    message = replace(_message(point, seed, code, site), recipient=Address(address))
    return Due(
        point.id,
        point.exercise,
        ChannelName(point.channel),
        replace(message, expires=sent.expires_at),
    )


def _message(point: ContactPoint, seed: bytes, code: str, site: str) -> Message:
    language = point.language if point.language in MESSAGES else "en"
    words = MESSAGES[language]
    return Message(
        # The same for every attempt at this code: a provider that honours keys sends it once.
        key=str(uuid5(point.id, seed.hex())),
        broadcast=point.id,
        recipient=Address(""),
        subject=words["code-subject"].format(code=code),
        text=words["code-text"].format(code=code, site=site),
        thread=str(point.id),
        language=language,
        data={"code": code},
    )


async def send(due: Due, senders: Senders) -> None:
    """Hand a code to the first provider of its channel that takes it.

    What is in doubt is left: whoever waits can ask for another.

    Raises:
        NotRealError: the contact point belongs to an exercise.
        CodeNotSentError: nobody took it; trying again is right.
    """
    world = Real(permit_to_confirm(due), senders)
    choices = senders_for(world).get(due.channel, ())
    (outcome,) = await send_by_choice(choices, [due.message])
    if outcome.state in {OutcomeState.ACCEPTED, OutcomeState.IN_DOUBT}:
        return
    _log.info(
        "code not sent", channel=due.channel, provider=outcome.provider, reason=outcome.reason
    )
    if outcome.state is OutcomeState.RETRY:
        raise CodeNotSentError(f"No provider of {due.channel} takes a code now.")
