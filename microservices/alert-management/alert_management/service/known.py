"""Keeping what other services tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.starters import STARTERS
from alert_management.models import Template
from alert_management.repository import known, library
from alert_management.schemas.content import AlertContent
from muster_core.auth import Actor, authorize_service
from muster_core.identifiers import uuid7


async def hear_of_organization(session: AsyncSession, actor: Actor, facts: dict[str, Any]) -> None:
    """Keep an organization's name, area and time zone."""
    authorize_service(actor)
    await known.keep_organization(session, facts)


async def give_starters(session: AsyncSession, actor: Actor, organization: UUID) -> None:
    """Give a new organization the starting templates, unless it has any."""
    authorize_service(actor)
    if await library.has_templates(session, organization):
        return
    session.add_all(
        Template(
            id=uuid7(),
            organization_id=organization,
            name=one["name"],
            fields=one["fields"],
            content=AlertContent.model_validate(one["content"]).stored(),
            version=1,
        )
        for one in STARTERS
    )


async def hear_of_incident(session: AsyncSession, actor: Actor, facts: dict[str, Any]) -> None:
    """Keep an incident's name and world."""
    authorize_service(actor)
    await known.keep_incident(session, facts)


async def hear_of_account(
    session: AsyncSession, actor: Actor, account: UUID, handled_by: UUID | None, at: datetime
) -> None:
    """Remember who made an account, or set its password anew, and when."""
    authorize_service(actor)
    await known.keep_account(session, account, handled_by, at)
