"""Threads of received alerts, what was done to them, and what is kept apart."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.threads import Apart, Board, Change, How, Kind, Member
from alert_management.models.received import (
    AlertThread,
    ReceivedAlert,
    ThreadChange,
    ThreadsApart,
)


class ThreadRepository:
    """One organization's threads, what was done to them, and what is kept apart."""

    def __init__(self, session: AsyncSession, organization_id: UUID) -> None:
        self._session, self._organization = session, organization_id

    async def hold(self) -> None:
        """Be the only one who changes threads of this organization, until the transaction ends."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"alert threads {self._organization}"},
        )

    async def get(self, thread_ids: Collection[UUID]) -> dict[UUID, AlertThread]:
        """Those of these threads that the organization has, locked."""
        query = (
            select(AlertThread)
            .where(
                AlertThread.organization_id == self._organization, AlertThread.id.in_(thread_ids)
            )
            .order_by(AlertThread.id)
            .with_for_update()
        )
        return {one.id: one for one in (await self._session.scalars(query)).all()}

    async def apart(self) -> Apart:
        """Every pair that is kept apart."""
        query = (
            select(ThreadsApart.one, ThreadsApart.other)
            .join(AlertThread, AlertThread.id == ThreadsApart.one)
            .where(AlertThread.organization_id == self._organization)
        )
        return frozenset(frozenset({row[0], row[1]}) for row in await self._session.execute(query))

    async def board(self, thread_ids: Collection[UUID]) -> Board:
        """The alerts of these threads and where they are."""
        query = select(
            ReceivedAlert.id,
            ReceivedAlert.thread_id,
            ReceivedAlert.how,
            ReceivedAlert.why,
            ReceivedAlert.anchor_id,
        ).where(ReceivedAlert.thread_id.in_(thread_ids))
        rows = (await self._session.execute(query)).all()
        members = {row[0]: Member(row[1], row[2], row[3], row[4]) for row in rows}
        return Board(members, await self.apart())

    def add(self, *rows: AlertThread | ThreadChange) -> None:
        """Store with this transaction."""
        self._session.add_all(rows)

    async def apply(self, before: Board, after: Board) -> None:
        """Make the tables say what the board says."""
        moved = {
            alert_id: member
            for alert_id, member in after.members.items()
            if before.members.get(alert_id) != member
        }
        query = select(ReceivedAlert).where(ReceivedAlert.id.in_(moved))
        for alert in (await self._session.scalars(query)).all():
            member = moved[alert.id]
            alert.thread_id, alert.how, alert.why = member.thread_id, member.how, member.why
            alert.anchor_id = member.anchor_id
            alert.touch()
        for pair in before.apart - after.apart:
            one, other = sorted(pair)
            gone = delete(ThreadsApart).where(ThreadsApart.one == one, ThreadsApart.other == other)
            await self._session.execute(gone)
        for pair in after.apart - before.apart:
            one, other = sorted(pair)
            kept = upsert(ThreadsApart).values(one=one, other=other).on_conflict_do_nothing()
            await self._session.execute(kept)

    async def refresh(self, thread_ids: Collection[UUID]) -> None:
        """Note when the newest alert of each of these threads was sent."""
        await self._session.flush()
        query = (
            select(ReceivedAlert.thread_id, func.max(ReceivedAlert.sent))
            .where(ReceivedAlert.thread_id.in_(thread_ids))
            .group_by(ReceivedAlert.thread_id)
        )
        newest = {row[0]: row[1] for row in await self._session.execute(query)}
        for thread in (await self.get(thread_ids)).values():
            thread.last_sent_at = newest.get(thread.id)
            thread.touch()

    async def headline(self, thread_id: UUID) -> str:
        """What to call a thread: the headline of its newest alert."""
        query = (
            select(ReceivedAlert.headline)
            .where(ReceivedAlert.thread_id == thread_id)
            .order_by(ReceivedAlert.sent.desc(), ReceivedAlert.id.desc())
            .limit(1)
        )
        return await self._session.scalar(query) or "an empty thread"

    async def change(self, change_id: UUID) -> ThreadChange | None:
        """A change of the organization's, locked."""
        query = select(ThreadChange).where(
            ThreadChange.id == change_id, ThreadChange.organization_id == self._organization
        )
        return await self._session.scalar(query.with_for_update())

    async def later(self, change: ThreadChange) -> ThreadChange | None:
        """The newest later change of the same threads that was not taken back."""
        query = (
            select(ThreadChange)
            .where(
                ThreadChange.organization_id == self._organization,
                ThreadChange.position > change.position,
                ThreadChange.undone_at.is_(None),
                ThreadChange.threads.overlap(change.threads),
            )
            .order_by(ThreadChange.position.desc())
            .limit(1)
        )
        return await self._session.scalar(query)


def stored(change: Change) -> dict[str, Any]:
    """A change as a row holds it."""
    return {
        "kind": change.kind,
        "thread_id": change.thread_id,
        "others": list(change.others),
        "threads": [change.thread_id, *change.others],
        "before": {
            str(alert): [str(m.thread_id), m.how, m.why, str(m.anchor_id) if m.anchor_id else None]
            for alert, m in change.before.items()
        },
        "stayed": sorted(change.stayed),
        "added": _texts(change.added),
        "removed": _texts(change.removed),
    }


def restored(row: ThreadChange) -> Change:
    """The change that a row holds."""
    before: dict[str, list[Any]] = row.before
    return Change(
        kind=Kind(row.kind),
        thread_id=row.thread_id,
        others=tuple(row.others),
        before={
            UUID(alert): Member(UUID(thread), How(how), why, UUID(anchor) if anchor else None)
            for alert, (thread, how, why, anchor) in before.items()
        },
        added=_pairs(row.added),
        removed=_pairs(row.removed),
        stayed=frozenset(row.stayed),
    )


def _texts(pairs: Apart) -> list[list[str]]:
    return sorted(sorted(str(one) for one in pair) for pair in pairs)


def _pairs(texts: list[list[str]]) -> Apart:
    return frozenset(frozenset(UUID(one) for one in pair) for pair in texts)
