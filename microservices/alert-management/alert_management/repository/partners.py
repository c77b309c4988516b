"""Web hooks of partners, what is to be delivered to them, and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.database import SCHEMA
from alert_management.domain.hooks import DeliveryState
from alert_management.models import HookAttempt, HookDelivery, PartnerHook
from alert_management.repository.views import View, built, listed, utc
from muster_core.database import Reader
from muster_core.reads import JsonPage

_OF_HOOK = f"FROM {SCHEMA}.hook_delivery d WHERE d.hook_id = h.id"
_HOOK = built(
    {
        "id": "h.id",
        "name": "h.name",
        "url": "h.url",
        "exercise": "h.exercise",
        "active": "h.active",
        "pending": f"(SELECT count(*) {_OF_HOOK} AND d.state = 'pending')",
        "failed": f"(SELECT count(*) {_OF_HOOK} AND d.state = 'failed')",
        "last_delivered_at": f"(SELECT {utc('max(d.delivered_at)')} {_OF_HOOK})",
        "created_at": utc("h.created_at"),
        "updated_at": utc("h.updated_at"),
        "version": "h.version",
    }
)
_DELIVERY = built(
    {
        "id": "d.id",
        "alert_id": "d.alert_id",
        "event_id": "d.event_id",
        "type": "d.type",
        "state": "d.state",
        "attempts": listed(
            {
                "number": "t.number",
                "at": utc("t.at"),
                "status": "t.status",
                "error": "t.error",
                "milliseconds": "t.milliseconds",
            },
            f"{SCHEMA}.hook_attempt t WHERE t.delivery_id = d.id",
            "t.number",
        ),
        "next_at": f"CASE WHEN d.state = 'pending' THEN {utc('d.next_at')} END",
        "created_at": utc("d.created_at"),
        "delivered_at": utc("d.delivered_at"),
    }
)
_CLAIM = text(f"""
    WITH due AS (
        SELECT d.id FROM {SCHEMA}.hook_delivery d JOIN {SCHEMA}.partner_hook h ON h.id = d.hook_id
         WHERE d.state = 'pending' AND h.active AND d.next_at <= clock_timestamp()
           AND (d.leased_until IS NULL OR d.leased_until < clock_timestamp())
         ORDER BY d.next_at LIMIT :limit FOR UPDATE OF d SKIP LOCKED)
    UPDATE {SCHEMA}.hook_delivery d
       SET lease = CAST(:lease AS uuid), leased_until = clock_timestamp() + CAST(:period AS interval)
      FROM due, {SCHEMA}.partner_hook h
     WHERE d.id = due.id AND h.id = d.hook_id
    RETURNING d.id, d.event_id, d.type, d.body, h.id AS hook_id, h.url, h.generation
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to hand over, and where."""

    id: UUID
    event_id: UUID
    type: str
    body: dict[str, Any]
    hook_id: UUID
    url: str
    generation: int


async def list_hooks(reads: Reader, organization: UUID, *, limit: int, cursor: str | None) -> bytes:
    """A page of web hooks, by name."""
    page = JsonPage(
        select=_HOOK,
        from_=f"{SCHEMA}.partner_hook h",
        order=(("h.name", "text", "asc"), ("h.id", "uuid", "asc")),
    )
    page.where("h.organization_id = {}::uuid", organization)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def list_deliveries(reads: Reader, hook_id: UUID, *, limit: int, cursor: str | None) -> bytes:
    """A page of a web hook's log, newest first."""
    page = JsonPage(
        select=_DELIVERY,
        from_=f"{SCHEMA}.hook_delivery d",
        order=(("d.id", "uuid", "desc"),),
    )
    page.where("d.hook_id = {}::uuid", hook_id)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def hook_of(reads: Reader, organization: UUID, hook_id: UUID) -> bool:
    """Whether the organization has this web hook."""
    rows = await reads.fetch(
        f"SELECT 1 FROM {SCHEMA}.partner_hook WHERE id = $1 AND organization_id = $2",
        hook_id,
        organization,
    )
    return bool(rows)


class PartnerRepository:
    """The web hooks of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Nothing is read before it is asked for."""
        self._session = session

    async def hook(self, organization: UUID, hook_id: UUID) -> PartnerHook | None:
        """A web hook, locked for a change."""
        query = select(PartnerHook).where(
            PartnerHook.id == hook_id, PartnerHook.organization_id == organization
        )
        return await self._session.scalar(query.with_for_update())

    async def hearers(self, organization: UUID, *, exercise: bool) -> Sequence[PartnerHook]:
        """The active web hooks of an organization that hear of one world."""
        query = select(PartnerHook).where(
            PartnerHook.organization_id == organization,
            PartnerHook.active,
            PartnerHook.exercise == exercise,
        )
        return (await self._session.scalars(query)).all()

    async def delivery(self, organization: UUID, delivery_id: UUID) -> HookDelivery | None:
        """A delivery, locked for a change."""
        query = (
            select(HookDelivery)
            .join(PartnerHook, PartnerHook.id == HookDelivery.hook_id)
            .where(HookDelivery.id == delivery_id, PartnerHook.organization_id == organization)
        )
        return await self._session.scalar(query.with_for_update(of=HookDelivery))

    async def claim(self, lease: UUID, period: timedelta, limit: int) -> list[Claimed]:
        """Take deliveries that are due; others leave them alone until the lease is over."""
        rows = await self._session.execute(
            _CLAIM, {"lease": lease, "period": period, "limit": limit}
        )
        return [Claimed(**row) for row in rows.mappings()]

    async def held(self, delivery_id: UUID, lease: UUID) -> HookDelivery | None:
        """A delivery that this lease still holds, locked."""
        query = select(HookDelivery).where(
            HookDelivery.id == delivery_id,
            HookDelivery.lease == lease,
            HookDelivery.state == DeliveryState.PENDING,
        )
        return await self._session.scalar(query.with_for_update())

    def save(self, *records: PartnerHook | HookDelivery | HookAttempt) -> None:
        """Store new records with this transaction."""
        self._session.add_all(records)

    async def hook_now(self, hook_id: UUID) -> View:
        """A web hook as this transaction has left it."""
        await self._session.flush()
        row = (
            await self._session.execute(
                text(
                    f"SELECT h.version, ({_HOOK})::text AS body FROM {SCHEMA}.partner_hook h"
                    " WHERE h.id = :id"
                ),
                {"id": hook_id},
            )
        ).one()
        return View(hook_id, row.version, row.body.encode())

    async def clock(self) -> datetime:
        """The database's time."""
        found: datetime = (
            await self._session.execute(text("SELECT clock_timestamp()"))
        ).scalar_one()
        return found


async def attempts_so_far(session: AsyncSession, delivery_id: UUID) -> int:
    """How often a message was tried, re-sending included."""
    query = select(func.count()).where(HookAttempt.delivery_id == delivery_id)
    return (await session.execute(query)).scalar_one()
