"""Signing in: the only slow part of identity, and on purpose."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from identity_service import repository, totp
from identity_service.common_passwords import WORDS
from identity_service.database import SCHEMA
from identity_service.domain import fold_username, password_fault
from identity_service.passwords import hash_now, nobodys_hash
from identity_service.service import sessions, throttle
from identity_service.service.problems import InvalidCredentialsError, SecondFactorRequiredError
from identity_service.service.throttle import Attempt
from identity_service.surroundings import surroundings_of
from muster.identity.v1.events import AccountSignedIn
from muster_core.auth import Actor
from muster_core.errors import InvalidInputError
from muster_core.outbox import announce

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.models import Account
    from identity_service.service.sessions import Device, Issued
    from identity_service.surroundings import Surroundings
    from muster_core.runtime import Runtime

_WRONG = "The sign-in name or the password is wrong."


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody proves who they are with."""

    username: str
    password: str
    code: str | None = None


async def sign_in(runtime: Runtime, credentials: Credentials, device: Device) -> Issued:
    """Begin a session for whoever proves to own an account.

    Everything happens within one of the few hashing places, so that each failure is counted before the
    next guess is looked at, however many are sent at once.

    Raises:
        InvalidCredentialsError: name or password wrong, account disabled, temporary password expired.
        SecondFactorRequiredError: the password is right, the one-time code is missing, wrong or used.
        TooManyAttemptsError: the budget of the account or the address is spent.
    """
    around = surroundings_of(runtime)
    attempt = Attempt(fold_username(credentials.username), device.address)
    async with around.passwords.slot():
        account_id, stored = await _prove(runtime, attempt, credentials.password)
        fresh = (
            await asyncio.to_thread(hash_now, credentials.password)
            if around.passwords.is_outdated(stored)
            else None
        )
        async with runtime.session(SCHEMA) as session:
            account = await repository.account(session, account_id)
            if account.password_hash != stored or account.disabled_at is not None:
                raise InvalidCredentialsError(_WRONG)
            second = account.totp_secret is not None
            if not second or use_code(around, account, credentials.code):
                if fresh is not None:
                    account.password_hash = fresh
                return await _begin(session, around, account, device, second=second)
        if credentials.code is not None:
            await _count(runtime, attempt)
    raise SecondFactorRequiredError(
        "This account has a second factor: send the one-time code of the authenticator app, each only once."
    )


async def prove_password(runtime: Runtime, actor: Actor, address: str, password: str) -> None:
    """Make sure that whoever holds the session also knows the password; failures are throttled.

    Raises:
        InvalidInputError: it is wrong.
        TooManyAttemptsError: too many wrong ones.
    """
    around = surroundings_of(runtime)
    async with runtime.session(SCHEMA) as session:
        who = await repository.rights(session, actor.id)
    async with around.passwords.slot():
        try:
            await _prove(runtime, Attempt(who.username, address), password)
        except InvalidCredentialsError as error:
            raise InvalidInputError.at("/current", "is not your present password") from error


def use_code(around: Surroundings, account: Account, code: str | None) -> bool:
    """Whether a one-time code is right, and not used before; it is used up then."""
    if account.totp_secret is None or code is None:
        return False
    secret = around.wrapping.unwrap(account.totp_secret, totp_purpose(account)).decode()
    step = totp.matching_step(secret, code, time.time(), account.totp_last_step)
    if step is None:
        return False
    account.totp_last_step = step
    return True


def totp_purpose(account: Account) -> str:
    """What a wrapped TOTP secret is bound to."""
    return f"account:{account.id}:totp"


def check_password(password: str, own_words: Iterable[str], pointer: str) -> None:
    """Refuse a password that would be guessed.

    Raises:
        InvalidInputError: says why.
    """
    fault = password_fault(password, WORDS, own_words)
    if fault is not None:
        raise InvalidInputError.at(pointer, fault)


async def _prove(runtime: Runtime, attempt: Attempt, password: str) -> tuple[UUID, str]:
    async with runtime.session(SCHEMA) as session:
        await throttle.check(session, attempt)
        found = await repository.candidate(session, attempt.username, datetime.now(UTC))
    # A name that nobody has costs the same hash as one that somebody has.
    stored = found.password_hash if found else nobodys_hash()
    right = await surroundings_of(runtime).passwords.matches(stored, password)
    if found is None or not right or not found.usable:
        await _count(runtime, attempt)
        raise InvalidCredentialsError(_WRONG)
    return found.id, stored


async def _count(runtime: Runtime, attempt: Attempt) -> None:
    async with runtime.session(SCHEMA) as session:
        await throttle.record(session, attempt)


async def _begin(
    session: AsyncSession,
    around: Surroundings,
    account: Account,
    device: Device,
    *,
    second: bool,
) -> Issued:
    account.last_signed_in_at = datetime.now(UTC)
    session.info["actor"] = Actor(account.id, account.name, "user", account.organization_id)
    opened, issued = await sessions.begin(session, around, account, device, second=second)
    await announce(
        session,
        AccountSignedIn(
            organization_id=account.organization_id,
            account_id=account.id,
            username=account.username,
            name=account.name,
            session_id=opened.id,
            method="password+totp" if second else "password",
        ),
    )
    return issued
