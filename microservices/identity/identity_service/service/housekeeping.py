"""What is kept no longer than it serves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func

from identity_service.domain import KNOWN_ADDRESS_DAYS, THROTTLE_WINDOW
from identity_service.models import SignInFailure, SignInSession

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_SESSIONS_KEPT = timedelta(days=KNOWN_ADDRESS_DAYS)


async def forget(session: AsyncSession) -> None:
    """Delete failures past their window, and sessions that ended or expired 30 days ago."""
    await session.execute(
        delete(SignInFailure).where(SignInFailure.failed_at < func.now() - THROTTLE_WINDOW)
    )
    await session.execute(
        delete(SignInSession).where(SignInSession.expires_at < func.now() - _SESSIONS_KEPT)
    )
    await session.execute(
        delete(SignInSession).where(SignInSession.ended_at < func.now() - _SESSIONS_KEPT)
    )
