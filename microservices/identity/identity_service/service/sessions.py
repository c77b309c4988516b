"""Sessions: begun by signing in, kept by rotating refresh tokens, ended by their owner or by theft."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import select

from identity_service import listings, repository
from identity_service.domain import RETRY_WINDOW
from identity_service.models import Account, RefreshToken, SignInSession
from identity_service.service import signing
from identity_service.service.guards import a_person
from muster.identity.v1.events import AccountSignedOutEverywhere, SessionEnded
from muster_core.auth import TOKEN_SECONDS, Actor, claims_of
from muster_core.errors import NotFoundError, UnauthorizedError
from muster_core.outbox import announce

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.surroundings import Surroundings
    from muster_core.database import Reader

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in from."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Access:
    """An access token, how many seconds it is good for, and what it opens."""

    access_token: str
    expires_in: int
    scope: str


@dataclass(frozen=True, slots=True)
class Issued(Access):
    """What signing in or refreshing answers; `refresh_seconds` is how long the cookie may live."""

    refresh_token: str
    refresh_seconds: int


async def begin(
    session: AsyncSession, around: Surroundings, account: Account, device: Device, *, second: bool
) -> tuple[SignInSession, Issued]:
    """Begin a session for an account whose password, and `second` factor too, was proven just now."""
    now = datetime.now(UTC)
    opened = SignInSession(
        account_id=account.id,
        authenticated_at=now,
        stepped_up_at=now if second else None,
        last_used_at=now,
        expires_at=now + around.settings.longest,
        address=device.address[:64],
        user_agent=device.user_agent[:300],
    )
    session.add(opened)
    await session.flush()
    first = secrets.token_bytes(_TOKEN_BYTES)
    session.add(RefreshToken(digest=_digest(first), session_id=opened.id))
    return opened, await _issue(session, around, opened, first)


async def refresh(
    session: AsyncSession, around: Surroundings, presented: str | None
) -> Issued | UnauthorizedError:
    """Exchange a refresh token for the next one and a new access token.

    A refusal is answered, not raised, so that what it brings about (the end of a stolen family) is
    committed. The successor of a token is derived from it, so that whoever did not receive the answer
    to the very last exchange, or asked in two tabs at once, gets the same one again for 10 s.
    """
    raw = _decode(presented)
    opened = None if raw is None else await _session_of(session, raw)
    if raw is None or opened is None:
        return UnauthorizedError("There is no session to go on with; sign in.")
    now = datetime.now(UTC)
    if opened.ended_at is not None or opened.expires_at <= now:
        return UnauthorizedError("The session has ended; sign in again.")
    if opened.last_used_at + around.settings.idle <= now:
        opened.ended_at, opened.end_reason = now, "idle"
        return UnauthorizedError("The session was not used for a long time; sign in again.")
    following = around.wrapping.successor(raw)
    token = await session.get_one(RefreshToken, _digest(raw))
    if token.used_at is None:
        token.used_at = now
        session.add(RefreshToken(digest=_digest(following), session_id=opened.id))
    elif not await _is_retry(session, token, following, now):
        await _end(session, opened, "refresh token used twice")
        return UnauthorizedError(
            "This session was used in two places, so it was ended. Sign in again; if it was not you,"
            " change your password."
        )
    opened.last_used_at = now
    who = await repository.rights(session, opened.account_id)
    if who.disabled:
        return UnauthorizedError("This account is disabled; ask an administrator.")
    return await _issue(session, around, opened, following)


async def sign_out(session: AsyncSession, presented: str | None) -> None:
    """End the session a refresh token belongs to; quietly nothing if it belongs to none."""
    raw = _decode(presented)
    opened = None if raw is None else await _session_of(session, raw)
    if opened is not None and opened.ended_at is None:
        await _end(session, opened, "signed out")


async def sign_out_everywhere(session: AsyncSession, actor: Actor) -> None:
    """End every session of whoever asks."""
    account = await repository.account(session, a_person(actor))
    await end_all(session, account, "signed out everywhere")


async def end_all(session: AsyncSession, account: Account, reason: str) -> None:
    """End every session of an account and void its access tokens, and say so."""
    await session.flush()
    await repository.end_sessions(session, account.id, reason)
    await repository.void_tokens(session, [account.id])
    await announce(
        session,
        AccountSignedOutEverywhere(
            organization_id=account.organization_id,
            account_id=account.id,
            username=account.username,
            name=account.name,
            reason=reason,
        ),
    )


async def list_own(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """The sessions of whoever asks."""
    page = listings.sessions(a_person(actor), actor.session_id)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def end_own(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions, such as that of a lost phone."""
    opened = await repository.own_session(session, a_person(actor), session_id)
    await _end(session, opened, "ended by its owner")


