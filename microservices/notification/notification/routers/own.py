"""One's own contact points."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.responses import Response

from muster_core.errors import InvalidInputError
from muster_core.http.dependencies import CurrentActor, RuntimeOf
from muster_core.http.routing import service_router
from muster_core.outbound import RefusedAddressError
from notification.database import SCHEMA, Session
from notification.domain.subscribers import LANGUAGES, Contact
from notification.routers.pages import plain_code
from notification.schemas import (
    ConfirmContactPoint,
    GiveContactPoint,
    OwnContactPoints,
    SubscriberContact,
)
from notification.service import own as service
from notification.service.managing import PointView
from notification.settings import Settings
from notification.vault import vault_of

router = service_router("/notifications/me/contact-points", "notifications")


def shown(view: PointView) -> SubscriberContact:
    """A contact point as it is answered."""
    return SubscriberContact(
        id=view.id, channel=view.channel, masked=view.masked, confirmed=view.confirmed
    )


@router.get("", response_model=OwnContactPoints)
async def list_contact_points(
    actor: CurrentActor, runtime: RuntimeOf, session: Session
) -> OwnContactPoints:
    """How the account holder is reached; addresses are masked."""
    found = await service.list_own(session, actor, vault_of(runtime.settings))
    return OwnContactPoints(items=[shown(view) for view in found])


async def _checked(asked: GiveContactPoint, runtime: RuntimeOf) -> Contact:
    """Judged before any transaction begins: a web hook's name is looked up."""
    settings = runtime.service_settings(Settings)
    contact = service.check_address(asked.channel, asked.address, settings.phone_region)
    if asked.language not in LANGUAGES:
        raise InvalidInputError.at("/language", f"must be of {', '.join(LANGUAGES)}")
    try:
        await settings.judge(contact)
    except RefusedAddressError as error:
        raise InvalidInputError.at("/address", str(error)) from error
    return contact


@router.post("", status_code=201, response_model=SubscriberContact)
async def give_contact_point(
    asked: GiveContactPoint,
    actor: CurrentActor,
    runtime: RuntimeOf,
    contact: Annotated[Contact, Depends(_checked)],
    session: Session,
) -> SubscriberContact:
    """Say how to be reached; a code is sent there."""
    vault = vault_of(runtime.settings)
    return shown(await service.add_own(session, actor, vault, contact, asked.language))


@router.post("/confirm", status_code=204, response_class=Response)
async def confirm_contact_point(
    asked: ConfirmContactPoint, actor: CurrentActor, runtime: RuntimeOf
) -> Response:
    """Enter a code."""
    # A transaction of its own, committed before a wrong code is answered: its try is kept.
    async with runtime.session(SCHEMA, actor) as session:
        vault = vault_of(runtime.settings)
        right = await service.confirm_own(session, actor, vault, plain_code(asked.code))
    if not right:
        raise service.refuse_code()
    return Response(status_code=204)


@router.delete("/{contact_point_id}", status_code=204, response_class=Response)
async def remove_contact_point(
    contact_point_id: UUID, actor: CurrentActor, session: Session
) -> Response:
    """Take a contact point back; its address is destroyed."""
    await service.remove_own(session, actor, contact_point_id)
    return Response(status_code=204)
