"""Accounts, as their organization's administrators run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from identity_service import listings, repository
from identity_service.domain import fold_username, temporary_password
from identity_service.models import Account
from identity_service.permissions import Permission
from identity_service.service.guards import keep_an_administrator, within_own
from identity_service.service.sessions import end_all
from identity_service.service.sign_in import check_password
from muster.identity.v1.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountPasswordChanged,
    AccountRolesChanged,
    AccountUpdated,
)
from muster_core.auth import authorize
from muster_core.errors import ConflictError
from muster_core.http.conditional import check_version
from muster_core.outbox import announce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.listings import Item
    from identity_service.models import Organization
    from identity_service.surroundings import Surroundings
    from muster_core.auth import Actor
    from muster_core.database import Reader

DUPLICATES = {
    "uq_account_username": ("/username", "Somebody has this sign-in name already; choose another."),
    "uq_account_email": ("/email", "Somebody has this e-mail address already."),
}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an administrator says of a new colleague."""

    username: str
    name: str
    email: str | None = None
    role_ids: Sequence[UUID] = field(default_factory=tuple[UUID, ...])
    password: str | None = None


async def list_accounts(
    reads: Reader,
    actor: Actor,
    *,
    disabled: bool | None,
    q: str | None,
    limit: int,
    cursor: str | None,
) -> bytes:
    """The accounts of one's organization."""
    authorize(actor, Permission.USERS_READ)
    page = listings.users(actor.organization, disabled=disabled, q=q)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def list_people(
    reads: Reader, actor: Actor, *, q: str | None, limit: int, cursor: str | None
) -> bytes:
    """The colleagues of whoever asks, by name and role only."""
    authorize(actor, Permission.PEOPLE_READ)
    page = listings.people(actor.organization, q=q)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def show(session: AsyncSession, actor: Actor, account_id: UUID) -> Item:
    """One account of one's organization."""
    authorize(actor, Permission.USERS_READ)
    return await listings.user(session, account_id, actor.organization)


async def create(
    session: AsyncSession, around: Surroundings, actor: Actor, new: NewAccount
) -> tuple[Item, str | None]:
    """Add an account; answers it with its temporary password, unless the administrator chose one.

    Either way the password must be changed at the first signing in.
    """
    authorize(actor, Permission.USERS_MANAGE)
    if new.password is not None:
        check_password(new.password, (new.username, new.name), "/password")
    password = new.password or temporary_password()
    hashed = await around.passwords.hash(password)
    organization = await repository.lock_rights(session, actor.organization)
    roles = await repository.roles(session, organization.id, new.role_ids)
    within_own(actor, {p for role in roles for p in role.permissions}, "A role of the new account")
    account = await add(session, organization, new, hashed)
    account.must_change_password = True
    account.password_expires_at = datetime.now(UTC) + around.settings.temporary
    item = await listings.user(session, account.id, organization.id)
    return item, None if new.password else password


async def add(
    session: AsyncSession, organization: Organization, new: NewAccount, password_hash: str
) -> Account:
    """Store a new account with its roles and announce it, without asking who may."""
    account = Account(
        organization_id=organization.id,
        username=fold_username(new.username),
        name=new.name,
        email=new.email.casefold() if new.email else None,
        password_hash=password_hash,
    )
    session.add(account)
    with repository.refuse_duplicates(DUPLICATES):
        await session.flush()
    roles = await repository.roles(session, organization.id, new.role_ids)
    await repository.replace_roles(session, account.id, [role.id for role in roles])
    await announce(
        session,
        AccountCreated(**facts(account), roles=[role.name for role in roles]),
    )
    return account


async def change(
    session: AsyncSession, actor: Actor, account_id: UUID, if_match: int, changes: dict[str, Any]
) -> Item:
    """Change names or e-mail address; `changes` holds what was sent."""
    account = await _managed(session, actor, account_id)
    check_version(account.version, if_match, f"The account of {account.name}")
    if changes.get("username"):
        changes = changes | {"username": fold_username(changes["username"])}
    if changes.get("email"):
        changes = changes | {"email": changes["email"].casefold()}
    changed = [name for name, value in changes.items() if getattr(account, name) != value]
    for name in changed:
        setattr(account, name, changes[name])
    if changed:
        account.touch()
        with repository.refuse_duplicates(DUPLICATES):
            await session.flush()
        await announce(session, AccountUpdated(**facts(account), fields=changed))
    return await listings.user(session, account.id, account.organization_id)


