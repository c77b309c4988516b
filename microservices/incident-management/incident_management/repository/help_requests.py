"""Calls for help, always within one organization."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.database import SCHEMA
from incident_management.models import HelpRequest
from muster_core.database import Reader
from muster_core.reads import JsonPage


def _utc(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_ITEM = f"""json_build_object(
    'id', h.id, 'incident_id', h.incident_id, 'incident_name', i.name, 'alert_id', h.alert_id, 'headline', h.headline,
    'text', h.text, 'place', h.place, 'language', h.language, 'exercise', h.exercise, 'asked_at', {_utc("h.asked_at")},
    'status', h.status, 'task_id', h.task_id, 'reason', h.reason, 'decided_at', {_utc("h.decided_at")},
    'decided_by', h.decided_by, 'version', h.version)"""


async def list_requests(
    reads: Reader,
    organization: UUID,
    *,
    status: str | None,
    incident_id: UUID | None,
    exercise: bool | None,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page, the oldest call first: it has waited longest."""
    page = JsonPage(
        select=_ITEM,
        from_=f"{SCHEMA}.help_request h LEFT JOIN {SCHEMA}.incident i ON i.id = h.incident_id",
        order=(("h.asked_at", "timestamptz", "asc"), ("h.id", "uuid", "asc")),
    )
    page.where("h.organization_id = {}::uuid", organization)
    if status is not None:
        page.where("h.status = {}::text", status)
    if incident_id is not None:
        page.where("h.incident_id = {}::uuid", incident_id)
    if exercise is not None:
        page.where("h.exercise = {}::boolean", exercise)
    return await page.fetch(reads, limit=limit, cursor=cursor)


class HelpRepository:
    """The calls of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, values: dict[str, Any]) -> None:
        """Keep a call; the same one again changes nothing."""
        await self._session.execute(insert(HelpRequest).values(values).on_conflict_do_nothing())

    async def get(self, organization: UUID, request_id: UUID) -> HelpRequest | None:
        """A call, locked for a decision."""
        query = select(HelpRequest).where(
            HelpRequest.id == request_id, HelpRequest.organization_id == organization
        )
        return await self._session.scalar(query.with_for_update())

    async def now(self) -> datetime:
        """The database's clock."""
        return (await self._session.execute(select(func.now()))).scalar_one()
