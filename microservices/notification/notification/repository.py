"""Every query of the service, always within one organization."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.database import Reader
from muster_core.reads import JsonPage
from notification.database import SCHEMA
from notification.domain import NEXT, SubscriptionStatus, next_statuses
from notification.models import Incident, Subscription


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """Which subscriptions a list shows; what is None does not matter."""

    status: SubscriptionStatus | None = None
    incident_id: UUID | None = None
    exercise: bool | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription as JSON, with what the answer's headers need."""

    id: UUID
    version: int
    body: bytes


_FROM = f"{SCHEMA}.subscription r LEFT JOIN {SCHEMA}.incident i ON i.id = r.incident_id"


def _utc(column: str) -> str:
    return f"""to_char({column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _next() -> str:
    steps = "".join(f" WHEN '{now}' THEN '{json.dumps(next_statuses(now))}'::json" for now in NEXT)
    return f"CASE r.status{steps} END"


def _item(overdue_after: str) -> str:
    """SQL for one subscription's JSON; `overdue_after` is the placeholder of an interval."""
    overdue = f"r.status = 'open' AND r.opened_at < now() - CAST({overdue_after} AS interval)"
    return f"""json_build_object(
        'id', r.id, 'name', r.name, 'details', r.details,
        'status', r.status, 'next_statuses', {_next()}, 'overdue', {overdue},
        'incident_id', r.incident_id, 'incident_name', i.name, 'exercise', r.exercise,
        'opened_at', {_utc("r.opened_at")},
        'opened_by', json_build_object('id', r.opened_by_id, 'name', r.opened_by_name),
        'updated_at', {_utc("r.updated_at")}, 'version', r.version)"""


async def list_subscriptions(
    reads: Reader,
    organization: UUID,
    wanted: SubscriptionFilter,
    overdue_after: timedelta,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page, newest first."""
    page = JsonPage(
        select=_item("$1"),
        from_=_FROM,
        order=(("r.opened_at", "timestamptz", "desc"), ("r.id", "uuid", "desc")),
    )
    page.argument(overdue_after)
    page.where("r.organization_id = {}::uuid", organization)
    if wanted.status is not None:
        page.where("r.status = {}::text", wanted.status)
    if wanted.incident_id is not None:
        page.where("r.incident_id = {}::uuid", wanted.incident_id)
    if wanted.exercise is not None:
        page.where("r.exercise = {}::boolean", wanted.exercise)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def find_subscription(
    reads: Reader, organization: UUID, subscription_id: UUID, overdue_after: timedelta
) -> SubscriptionView | None:
    """One subscription, or None if the organization has none of this id."""
    rows = await reads.fetch(
        f"SELECT r.version, ({_item('$1')})::text AS body FROM {_FROM}"
        " WHERE r.id = $2 AND r.organization_id = $3",
        overdue_after,
        subscription_id,
        organization,
    )
    return (
        SubscriptionView(subscription_id, rows[0]["version"], rows[0]["body"].encode())
        if rows
        else None
    )


class SubscriptionRepository:
    """The subscriptions of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Nothing is read before it is asked for."""
        self._session = session

    async def get(self, organization: UUID, subscription_id: UUID) -> Subscription | None:
        """A subscription, locked for a change."""
        query = select(Subscription).where(
            Subscription.id == subscription_id, Subscription.organization_id == organization
        )
        return await self._session.scalar(query.with_for_update())

    async def view(self, subscription: Subscription, overdue_after: timedelta) -> SubscriptionView:
        """A subscription as it will be once this transaction commits."""
        await self._session.flush()
        body: str = (
            await self._session.execute(
                text(f"SELECT ({_item(':overdue_after')})::text FROM {_FROM} WHERE r.id = :id"),
                {"overdue_after": overdue_after, "id": subscription.id},
            )
        ).scalar_one()
        return SubscriptionView(subscription.id, subscription.version, body.encode())

    async def open_ones_of(self, incident_id: UUID) -> Sequence[Subscription]:
        """The open subscriptions of an incident, locked."""
        query = (
            select(Subscription)
            .where(
                Subscription.incident_id == incident_id,
                Subscription.status == SubscriptionStatus.OPEN,
            )
            .order_by(Subscription.id)
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def incident(self, organization: UUID, incident_id: UUID) -> Incident | None:
        """An incident as far as its events have told; it does not close before this transaction ends."""
        query = select(Incident).where(
            Incident.id == incident_id, Incident.organization_id == organization
        )
        return await self._session.scalar(query.with_for_update(read=True))

    async def keep_incident(self, incident: Incident) -> None:
        """Keep what an event told of an incident, unless what is known is newer."""
        facts = {
            name: getattr(incident, name)
            for name in ("id", "organization_id", "name", "closed", "exercise", "version")
        }
        told = insert(Incident).values(facts)
        await self._session.execute(
            told.on_conflict_do_update(
                index_elements=[Incident.id],
                set_={name: told.excluded[name] for name in ("name", "closed", "version")},
                where=Incident.version < told.excluded.version,
            )
        )

    def save(self, subscription: Subscription) -> None:
        """Store a new subscription with this transaction."""
        self._session.add(subscription)