async def running(
    session: AsyncSession, around: Surroundings, actor: Actor, now: datetime
) -> SignInSession:
    """The session that the access token of whoever asks belongs to, locked.

    Raises:
        UnauthorizedError: it has ended, though the token has not been heard of as void yet.
    """
    if actor.session_id is not None:
        with suppress(NotFoundError):
            opened = await repository.own_session(session, a_person(actor), actor.session_id)
            if opened.expires_at > now and opened.last_used_at + around.settings.idle > now:
                return opened
    raise UnauthorizedError("The session has ended; sign in again.")


async def _session_of(session: AsyncSession, raw: bytes) -> SignInSession | None:
    # The session is locked first, so that two exchanges of one family never overlap.
    of_token = (
        select(RefreshToken.session_id).where(RefreshToken.digest == _digest(raw)).scalar_subquery()
    )
    return await session.scalar(
        select(SignInSession).where(SignInSession.id == of_token).with_for_update()
    )


async def _is_retry(
    session: AsyncSession, token: RefreshToken, following: bytes, now: datetime
) -> bool:
    if token.used_at is None or now - token.used_at > RETRY_WINDOW:
        return False
    successor = await session.get(RefreshToken, _digest(following))
    return successor is not None and successor.used_at is None


async def _end(session: AsyncSession, opened: SignInSession, reason: str) -> None:
    who = await repository.rights(session, opened.account_id)
    opened.ended_at, opened.end_reason = datetime.now(UTC), reason
    if session.info.get("actor") is None and reason == "signed out":
        session.info["actor"] = Actor(who.id, who.name, "user", who.organization_id)
    await announce(
        session,
        SessionEnded(
            organization_id=who.organization_id,
            account_id=who.id,
            username=who.username,
            name=who.name,
            session_id=opened.id,
            reason=reason,
        ),
    )


async def access_to(session: AsyncSession, around: Surroundings, opened: SignInSession) -> Access:
    """Sign an access token of a session: who it is and may do what, and when which factor was proven."""
    await session.flush()
    who = await repository.rights(session, opened.account_id)
    # Until the password is changed, the token opens nothing but that.
    permissions = frozenset[str]() if who.must_change_password else who.permissions
    actor = Actor(
        id=who.id,
        name=who.name,
        kind="user",
        organization_id=who.organization_id,
        permissions=permissions,
        session_id=opened.id,
        authenticated_at=int(opened.authenticated_at.timestamp()),
        second_factor_at=int(opened.stepped_up_at.timestamp()) if opened.stepped_up_at else 0,
    )
    claims = claims_of(
        actor,
        issuer=around.core.issuer,
        epoch=who.epoch,
        now=int(time.time()),
        jti=str(uuid4()),
    )
    return Access(
        access_token=await signing.sign(session, around, claims),
        expires_in=TOKEN_SECONDS,
        scope=claims["scope"],
    )


async def _issue(
    session: AsyncSession, around: Surroundings, opened: SignInSession, refresh_token: bytes
) -> Issued:
    access = await access_to(session, around, opened)
    left = opened.expires_at - datetime.now(UTC)
    return Issued(
        access.access_token,
        access.expires_in,
        access.scope,
        refresh_token=base64.urlsafe_b64encode(refresh_token).decode().rstrip("="),
        refresh_seconds=max(0, int(min(left, around.settings.idle).total_seconds())),
    )


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _decode(presented: str | None) -> bytes | None:
    try:
        raw = base64.b64decode((presented or "").encode() + b"=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _TOKEN_BYTES else None
