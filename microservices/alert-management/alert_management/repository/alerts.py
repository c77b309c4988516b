"""Loads and saves alerts, always within one organization but for the public's and the clock's own questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from alert_management.database import SCHEMA
from alert_management.domain.life import OPEN, PUBLIC, AlertStatus
from alert_management.domain.words import MsgType
from alert_management.models import Account, Alert, AlertEntry, AlertVersion, Incident


class AlertRepository:
    """The alerts of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Nothing is read before it is asked for."""
        self._session = session

    async def get(self, organization: UUID, alert_id: UUID, *, lock: bool = True) -> Alert | None:
        """An alert, locked for a change unless told otherwise."""
        query = select(Alert).where(Alert.id == alert_id, Alert.organization_id == organization)
        return await self._session.scalar(query.with_for_update() if lock else query)

    async def lock_thread(self, thread_id: UUID) -> None:
        """Let one transaction at a time publish in a thread: numbers and references are counted in order."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"{SCHEMA} thread {thread_id}"},
        )

    async def sent_in(self, thread_id: UUID) -> Sequence[Alert]:
        """What the public has seen of a thread, in order."""
        query = (
            select(Alert)
            .where(Alert.thread_id == thread_id, Alert.status.in_(PUBLIC))
            .order_by(Alert.number)
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def open_follow_up(self, alert_id: UUID, msg_type: MsgType) -> Alert | None:
        """The Update or Cancel of an alert that somebody has begun already."""
        return await self._session.scalar(
            select(Alert).where(
                Alert.follows_id == alert_id, Alert.msg_type == msg_type, Alert.status.in_(OPEN)
            )
        )

    async def lapsed(self, now: datetime, limit: int) -> Sequence[Alert]:
        """Alerts in force whose time is over, locked; those that others hold are left to them."""
        query = (
            select(Alert)
            .where(Alert.status == AlertStatus.PUBLISHED, Alert.expires <= now)
            .order_by(Alert.expires)
            .limit(limit)
        )
        return (await self._session.scalars(query.with_for_update(skip_locked=True))).all()

    async def after(self, alert_id: UUID, limit: int) -> Sequence[Alert]:
        """The next alerts in order of their ids, whoever owns them."""
        query = select(Alert).where(Alert.id > alert_id).order_by(Alert.id).limit(limit)
        return (await self._session.scalars(query)).all()

    async def authors(self, alert_id: UUID) -> set[UUID]:
        """Who wrote any version of an alert."""
        query = select(AlertVersion.written_by_id).where(AlertVersion.alert_id == alert_id)
        return set((await self._session.scalars(query.distinct())).all())

    async def version(self, alert_id: UUID, revision: int) -> AlertVersion | None:
        """What an alert said at one time."""
        return await self._session.get(AlertVersion, (alert_id, revision))

    async def handled(self, account_id: UUID) -> Account | None:
        """What is known of an account's making."""
        return await self._session.get(Account, account_id)

    async def handlers(self, account_id: UUID, since: datetime) -> set[UUID]:
        """Who had an account in hand since then, who had theirs, and so on."""
        chain = (
            select(Account.handled_by_id, literal(1).label("depth"))
            .where(Account.id == account_id, Account.handled_at >= since)
            .cte("chain", recursive=True)
        )
        further = aliased(Account)
        chain = chain.union(
            select(further.handled_by_id, chain.c.depth + 1)
            .join(chain, further.id == chain.c.handled_by_id)
            .where(further.handled_at >= since, chain.c.depth < 20)
        )
        found = (await self._session.scalars(select(chain.c.handled_by_id))).all()
        return {one for one in found if one is not None}

    async def incident(self, organization: UUID, incident_id: UUID) -> Incident | None:
        """An incident of the organization, as far as its events have told."""
        return await self._session.scalar(
            select(Incident).where(
                Incident.id == incident_id, Incident.organization_id == organization
            )
        )

    def save(self, *records: Alert | AlertVersion | AlertEntry) -> None:
        """Store new records with this transaction."""
        self._session.add_all(records)

    async def clock(self) -> datetime:
        """The database's time: one clock for all processes."""
        now: datetime = (await self._session.execute(select(func.clock_timestamp()))).scalar_one()
        return now


NEW_FOR = timedelta(hours=24)
"""How long an account counts as new."""
