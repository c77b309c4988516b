"""Organizations own everything else. The first one made sets up the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from identity_service import listings, repository
from identity_service.catalogue import STARTING_ROLES
from identity_service.domain import temporary_password
from identity_service.models import Organization, Role
from identity_service.permissions import Permission
from identity_service.service import accounts
from identity_service.service.accounts import NewAccount
from muster.identity.v1.events import OrganizationCreated, OrganizationUpdated
from muster_core.auth import authorize
from muster_core.cached import CachedRead
from muster_core.errors import ForbiddenError, NotFoundError
from muster_core.http.conditional import check_version
from muster_core.outbox import announce

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.listings import Item
    from identity_service.models import Account
    from identity_service.surroundings import Surroundings
    from muster_core.auth import Actor
    from muster_core.database import Reader
    from muster_core.runtime import Runtime

_DUPLICATES = {
    "uq_organization_name": ("/name", "There is an organization of this name already."),
    "uq_organization_platform": ("/name", "Another first organization was made at the same time."),
}


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What is known of a new organization; `area` is GeoJSON, validated."""

    name: str
    time_zone: str = "UTC"
    units: str = "metric"
    area: dict[str, Any] | None = None
    exercise: bool = False


# The same for everyone who may see it, asked for with every incident that is shared, and changed a few times a year.
_ORGANIZATIONS = CachedRead(
    "identity.organizations", seconds=60, dropped_by=(OrganizationCreated, OrganizationUpdated)
)


async def list_organizations(
    runtime: Runtime, reads: Reader, actor: Actor, *, limit: int, cursor: str | None
) -> bytes:
    """Every organization: whom an incident can be shared with is no secret among them."""
    authorize(actor, Permission.PEOPLE_READ)
    page = listings.organizations()
    return await _ORGANIZATIONS.get(
        runtime, f"{limit}:{cursor or ''}", lambda: page.fetch(reads, limit=limit, cursor=cursor)
    )


async def show(session: AsyncSession, actor: Actor, organization_id: UUID) -> Item:
    """One organization."""
    authorize(actor, Permission.PEOPLE_READ)
    return await listings.organization(session, organization_id)


async def create(
    session: AsyncSession,
    around: Surroundings,
    actor: Actor,
    new: NewOrganization,
    administrator: NewAccount | None,
) -> tuple[Item, str | None]:
    """Set up an organization; answers it, with the temporary password of its first administrator.

    Raises:
        ForbiddenError: only the first organization's administrators may.
    """
    authorize(actor, Permission.ORGANIZATIONS_MANAGE)
    password = temporary_password()
    hashed = await around.passwords.hash(password) if administrator else ""
    if actor.organization != await repository.platform_organization(session):
        raise ForbiddenError(
            "Only the administrators of the first organization set up others; ask them."
        )
    organization = await add(session, new)
    if administrator is not None:
        account = await add_administrator(session, organization, administrator, hashed)
        account.password_expires_at = datetime.now(UTC) + around.settings.temporary
    item = await listings.organization(session, organization.id)
    return item, password if administrator else None


async def add(session: AsyncSession, new: NewOrganization) -> Organization:
    """Store an organization with its starting roles and announce it, without asking who may."""
    organization = Organization(
        name=new.name,
        time_zone=new.time_zone,
        units=new.units,
        area=new.area,
        exercise=new.exercise,
        platform=await repository.platform_organization(session) is None,
    )
    session.add(organization)
    with repository.refuse_duplicates(_DUPLICATES):
        await session.flush()
    session.add_all(
        Role(
            organization_id=organization.id,
            key=role.key,
            name=role.name,
            description=role.description,
            permissions=sorted(role.permissions),
            built_in=True,
        )
        for role in STARTING_ROLES
    )
    await announce(session, OrganizationCreated(**_facts(organization)))
    return organization


async def add_administrator(
    session: AsyncSession, organization: Organization, new: NewAccount, password_hash: str
) -> Account:
    """Store an organization's first administrator, whose password must be changed."""
    role_id = await repository.role_with_key(session, organization.id, "administrator")
    named = NewAccount(new.username, new.name, new.email, (role_id,))
    account = await accounts.add(session, organization, named, password_hash)
    account.must_change_password = True
    return account


async def change(
    session: AsyncSession,
    actor: Actor,
    organization_id: UUID,
    if_match: int,
    changes: dict[str, Any],
) -> Item:
    """Change one's own organization; another's is as if it were not there."""
    authorize(actor, Permission.ORGANIZATIONS_MANAGE)
    if organization_id != actor.organization:
        raise NotFoundError("There is no such organization of yours.")
    organization = await repository.lock_rights(session, organization_id)
    check_version(organization.version, if_match, organization.name)
    await apply(session, organization, changes)
    return await listings.organization(session, organization.id)


async def apply(session: AsyncSession, organization: Organization, changes: dict[str, Any]) -> None:
    """Change a locked organization and announce it if anything is different."""
    changed = [name for name, value in changes.items() if getattr(organization, name) != value]
    for name in changed:
        setattr(organization, name, changes[name])
    if changed:
        organization.touch()
        with repository.refuse_duplicates(_DUPLICATES):
            await session.flush()
        await announce(session, OrganizationUpdated(**_facts(organization)))


def _facts(organization: Organization) -> dict[str, Any]:
    return {
        "organization_id": organization.id,
        "name": organization.name,
        "area": organization.area,
        "time_zone": organization.time_zone,
        "units": organization.units,
        "exercise": organization.exercise,
        "version": organization.version,
    }
