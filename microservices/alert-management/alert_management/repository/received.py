"""Alerts of others, within one organization and one world."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, insert, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.received import Effect, ReceivedState
from alert_management.models.library import Boundary
from alert_management.models.received import ReceivedAlert, ReceivedBox, ReceivedReference

MOST_CANDIDATES = 200
MOST_BOUNDARIES = 300
Name = tuple[str, str, datetime]
"""Sender, identifier and sent: what makes a CAP message itself."""
Extent = tuple[tuple[float, float], tuple[float, float]]


class Tied(NamedTuple):
    """A known alert whose publisher's words tie it to a new one."""

    alert: ReceivedAlert
    refers_to_it: bool
    referred_to: bool
    same_identifier: bool


class ReceivedRepository:
    """One organization's received alerts in one world."""

    def __init__(self, session: AsyncSession, organization_id: UUID, *, exercise: bool) -> None:
        self._session, self._organization, self._exercise = session, organization_id, exercise

    async def known(self, names: Collection[Name]) -> dict[Name, ReceivedAlert]:
        """Which of these are there already."""
        columns = (ReceivedAlert.sender, ReceivedAlert.identifier, ReceivedAlert.sent)
        query = select(ReceivedAlert).where(*self._mine(), tuple_(*columns).in_(list(names)))
        found = (await self._session.scalars(query)).all()
        return {(one.sender, one.identifier, one.sent): one for one in found}

    async def tied(
        self, sender: str, identifier: str, references: Collection[tuple[str, str]]
    ) -> list[Tied]:
        """Alerts that a new one refers to, that refer to it, or that bear its name."""
        mine = tuple_(ReceivedAlert.sender, ReceivedAlert.identifier)
        same = and_(ReceivedAlert.sender == sender, ReceivedAlert.identifier == identifier)
        referring = select(ReceivedReference.received_id).where(
            ReceivedReference.organization_id == self._organization,
            ReceivedReference.exercise == self._exercise,
            ReceivedReference.sender == sender,
            ReceivedReference.identifier == identifier,
        )
        conditions = [same, ReceivedAlert.id.in_(referring)]
        if references:
            conditions.append(mine.in_(list(references)))
        query = select(ReceivedAlert, ReceivedAlert.id.in_(referring)).where(
            *self._mine(), or_(*conditions)
        )
        found: list[Tied] = []
        for alert, refers in await self._session.execute(query.order_by(ReceivedAlert.id)):
            name = (alert.sender, alert.identifier)
            found.append(Tied(alert, refers, name in references, name == (sender, identifier)))
        return found

    async def candidates(
        self,
        alert: ReceivedAlert,
        extents: Sequence[Extent],
    ) -> Sequence[ReceivedAlert]:
        """Alerts of other publishers of a like kind, near in place and time, whose threads this sender is not in."""
        near = [ReceivedAlert.geocodes.overlap(alert.geocodes)]
        for extent in extents:
            touching = select(ReceivedBox.received_id).where(
                ReceivedBox.extent.op("&&")(func.box(_point(extent[0]), _point(extent[1])))
            )
            near.append(ReceivedAlert.id.in_(touching))
        known = select(ReceivedAlert.thread_id).where(
            *self._mine(), ReceivedAlert.sender == alert.sender
        )
        query = (
            select(ReceivedAlert)
            .where(
                *self._mine(),
                ReceivedAlert.status == alert.status,
                ReceivedAlert.sender != alert.sender,
                ReceivedAlert.kinds.overlap(alert.kinds),
                ReceivedAlert.starts_at < alert.expires_at,
                ReceivedAlert.expires_at > alert.starts_at,
                or_(*near),
                ReceivedAlert.thread_id.not_in(known),
            )
            .order_by(ReceivedAlert.sent.desc(), ReceivedAlert.id.desc())
            .limit(MOST_CANDIDATES)
        )
        return (await self._session.scalars(query)).all()

    async def boundaries(self, codes: Collection[str]) -> list[dict[str, Any]]:
        """The areas that the organization knows under these codes."""
        query = select(Boundary.geometry).where(
            Boundary.organization_id == self._organization, Boundary.code.in_(codes)
        )
        found = (
            await self._session.scalars(query.order_by(Boundary.id).limit(MOST_BOUNDARIES))
        ).all()
        return list(found)

    async def add(
        self,
        alert: ReceivedAlert,
        extents: Sequence[Extent],
        references: Sequence[tuple[str, str, datetime | None]],
    ) -> None:
        """Store an alert with its boxes and what it refers to."""
        self._session.add(alert)
        await self._session.flush()
        if extents:
            boxes = [
                {"received_id": alert.id, "number": number, "extent": extent}
                for number, extent in enumerate(extents)
            ]
            await self._session.execute(insert(ReceivedBox), boxes)
        if references:
            rows = [
                {
                    "received_id": alert.id,
                    "number": number,
                    "organization_id": self._organization,
                    "exercise": self._exercise,
                    "sender": sender,
                    "identifier": identifier,
                    "sent": sent,
                }
                for number, (sender, identifier, sent) in enumerate(references)
            ]
            await self._session.execute(insert(ReceivedReference), rows)

    async def effects_around(
        self, alert: ReceivedAlert
    ) -> list[tuple[ReceivedReference, ReceivedAlert, ReceivedAlert]]:
        """References from and to this alert whose both ends are known: the reference, who refers, to whom."""
        target = ReceivedAlert.__table__.alias("target")
        query = (
            select(ReceivedReference, ReceivedReference.received_id, target.c.id)
            .join(
                target,
                and_(
                    target.c.organization_id == ReceivedReference.organization_id,
                    target.c.exercise == ReceivedReference.exercise,
                    target.c.sender == ReceivedReference.sender,
                    target.c.identifier == ReceivedReference.identifier,
                    target.c.sent == ReceivedReference.sent,
                ),
            )
            .where(
                ReceivedReference.organization_id == self._organization,
                ReceivedReference.effect.is_(None),
                or_(ReceivedReference.received_id == alert.id, target.c.id == alert.id),
            )
        )
        rows = (await self._session.execute(query)).all()
        alerts = await self._by_id({row[1] for row in rows} | {row[2] for row in rows})
        return [(row[0], alerts[row[1]], alerts[row[2]]) for row in rows]

    async def effects_on(self, target: ReceivedAlert) -> list[Effect]:
        """All that was done to an alert so far."""
        query = select(ReceivedReference.effect).where(
            ReceivedReference.organization_id == self._organization,
            ReceivedReference.exercise == self._exercise,
            ReceivedReference.sender == target.sender,
            ReceivedReference.identifier == target.identifier,
            ReceivedReference.sent == target.sent,
            ReceivedReference.effect.is_not(None),
        )
        return [effect for effect in (await self._session.scalars(query)).all() if effect]

    async def _by_id(self, ids: Collection[UUID]) -> dict[UUID, ReceivedAlert]:
        query = select(ReceivedAlert).where(ReceivedAlert.id.in_(ids))
        return {one.id: one for one in (await self._session.scalars(query)).all()}

    def _mine(self) -> tuple[Any, ...]:
        return (
            ReceivedAlert.organization_id == self._organization,
            ReceivedAlert.exercise == self._exercise,
        )


def _point(corner: tuple[float, float]) -> Any:
    return func.point(corner[0], corner[1])


async def lapsed(session: AsyncSession, limit: int) -> Sequence[ReceivedAlert]:
    """Those in force whose time is over and was not told to be, locked; those that others hold are left to them."""
    query = (
        select(ReceivedAlert)
        .where(
            ReceivedAlert.state == ReceivedState.IN_FORCE,
            ~ReceivedAlert.lapse_told,
            ReceivedAlert.expires_at <= func.now(),
        )
        .order_by(ReceivedAlert.expires_at)
        .limit(limit)
    )
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()


async def received_after(
    session: AsyncSession, received_id: UUID, limit: int
) -> Sequence[ReceivedAlert]:
    """The next received alerts of every organization, by id."""
    query = (
        select(ReceivedAlert)
        .where(ReceivedAlert.id > received_id)
        .order_by(ReceivedAlert.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()