async def set_roles(
    session: AsyncSession, actor: Actor, account_id: UUID, role_ids: Sequence[UUID]
) -> Item:
    """Set the roles an account holds; its tokens are void at once, and it refreshes to its new rights.

    Raises:
        BeyondOwnPermissionsError: a role given holds what the actor does not.
        LastAdministratorError: nobody would be left.
    """
    account = await _managed(session, actor, account_id)
    roles = await repository.roles(session, account.organization_id, list(dict.fromkeys(role_ids)))
    within_own(actor, {p for role in roles for p in role.permissions}, "A role given")
    before = {role.id for role in await repository.roles_of(session, account.id)}
    if before != {role.id for role in roles}:
        await repository.replace_roles(session, account.id, [role.id for role in roles])
        account.touch()
        await session.flush()
        await repository.void_tokens(session, [account.id])
        await keep_an_administrator(session, account.organization_id)
        names = [role.name for role in roles]
        await announce(session, AccountRolesChanged(**facts(account), roles=names))
    return await listings.user(session, account.id, account.organization_id)


async def disable(session: AsyncSession, actor: Actor, account_id: UUID) -> Item:
    """Take an account out of use: its sessions, tokens and API keys end now.

    Raises:
        ConflictError: it is one's own.
        LastAdministratorError: nobody would be left.
    """
    account = await _managed(session, actor, account_id)
    if account.id == actor.id:
        raise ConflictError("Nobody disables their own account; ask another administrator.")
    if account.disabled_at is None:
        account.disabled_at = datetime.now(UTC)
        account.touch()
        await session.flush()
        await repository.end_sessions(session, account.id, "account disabled")
        await repository.void_tokens(session, [account.id])
        await keep_an_administrator(session, account.organization_id)
        await announce(session, AccountDisabled(**facts(account)))
    return await listings.user(session, account.id, account.organization_id)


async def enable(session: AsyncSession, actor: Actor, account_id: UUID) -> Item:
    """Let a disabled account sign in again."""
    account = await _managed(session, actor, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        account.touch()
        await announce(session, AccountEnabled(**facts(account)))
    return await listings.user(session, account.id, account.organization_id)


async def reset_password(
    session: AsyncSession, around: Surroundings, actor: Actor, account_id: UUID, *, totp: bool
) -> str:
    """Give a temporary password, shown once, that must be changed; every session ends.

    With `totp` the second factor is taken off too, for who lost the phone.
    """
    authorize(actor, Permission.USERS_MANAGE)
    password = temporary_password()
    hashed = await around.passwords.hash(password)
    account = await _managed(session, actor, account_id)
    account.password_hash = hashed
    account.must_change_password = True
    account.password_expires_at = datetime.now(UTC) + around.settings.temporary
    if totp:
        account.totp_secret = account.totp_pending = None
    account.touch()
    await end_all(session, account, "password reset")
    changed = facts(account)
    changed.pop("version")
    await announce(session, AccountPasswordChanged(**changed, reset=True))
    return password


async def sign_out(session: AsyncSession, actor: Actor, account_id: UUID) -> None:
    """End every session of an account, such as that of a lost laptop."""
    account = await _managed(session, actor, account_id)
    await end_all(session, account, "by an administrator")


async def _managed(session: AsyncSession, actor: Actor, account_id: UUID) -> Account:
    authorize(actor, Permission.USERS_MANAGE)
    await repository.lock_rights(session, actor.organization)
    account = await repository.account(session, account_id, actor.organization)
    held = await repository.rights(session, account.id)
    within_own(actor, held.permissions, f"The account of {account.name}")
    return account


def facts(account: Account) -> dict[str, Any]:
    """What every event about an account tells."""
    return {
        "organization_id": account.organization_id,
        "account_id": account.id,
        "username": account.username,
        "name": account.name,
        "version": account.version,
        "disabled": account.disabled_at is not None,
    }
