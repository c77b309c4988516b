"""What is kept of others' facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.models import Account, Incident, Organization


async def keep_organization(session: AsyncSession, facts: dict[str, Any]) -> None:
    """Copy an organization, unless what is known is newer."""
    copy = insert(Organization).values(facts)
    await session.execute(
        copy.on_conflict_do_update(
            index_elements=[Organization.id],
            set_={one: copy.excluded[one] for one in ("name", "area", "time_zone", "version")},
            where=Organization.version < copy.excluded.version,
        )
    )


async def keep_incident(session: AsyncSession, facts: dict[str, Any]) -> None:
    """Copy an incident, unless what is known is newer."""
    copy = insert(Incident).values(facts)
    await session.execute(
        copy.on_conflict_do_update(
            index_elements=[Incident.id],
            set_={one: copy.excluded[one] for one in ("name", "version")},
            where=Incident.version < copy.excluded.version,
        )
    )


async def keep_account(
    session: AsyncSession, account: UUID, handled_by: UUID | None, at: datetime
) -> None:
    """Remember who had an account in hand last."""
    copy = insert(Account).values(id=account, handled_by_id=handled_by, handled_at=at)
    await session.execute(
        copy.on_conflict_do_update(
            index_elements=[Account.id],
            set_={one: copy.excluded[one] for one in ("handled_by_id", "handled_at")},
            where=Account.handled_at < copy.excluded.handled_at,
        )
    )


async def organization(session: AsyncSession, organization: UUID) -> Organization | None:
    """An organization, if identity has told of it."""
    return await session.scalar(select(Organization).where(Organization.id == organization))
