"""What every change of rights must pass."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from identity_service import repository
from identity_service.domain import beyond
from identity_service.service.problems import BeyondOwnPermissionsError, LastAdministratorError
from muster_core.errors import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.auth import Actor


def within_own(actor: Actor, permissions: Iterable[str], what: str) -> None:
    """Refuse to give, or to manage whoever holds, what the actor does not hold.

    Raises:
        BeyondOwnPermissionsError: names the permissions.
    """
    if actor.kind in {"system", "service"}:
        return
    missing = beyond(permissions, actor.permissions)
    if missing:
        raise BeyondOwnPermissionsError(
            f"{what} includes {', '.join(missing)}, which you do not hold yourself."
        )


def a_person(actor: Actor) -> UUID:
    """The account of whoever asks.

    Raises:
        ForbiddenError: a program asks, with an API key.
    """
    if actor.kind != "user":
        raise ForbiddenError("This is for people who signed in; an API key has no such account.")
    return actor.id


async def keep_an_administrator(session: AsyncSession, organization_id: UUID) -> None:
    """Refuse the change just made if it leaves nobody who can manage accounts and roles.

    The organization must be locked (`repository.lock_rights`) before the change.

    Raises:
        LastAdministratorError: nobody would be left.
    """
    if not await repository.administrators(session, organization_id):
        raise LastAdministratorError(
            "Nobody would be left who can manage accounts and roles (users:manage and"
            " roles:manage). Give somebody else these permissions first."
        )
