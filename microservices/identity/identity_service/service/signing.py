"""The keys of the access tokens: one signs, the next is published before it does, the last still verifies."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import delete, func, select, text

from identity_service import repository
from identity_service.domain import RETIRING
from identity_service.models import SigningKey
from identity_service.permissions import Permission
from muster.identity.v1.events import SigningKeyRotated
from muster_core.auth import authorize
from muster_core.errors import ForbiddenError
from muster_core.outbox import announce

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.surroundings import Surroundings
    from muster_core.auth import Actor

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('identity.signing_key'))")


async def ensure_keys(session: AsyncSession, around: Surroundings) -> None:
    """Make the first two keys of a new installation."""
    if await _in_state(session, "current") is None:
        await session.execute(_LOCK)
        if await _in_state(session, "current") is None:
            session.add(_new_key(around, "current"))
            session.add(_new_key(around, "next"))
            await session.flush()


async def sign(session: AsyncSession, around: Surroundings, claims: dict[str, Any]) -> str:
    """An access token (RFC 9068) with the claims.

    Raises:
        KeyFileError: the key file is not the one of this database.
    """
    current = await _in_state(session, "current")
    if current is None:
        await ensure_keys(session, around)
        current = await _in_state(session, "current")
        assert current is not None
    key = around.unwrapped.get(current.kid)
    if key is None:
        plain = around.wrapping.unwrap(current.private, _purpose(current.kid))
        key = around.unwrapped[current.kid] = OKPKey.import_key(json.loads(plain))
    header = {"alg": "EdDSA", "typ": "at+jwt", "kid": current.kid}
    return jwt.encode(header, claims, key, algorithms=["EdDSA"])


async def rotate(session: AsyncSession, around: Surroundings, actor: Actor) -> str:
    """Sign with the next key from now on, and publish the one after it; answers the new key's id.

    Raises:
        ForbiddenError: keys are the platform's, not an organization's.
    """
    authorize(actor, Permission.ORGANIZATIONS_MANAGE)
    platform = await repository.platform_organization(session)
    if actor.organization_id is not None and actor.organization_id != platform:
        raise ForbiddenError(
            "Signing keys serve every organization: the administrators of the first one rotate them."
        )
    await ensure_keys(session, around)
    await session.execute(_LOCK)
    return await _rotate(session, around)


async def rotate_when_due(session: AsyncSession, around: Surroundings) -> str | None:
    """Rotate if the current key has signed for its time; safe to be called by two at once."""
    await ensure_keys(session, around)
    await session.execute(_LOCK)
    current = await _in_state(session, "current")
    due = datetime.now(UTC) - around.settings.key_life
    if current is None or current.current_since is None or current.current_since > due:
        return None
    return await _rotate(session, around)


async def _rotate(session: AsyncSession, around: Surroundings) -> str:
    now = datetime.now(UTC)
    current, following = await _in_state(session, "current"), await _in_state(session, "next")
    assert current is not None
    assert following is not None
    # One at a time: there is never more than one current key, not even between two statements.
    current.state, current.retired_at = "retiring", now
    await session.flush()
    following.state, following.current_since = "current", now
    await session.flush()
    session.add(_new_key(around, "next"))
    await session.execute(
        delete(SigningKey).where(
            SigningKey.state == "retiring", SigningKey.retired_at < func.now() - RETIRING
        )
    )
    await announce(session, SigningKeyRotated(kid=following.kid))
    return following.kid


async def _in_state(session: AsyncSession, state: str) -> SigningKey | None:
    return await session.scalar(
        select(SigningKey)
        .where(SigningKey.state == state)
        .execution_options(populate_existing=True)
    )


def _new_key(around: Surroundings, state: str) -> SigningKey:
    made = OKPKey.generate_key("Ed25519")
    kid = made.thumbprint()
    common = {"kid": kid, "use": "sig", "alg": "EdDSA"}
    private = cast("dict[str, Any]", made.as_dict(private=True)) | common
    public = cast("dict[str, Any]", made.as_dict(private=False)) | common
    return SigningKey(
        kid=kid,
        state=state,
        public=public,
        private=around.wrapping.wrap(json.dumps(private).encode(), _purpose(kid)),
        current_since=datetime.now(UTC) if state == "current" else None,
    )


def _purpose(kid: str) -> str:
    return f"signing_key:{kid}"
