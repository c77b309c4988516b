"""Guessing is slowed down, nobody is locked out: failures of a quarter of an hour count, by digest."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, text

from identity_service import repository
from identity_service.domain import (
    ACCOUNT_FAILURES,
    ADDRESS_FAILURES,
    THROTTLE_WINDOW,
    network_of,
)
from identity_service.models import SignInFailure
from identity_service.service.problems import TooManyAttemptsError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_WAIT = text(
    """
    SELECT max(extract(epoch FROM CAST(:window AS interval) + failures.failed_at - clock_timestamp()))
    FROM (VALUES (CAST(:account AS bytea), CAST(:account_most AS integer)),
        (CAST(:address AS bytea), CAST(:address_most AS integer)))
        AS budget (subject, most),
    LATERAL (
        SELECT f.failed_at FROM identity.sign_in_failure f
        WHERE f.subject = budget.subject AND f.failed_at > clock_timestamp() - CAST(:window AS interval)
        ORDER BY f.failed_at DESC OFFSET budget.most - 1 LIMIT 1
    ) AS failures
    """
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody proves who they are: to which (folded) sign-in name, from which address."""

    username: str
    address: str

    def subjects(self) -> tuple[bytes, bytes, bytes]:
        """Digests of the account, the address, and both: no name is stored that was only tried."""
        network = network_of(self.address)
        return (
            _digest("account", self.username),
            _digest("address", network),
            _digest("both", self.username, network),
        )


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()


async def check(session: AsyncSession, attempt: Attempt) -> None:
    """Refuse further guesses while the budget of the account or the address is spent.

    An address from which the account signed in lately has a budget of its own: a stranger's guessing does
    not keep the owner out.

    Raises:
        TooManyAttemptsError: says when to go on.
    """
    account, address, both = attempt.subjects()
    known = await repository.knows_address(session, attempt.username, attempt.address)
    seconds = await session.scalar(
        _WAIT,
        {
            "window": THROTTLE_WINDOW,
            "account": both if known else account,
            "account_most": ACCOUNT_FAILURES,
            "address": address,
            "address_most": ADDRESS_FAILURES,
        },
    )
    if seconds is not None:
        wait = max(1, math.ceil(seconds))
        raise TooManyAttemptsError(
            f"There were too many wrong attempts. Go on in {math.ceil(wait / 60)} min.",
            retry_after=wait,
        )


async def record(session: AsyncSession, attempt: Attempt) -> None:
    """Count one failure."""
    await session.execute(
        insert(SignInFailure), [{"subject": subject} for subject in attempt.subjects()]
    )
