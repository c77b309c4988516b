"""API keys: a program's way in, with an end, and never with more than its maker may do."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from identity_service import listings, repository
from identity_service.domain import API_KEY_MOST_DAYS, REVOCATIONS_KEPT
from identity_service.models import ApiKey
from identity_service.permissions import Permission
from identity_service.service.guards import a_person, within_own
from identity_service.service.roles import known_permissions
from muster.identity.v1.events import ApiKeyCreated, ApiKeyRevoked
from muster_core.auth import API_KEY_PREFIX, Actor, Revocations, authorize
from muster_core.errors import InvalidInputError
from muster_core.outbox import announce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.listings import Item
    from muster_core.database import Reader

_PREFIX_BYTES, _SECRET_BYTES = 4, 32


async def list_keys(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """The API keys of one's organization; never their secrets."""
    authorize(actor, Permission.API_KEYS_MANAGE)
    page = listings.api_keys(actor.organization)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def create(
    session: AsyncSession, actor: Actor, name: str, scopes: Sequence[str], expires_at: datetime
) -> tuple[Item, str]:
    """Make a key; answers it with its secret, shown once.

    Raises:
        InvalidInputError: it has no scope, or does not end within a year.
        NotFoundError: the maker's account is not there.
        BeyondOwnPermissionsError: a scope is not held by its maker.
    """
    authorize(actor, Permission.API_KEYS_MANAGE)
    maker = await repository.account(session, a_person(actor), actor.organization)
    now = datetime.now(UTC)
    if not now < expires_at <= now + timedelta(days=API_KEY_MOST_DAYS):
        raise InvalidInputError.at("/expires_at", "must lie ahead, and within a year")
    granted = known_permissions(scopes, "/scopes")
    within_own(actor, granted, "The key")
    prefix = secrets.token_hex(_PREFIX_BYTES)
    secret = f"{API_KEY_PREFIX}{prefix}_{secrets.token_hex(_SECRET_BYTES)}"
    key = ApiKey(
        organization_id=actor.organization,
        account_id=maker.id,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=granted,
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    await announce(
        session,
        ApiKeyCreated(
            organization_id=key.organization_id,
            api_key_id=key.id,
            name=name,
            prefix=prefix,
            scopes=granted,
            expires_at=expires_at,
        ),
    )
    return await listings.api_key(session, key.id), secret


async def revoke(session: AsyncSession, actor: Actor, api_key_id: UUID) -> None:
    """Make a key open nothing, everywhere within 5 s; a second time changes nothing."""
    authorize(actor, Permission.API_KEYS_MANAGE)
    key = await repository.api_key(session, api_key_id, actor.organization)
    if key.revoked_at is None:
        key.revoked_at = datetime.now(UTC)
        await announce(
            session,
            ApiKeyRevoked(
                organization_id=key.organization_id,
                api_key_id=key.id,
                name=key.name,
                prefix=key.prefix,
            ),
        )


async def introspect(reads: Reader, secret: str) -> Actor | None:
    """Who a key stands for, or None; notes that it was used, to the minute."""
    rows = await reads.fetch(repository.INTROSPECT_API_KEY, _digest(secret))
    if not rows:
        return None
    (row,) = rows
    await reads.execute(repository.USED_API_KEY, row["id"])
    return Actor(
        id=row["id"],
        name=row["name"],
        kind="api_key",
        organization_id=row["organization_id"],
        permissions=frozenset(row["permissions"]),
    )


async def revocations(reads: Reader) -> Revocations:
    """What was ended lately, so that access tokens made before stop counting everywhere."""
    sessions = await reads.fetch(repository.REVOKED_SESSIONS, REVOCATIONS_KEPT)
    epochs = await reads.fetch(repository.CHANGED_EPOCHS, REVOCATIONS_KEPT)
    return Revocations(
        sessions=frozenset(row["id"] for row in sessions),
        epochs={row["id"]: row["epoch"] for row in epochs},
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
