"""Roles, composed of permissions by an organization's administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from identity_service import listings, repository
from identity_service.catalogue import PERMISSIONS
from identity_service.domain import role_key
from identity_service.models import Role
from identity_service.permissions import Permission
from identity_service.service.guards import keep_an_administrator, within_own
from muster.identity.v1.events import RoleCreated, RoleDeleted, RoleUpdated
from muster_core.auth import authorize
from muster_core.errors import ConflictError, InvalidInputError
from muster_core.http.conditional import check_version
from muster_core.outbox import announce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.listings import Item
    from muster_core.auth import Actor
    from muster_core.database import Reader

_KNOWN = frozenset(entry.name for entry in PERMISSIONS)
_DUPLICATES = {
    "uq_role_organization_id_name": ("/name", "There is a role of this name already."),
    "uq_role_organization_id_key": ("/name", "There is a role with this key already."),
}


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role as an administrator composes it."""

    name: str
    description: str
    permissions: Sequence[str]


async def list_roles(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """The roles of one's organization."""
    authorize(actor, Permission.PEOPLE_READ)
    page = listings.roles(actor.organization)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def show(session: AsyncSession, actor: Actor, role_id: UUID) -> Item:
    """One role of one's organization."""
    authorize(actor, Permission.PEOPLE_READ)
    return await listings.role(session, role_id, actor.organization)


async def create(session: AsyncSession, actor: Actor, new: NewRole) -> Item:
    """Compose a role of permissions one holds oneself."""
    authorize(actor, Permission.ROLES_MANAGE)
    permissions = known_permissions(new.permissions, "/permissions")
    within_own(actor, permissions, "The role")
    await repository.lock_rights(session, actor.organization)
    role = Role(
        organization_id=actor.organization,
        key=role_key(new.name),
        name=new.name,
        description=new.description,
        permissions=permissions,
    )
    session.add(role)
    with repository.refuse_duplicates(_DUPLICATES):
        await session.flush()
    await announce(session, RoleCreated(**_facts(role)))
    return await listings.role(session, role.id, role.organization_id)


async def change(
    session: AsyncSession, actor: Actor, role_id: UUID, if_match: int, changes: dict[str, Any]
) -> Item:
    """Change a role; whoever holds it has the new rights at once.

    Raises:
        BeyondOwnPermissionsError: the role held or would hold what the actor does not.
        LastAdministratorError: nobody would be left.
    """
    role = await _managed(session, actor, role_id)
    check_version(role.version, if_match, f"The role {role.name}")
    if "permissions" in changes:
        wanted = known_permissions(changes["permissions"], "/permissions")
        within_own(actor, wanted, "The role")
        changes = changes | {"permissions": wanted}
    changed = [name for name, value in changes.items() if getattr(role, name) != value]
    for name in changed:
        setattr(role, name, changes[name])
    if changed:
        role.touch()
        with repository.refuse_duplicates(_DUPLICATES):
            await session.flush()
    if "permissions" in changed:
        await repository.void_tokens(session, await repository.holders(session, role.id))
        await keep_an_administrator(session, role.organization_id)
    if changed:
        await announce(session, RoleUpdated(**_facts(role)))
    return await listings.role(session, role.id, role.organization_id)


async def remove(session: AsyncSession, actor: Actor, role_id: UUID) -> None:
    """Remove a role that nobody holds.

    Raises:
        ConflictError: somebody holds it, or it is a starting role.
    """
    role = await _managed(session, actor, role_id)
    if role.built_in:
        raise ConflictError(
            f"{role.name} is a starting role and stays; take its permissions away instead."
        )
    count = len(await repository.holders(session, role.id))
    if count:
        raise ConflictError(
            f"{role.name} is held by {count} account{'s' if count > 1 else ''}; give them other"
            " roles first."
        )
    await session.delete(role)
    await announce(session, RoleDeleted(**_facts(role)))


def known_permissions(wanted: Sequence[str], pointer: str) -> list[str]:
    """Permissions in order, once each.

    Raises:
        InvalidInputError: there is no such permission.
    """
    for index, name in enumerate(wanted):
        if name not in _KNOWN:
            raise InvalidInputError.at(f"{pointer}/{index}", f"there is no permission '{name}'")
    return sorted(set(wanted))


async def _managed(session: AsyncSession, actor: Actor, role_id: UUID) -> Role:
    authorize(actor, Permission.ROLES_MANAGE)
    await repository.lock_rights(session, actor.organization)
    role = await repository.role(session, role_id, actor.organization)
    within_own(actor, role.permissions, f"The role {role.name}")
    return role


def _facts(role: Role) -> dict[str, Any]:
    return {
        "organization_id": role.organization_id,
        "role_id": role.id,
        "key": role.key,
        "name": role.name,
        "permissions": role.permissions,
        "version": role.version,
    }
