"""What people decide about threads: take apart, join, and take either back. The machine never overrules it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.threads import Change, Kind, join, split, undo
from alert_management.models.received import AlertThread, ThreadChange
from alert_management.permissions import Permission
from alert_management.repository.threads import ThreadRepository, restored, stored
from muster.alerts.v1.events import (
    AlertThreadChangeUndone,
    AlertThreadJoined,
    AlertThreadSplit,
)
from muster_core.auth import Actor, authorize
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


class LaterChangeError(ConflictError):
    """The same threads were changed again since; that must be taken back first."""

    code = "undo-later-first"
    title = "The threads were changed again since"


async def split_thread(
    session: AsyncSession, actor: Actor, thread_id: UUID, alert_ids: Sequence[UUID], reason: str
) -> ThreadChange:
    """Take alerts out of a thread, into one of their own; the two are kept apart from now on.

    Raises:
        NotFoundError: absent, or another organization's.
        InvalidInputError: some of them are not in the thread, or all of it is named.
    """
    authorize(actor, Permission.DRAFT)
    threads = ThreadRepository(session, actor.organization)
    await threads.hold()
    thread = (await _load(threads, [thread_id]))[thread_id]
    before = await threads.board([thread_id])
    if not set(alert_ids) <= before.of(thread_id):
        raise InvalidInputError.at("/alert_ids", "Not all of these alerts are in this thread.")
    new = AlertThread(
        id=uuid7(),
        organization_id=actor.organization,
        exercise=thread.exercise,
        created_at=datetime.now(UTC),
        version=1,
    )
    threads.add(new)
    await session.flush()
    try:
        after, change = split(before, alert_ids, new.id, f"{actor.name} took it out: {reason}")
    except ValueError as error:
        raise InvalidInputError.at("/alert_ids", str(error)) from None
    await threads.apply(before, after)
    row = await _record(threads, actor, change, reason)
    await _announce(session, threads, AlertThreadSplit, row, thread)
    return row


async def join_threads(
    session: AsyncSession, actor: Actor, thread_id: UUID, thread_ids: Sequence[UUID], reason: str
) -> ThreadChange:
    """Make other threads part of this one, also those that were kept apart so far.

    Raises:
        NotFoundError: one is absent, or another organization's.
        InvalidInputError: one is this thread itself, or of the other world.
        ConflictError: one is part of another thread already.
    """
    authorize(actor, Permission.DRAFT)
    threads = ThreadRepository(session, actor.organization)
    await threads.hold()
    if thread_id in thread_ids:
        raise InvalidInputError.at("/thread_ids", "A thread cannot be joined to itself.")
    found = await _load(threads, [thread_id, *thread_ids])
    thread = found[thread_id]
    if any(one.exercise is not thread.exercise for one in found.values()):
        raise InvalidInputError.at("/thread_ids", "An exercise and the real world stay apart.")
    before = await threads.board(found)
    if any(not before.of(one) for one in found):
        raise ConflictError("One of the threads is part of another already; read them anew.")
    after, change = join(before, thread_id, thread_ids)
    await threads.apply(before, after)
    for other in change.others:
        found[other].merged_into_id = thread_id
    row = await _record(threads, actor, change, reason)
    await _announce(session, threads, AlertThreadJoined, row, thread)
    return row


async def undo_change(session: AsyncSession, actor: Actor, change_id: UUID) -> ThreadChange:
    """Take a split or a join back. Of a join that the machine made, the threads are kept apart from now on.

    Raises:
        NotFoundError: absent, or another organization's.
        ConflictError: it was taken back already.
        LaterChangeError: the same threads were changed again since.
    """
    authorize(actor, Permission.DRAFT)
    threads = ThreadRepository(session, actor.organization)
    await threads.hold()
    row = await threads.change(change_id)
    if row is None:
        raise NotFoundError("Your organization has no such change of threads.")
    if row.undone_at is not None:
        raise ConflictError(f"{row.undone_by_name} took this {row.kind} back already.")
    later = await threads.later(row)
    if later is not None:
        raise LaterChangeError(
            f"These threads were changed again ({later.kind}: {later.why}). Take that back first."
        )
    found = await _load(threads, row.threads)
    before = await threads.board(row.threads)
    after = undo(before, restored(row), keep_apart=row.by_id is None and row.kind is Kind.JOIN)
    await threads.apply(before, after)
    for other in row.others:
        found[other].merged_into_id = row.thread_id if row.kind is Kind.SPLIT else None
    row.undone_at, row.undone_by_name = datetime.now(UTC), actor.name
    await threads.refresh(row.threads)
    thread = found[row.thread_id]
    fact = AlertThreadChangeUndone(
        organization_id=row.organization_id,
        exercise=thread.exercise,
        change_id=row.id,
        thread_id=thread.id,
        headline=await threads.headline(thread.id),
        other_thread_ids=row.others,
        why=row.why,
        version=thread.version,
        what=str(row.kind),
    )
    await announce(session, fact)
    return row


async def _load(threads: ThreadRepository, ids: Collection[UUID]) -> dict[UUID, AlertThread]:
    found = await threads.get(ids)
    if len(found) != len(set(ids)):
        raise NotFoundError("Your organization has no such thread.")
    return found


async def _record(
    threads: ThreadRepository, actor: Actor, change: Change, reason: str
) -> ThreadChange:
    row = ThreadChange(
        **stored(change),
        id=uuid7(),
        organization_id=actor.organization,
        why=reason,
        by_id=actor.id,
        by_name=actor.name,
        at=datetime.now(UTC),
    )
    threads.add(row)
    await threads.refresh(row.threads)
    return row


async def _announce(
    session: AsyncSession,
    threads: ThreadRepository,
    fact: type[AlertThreadSplit | AlertThreadJoined],
    row: ThreadChange,
    thread: AlertThread,
) -> None:
    told = fact(
        organization_id=row.organization_id,
        exercise=thread.exercise,
        change_id=row.id,
        thread_id=thread.id,
        headline=await threads.headline(thread.id),
        other_thread_ids=row.others,
        why=row.why,
        version=thread.version,
    )
    await announce(session, told)
