"""One's own account: who one is, the password, the second factor."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from identity_service import listings, repository, totp
from identity_service.database import SCHEMA
from identity_service.service.guards import a_person
from identity_service.service.second_factor import WRONG_CODE, prove_code
from identity_service.service.sign_in import check_password, prove_password, totp_purpose
from identity_service.surroundings import surroundings_of
from muster.identity.v1.events import AccountPasswordChanged, AccountUpdated
from muster_core.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnauthorizedError,
)
from muster_core.outbox import announce

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.listings import Item
    from identity_service.models import Account
    from identity_service.surroundings import Surroundings
    from muster_core.auth import Actor
    from muster_core.runtime import Runtime


async def show(session: AsyncSession, actor: Actor) -> Item:
    """Who is signed in, in which organization, with which rights."""
    try:
        return await listings.me(session, a_person(actor))
    except NotFoundError as error:
        raise UnauthorizedError("The account of this session is not there any more.") from error


async def rename(session: AsyncSession, actor: Actor, name: str) -> Item:
    """Change one's own name as others see it."""
    account = await repository.account(session, a_person(actor))
    if account.name != name:
        account.name = name
        await _changed(session, account, "name")
    return await listings.me(session, account.id)


async def change_password(
    runtime: Runtime, session: AsyncSession, actor: Actor, address: str, current: str, new: str
) -> None:
    """Replace one's own password; every other session ends.

    Raises:
        InvalidInputError: the current one is wrong, or the new one would be guessed.
        TooManyAttemptsError: the current one was guessed at too often.
    """
    account_id = a_person(actor)
    around = surroundings_of(runtime)
    await prove_password(runtime, actor, address, current)
    if current == new:
        raise InvalidInputError.at("/new", "must differ from the present password")
    # Nothing was asked of `session` yet: no connection waits while the password is hashed.
    words = await _own_words(runtime, actor)
    check_password(new, words, "/new")
    hashed = await around.passwords.hash(new)
    account = await repository.account(session, account_id)
    account.password_hash = hashed
    account.must_change_password = False
    account.password_expires_at = None
    await repository.end_sessions(session, account.id, "password changed", but=actor.session_id)
    await announce(session, AccountPasswordChanged(**_facts(account)))


async def enrol_totp(session: AsyncSession, around: Surroundings, actor: Actor) -> tuple[str, str]:
    """Begin a second factor; answers the secret and the otpauth URI, shown once. It counts once confirmed.

    Raises:
        ConflictError: there is one already.
    """
    account = await repository.account(session, a_person(actor))
    if account.totp_secret is not None:
        raise ConflictError("This account has a second factor; disable it before making a new one.")
    secret = totp.new_secret()
    account.totp_pending = around.wrapping.wrap(secret.encode(), totp_purpose(account))
    return secret, totp.provisioning_uri(secret, account.username)


async def confirm_totp(
    session: AsyncSession, around: Surroundings, actor: Actor, code: str
) -> None:
    """Prove that the authenticator app has the secret; from now on signing in needs it.

    Raises:
        InvalidInputError: the code is wrong.
        ConflictError: nothing waits to be confirmed.
    """
    account = await repository.account(session, a_person(actor))
    if account.totp_pending is None:
        raise ConflictError("No second factor waits to be confirmed; begin one first.")
    secret = around.wrapping.unwrap(account.totp_pending, totp_purpose(account)).decode()
    step = totp.matching_step(secret, code, time.time(), account.totp_last_step)
    if step is None:
        raise InvalidInputError.at("/code", WRONG_CODE)
    account.totp_secret, account.totp_pending = account.totp_pending, None
    account.totp_last_step = step
    await _changed(session, account, "second factor")


async def disable_totp(
    session: AsyncSession, around: Surroundings, actor: Actor, code: str, address: str
) -> InvalidInputError | None:
    """Go back to the password alone; needs a code, so that a stolen session is not enough.

    A wrong code is answered, not raised, so that it is counted.

    Raises:
        ConflictError: there is no second factor.
        TooManyAttemptsError: too many wrong codes.
    """
    account = await repository.account(session, a_person(actor))
    if account.totp_secret is None:
        raise ConflictError("This account has no second factor.")
    refused = await prove_code(session, around, account, code, address)
    if refused is None:
        account.totp_secret = None
        await _changed(session, account, "second factor")
    return refused


async def _own_words(runtime: Runtime, actor: Actor) -> list[str]:
    async with runtime.session(SCHEMA) as session:
        who = await repository.rights(session, actor.id)
        organization = await repository.organization_name(session, who.organization_id)
    return [who.username, who.name, organization]


def _facts(account: Account) -> dict[str, Any]:
    return {
        "organization_id": account.organization_id,
        "account_id": account.id,
        "username": account.username,
        "name": account.name,
    }


async def _changed(session: AsyncSession, account: Account, *fields: str) -> None:
    account.touch()
    await announce(
        session,
        AccountUpdated(
            organization_id=account.organization_id,
            account_id=account.id,
            username=account.username,
            name=account.name,
            fields=list(fields),
            version=account.version,
        ),
    )
