"""Every query of identity. Lists are JSON made in PostgreSQL; records to change are loaded locked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from identity_service.domain import ADMINISTRATION, KNOWN_ADDRESS_DAYS
from identity_service.models import (
    Account,
    AccountRole,
    ApiKey,
    Organization,
    Role,
    SignInSession,
)
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

_PERMISSIONS_OF_ACCOUNT = """ARRAY(
    SELECT DISTINCT p FROM identity.account_role ar
    JOIN identity.role r ON r.id = ar.role_id, unnest(r.permissions) p
    WHERE ar.account_id = a.id ORDER BY p)"""


@dataclass(frozen=True, slots=True)
class Rights:
    """What an access token of an account says, as of one moment."""

    id: UUID
    username: str
    name: str
    organization_id: UUID
    epoch: int
    must_change_password: bool
    disabled: bool
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """The account somebody tries to sign in to."""

    id: UUID
    password_hash: str
    usable: bool


@contextmanager
def refuse_duplicates(messages: Mapping[str, tuple[str, str]]) -> Generator[None, None, None]:
    """Turn a violated unique index into 409; `messages` by index name: (JSON pointer, sentence)."""
    try:
        yield
    except IntegrityError as error:
        cause = getattr(error.orig, "__cause__", None)
        found = messages.get(str(getattr(cause, "constraint_name", "")))
        if found is None:
            raise
        pointer, detail = found
        raise ConflictError(
            detail, errors=[{"location": "body", "pointer": pointer, "detail": detail}]
        ) from error


async def lock_rights(session: AsyncSession, organization_id: UUID) -> Organization:
    """The organization, locked: who changes rights in it waits for others who do."""
    found = await session.scalar(
        select(Organization).where(Organization.id == organization_id).with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such organization.")
    return found


async def organization_name(session: AsyncSession, organization_id: UUID) -> str:
    """What an organization is called."""
    return (
        await session.scalar(select(Organization.name).where(Organization.id == organization_id))
        or ""
    )


async def platform_organization(session: AsyncSession) -> UUID | None:
    """The organization that sets up the others."""
    return await session.scalar(select(Organization.id).where(Organization.platform))


async def organization_named(session: AsyncSession, name: str) -> Organization | None:
    """An organization by its name, locked; case does not count."""
    return await session.scalar(
        select(Organization).where(func.lower(Organization.name) == name.lower()).with_for_update()
    )


async def account(
    session: AsyncSession, account_id: UUID, organization_id: UUID | None = None
) -> Account:
    """An account, locked; with `organization_id`, of that organization only.

    Raises:
        NotFoundError: there is none there.
    """
    query = select(Account).where(Account.id == account_id).with_for_update()
    if organization_id is not None:
        query = query.where(Account.organization_id == organization_id)
    found = await session.scalar(query)
    if found is None:
        raise NotFoundError("There is no such account.")
    return found


async def rights(session: AsyncSession, account_id: UUID) -> Rights:
    """Epoch and permissions of an account, of one snapshot: neither can be older than the other."""
    row = (
        await session.execute(
            text(
                "SELECT a.id, a.username, a.name, a.organization_id, a.epoch,"
                " a.must_change_password, a.disabled_at IS NOT NULL AS disabled,"
                f" {_PERMISSIONS_OF_ACCOUNT} AS permissions"
                " FROM identity.account a WHERE a.id = :id"
            ),
            {"id": account_id},
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such account.")
    return Rights(
        row.id,
        row.username,
        row.name,
        row.organization_id,
        row.epoch,
        row.must_change_password,
        row.disabled,
        frozenset(row.permissions),
    )


RIGHTS_OF = f"""
    SELECT a.id, a.organization_id, {_PERMISSIONS_OF_ACCOUNT} AS permissions
    FROM identity.account a
    WHERE a.id = ANY($1::uuid[]) AND a.disabled_at IS NULL AND NOT a.must_change_password
"""
ORGANIZATIONS_AFTER = """
    SELECT o.id, o.name, o.version FROM identity.organization o
    WHERE o.id > $1 ORDER BY o.id LIMIT $2
"""
PEOPLE_AFTER = """
    SELECT a.id, a.organization_id, a.name, a.version FROM identity.account a
    WHERE a.id > $1 AND a.disabled_at IS NULL ORDER BY a.id LIMIT $2
"""


async def administrators(session: AsyncSession, organization_id: UUID) -> int:
    """How many enabled accounts of an organization can repair everybody's rights."""
    await session.flush()
    return await session.scalar(
        text(
            "SELECT count(*) FROM identity.account a WHERE a.organization_id = :organization"
            f" AND a.disabled_at IS NULL AND CAST(:needed AS text[]) <@ ({_PERMISSIONS_OF_ACCOUNT})"
        ),
        {"organization": organization_id, "needed": sorted(ADMINISTRATION)},
    ) or 0  # fmt: skip


async def void_tokens(session: AsyncSession, account_ids: Iterable[UUID]) -> None:
    """Make the access tokens of accounts void within about a second; sessions can be refreshed."""
    await session.execute(
        update(Account)
        .where(Account.id.in_(list(account_ids)))
        .values(epoch=Account.epoch + 1, epoch_changed_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )


async def end_sessions(
    session: AsyncSession, account_id: UUID, reason: str, *, but: UUID | None = None
) -> int:
    """End an account's sessions, all or all but one; answers how many."""
    query = (
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp(), end_reason=reason)
        .execution_options(synchronize_session=False)
    )
    if but is not None:
        query = query.where(SignInSession.id != but)
    ended = await session.scalars(query.returning(SignInSession.id))
    return len(ended.all())


