"""Proving the second factor after signing in: for an act that a stolen session must not be enough for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from identity_service import repository
from identity_service.service import sessions, throttle
from identity_service.service.guards import a_person
from identity_service.service.problems import SecondFactorMissingError
from identity_service.service.sign_in import use_code
from identity_service.service.throttle import Attempt
from muster.identity.v1.events import AccountSteppedUp
from muster_core.errors import InvalidInputError, UnauthorizedError
from muster_core.outbox import announce

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from identity_service.models import Account
    from identity_service.service.sessions import Access
    from identity_service.surroundings import Surroundings
    from muster_core.auth import Actor

WRONG_CODE = "is not the present code of the authenticator app, or was used already"


async def step_up(
    session: AsyncSession, around: Surroundings, actor: Actor, code: str, address: str
) -> Access | InvalidInputError:
    """Prove one's second factor for the present session; answers an access token that says when.

    A wrong code is answered, not raised, so that it is counted.

    Raises:
        UnauthorizedError: the session has ended, or the account is disabled.
        SecondFactorMissingError: there is none to prove.
        TooManyAttemptsError: too many wrong codes.
    """
    account = await repository.account(session, a_person(actor))
    now = datetime.now(UTC)
    opened = await sessions.running(session, around, actor, now)
    if account.disabled_at is not None:
        raise UnauthorizedError("This account is disabled; ask an administrator.")
    if account.totp_secret is None:
        raise SecondFactorMissingError(
            "This account has no second factor yet. Set up an authenticator app under Your account"
            " (POST /api/v1/me/totp), then enter its next code here."
        )
    refused = await prove_code(session, around, account, code, address)
    if refused is not None:
        return refused
    opened.stepped_up_at = now
    await announce(
        session,
        AccountSteppedUp(
            organization_id=account.organization_id,
            account_id=account.id,
            username=account.username,
            name=account.name,
            session_id=opened.id,
        ),
    )
    return await sessions.access_to(session, around, opened)


async def prove_code(
    session: AsyncSession, around: Surroundings, account: Account, code: str, address: str
) -> InvalidInputError | None:
    """Use up a one-time code of an account; None if it is right.

    The account must be locked (`repository.account`): guesses sent at once are counted one by one.

    Raises:
        TooManyAttemptsError: the budget of the account or the address is spent.
    """
    attempt = Attempt(account.username, address)
    await throttle.check(session, attempt)
    if use_code(around, account, code):
        return None
    await throttle.record(session, attempt)
    return InvalidInputError.at("/code", WRONG_CODE)