async def own_session(session: AsyncSession, account_id: UUID, session_id: UUID) -> SignInSession:
    """A session of an account that has not ended, locked.

    Raises:
        NotFoundError: it has none such.
    """
    found = await session.scalar(
        select(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such session, or it has ended.")
    return found


async def candidate(session: AsyncSession, username: str, now: datetime) -> Candidate | None:
    """Who has a (folded) sign-in name."""
    row = (
        await session.execute(
            select(
                Account.id,
                Account.password_hash,
                Account.disabled_at,
                Account.password_expires_at,
            ).where(Account.username == username)
        )
    ).one_or_none()
    if row is None:
        return None
    usable = row.disabled_at is None and (
        row.password_expires_at is None or row.password_expires_at > now
    )
    return Candidate(row.id, row.password_hash, usable)


async def knows_address(session: AsyncSession, username: str, address: str) -> bool:
    """Whether somebody lately signed in to the account from the address."""
    return bool(
        await session.scalar(
            text(
                "SELECT EXISTS (SELECT 1 FROM identity.session s"
                " JOIN identity.account a ON a.id = s.account_id"
                " WHERE a.username = :username AND s.address = :address"
                " AND s.created_at > now() - make_interval(days => :days))"
            ),
            {"username": username, "address": address, "days": KNOWN_ADDRESS_DAYS},
        )
    )


async def role(session: AsyncSession, role_id: UUID, organization_id: UUID) -> Role:
    """A role of an organization, locked.

    Raises:
        NotFoundError: it has none such.
    """
    found = await session.scalar(
        select(Role)
        .where(Role.id == role_id, Role.organization_id == organization_id)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such role.")
    return found


async def roles(
    session: AsyncSession, organization_id: UUID, role_ids: Sequence[UUID]
) -> list[Role]:
    """Roles of an organization by id, by name.

    Raises:
        InvalidInputError: one of them is not the organization's.
    """
    found = (
        await session.scalars(
            select(Role)
            .where(Role.organization_id == organization_id, Role.id.in_(role_ids))
            .order_by(Role.name)
        )
    ).all()
    known = {one.id for one in found}
    for index, role_id in enumerate(role_ids):
        if role_id not in known:
            raise InvalidInputError.at(f"/role_ids/{index}", "is not a role of your organization")
    return list(found)


async def role_with_key(session: AsyncSession, organization_id: UUID, key: str) -> UUID:
    """A starting role of an organization, by its key.

    Raises:
        NotFoundError: it has none such.
    """
    found = await session.scalar(
        select(Role.id).where(Role.organization_id == organization_id, Role.key == key)
    )
    if found is None:
        raise NotFoundError(f"There is no role {key}.")
    return found


async def roles_of(session: AsyncSession, account_id: UUID) -> list[Role]:
    """The roles an account holds, by name."""
    found = await session.scalars(
        select(Role)
        .join(AccountRole, AccountRole.role_id == Role.id)
        .where(AccountRole.account_id == account_id)
        .order_by(Role.name)
    )
    return list(found.all())


async def holders(session: AsyncSession, role_id: UUID) -> list[UUID]:
    """Who holds a role."""
    found = await session.scalars(
        select(AccountRole.account_id).where(AccountRole.role_id == role_id)
    )
    return list(found.all())


async def replace_roles(session: AsyncSession, account_id: UUID, role_ids: Sequence[UUID]) -> None:
    """Set the roles an account holds."""
    await session.execute(delete(AccountRole).where(AccountRole.account_id == account_id))
    if role_ids:
        await session.execute(
            insert(AccountRole),
            [{"account_id": account_id, "role_id": role_id} for role_id in role_ids],
        )


async def api_key(session: AsyncSession, api_key_id: UUID, organization_id: UUID) -> ApiKey:
    """An API key of an organization, locked.

    Raises:
        NotFoundError: it has none such.
    """
    found = await session.scalar(
        select(ApiKey)
        .where(ApiKey.id == api_key_id, ApiKey.organization_id == organization_id)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError("There is no such API key.")
    return found


# Asked by raw connection at each use of a key: it can do what its maker may still do, no more.
INTROSPECT_API_KEY = f"""
SELECT k.id, k.name, k.organization_id,
    ARRAY(SELECT unnest(k.scopes) INTERSECT SELECT unnest({_PERMISSIONS_OF_ACCOUNT})) AS permissions
FROM identity.api_key k JOIN identity.account a ON a.id = k.account_id
WHERE k.digest = $1 AND k.revoked_at IS NULL AND k.expires_at > now() AND a.disabled_at IS NULL
"""

USED_API_KEY = """
UPDATE identity.api_key SET last_used_at = date_trunc('minute', now())
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < date_trunc('minute', now()))
"""

REVOKED_SESSIONS = "SELECT id FROM identity.session WHERE ended_at > now() - $1::interval"

CHANGED_EPOCHS = """
SELECT id, epoch FROM identity.account WHERE epoch_changed_at > now() - $1::interval
"""
