"""Storing what was taken in: each alert once, in its thread, with its effect on those it refers to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.received import (
    STANDS,
    Effect,
    Message,
    ReceivedState,
    effect_of,
    state_after,
)
from alert_management.domain.threads import (
    Candidate,
    How,
    Link,
    Placement,
    Seen,
    join,
    place,
)
from alert_management.models.received import AlertThread, ReceivedAlert, ThreadChange
from alert_management.repository.received import ReceivedRepository, Tied
from alert_management.repository.threads import ThreadRepository, stored
from alert_management.service.received.areas import shared_area, shared_codes
from alert_management.service.received.facts import told_of
from alert_management.service.received.taken import Taken
from muster.alerts.v1.events import AlertReceived, AlertThreadJoined, ReceivedAlertEnded
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

ACTUAL = "Actual"
IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where alerts come from, and for whom they are taken in."""

    organization_id: UUID
    source: str = IMPORT
    feed_id: UUID | None = None
    exercise: bool = False
    """Everything from here belongs to the exercise's world."""
    by_name: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of what was taken in: those that are new, and those that were there already."""

    stored: list[ReceivedAlert]
    repeated: list[ReceivedAlert]


async def take_in(
    session: AsyncSession,
    origin: Origin,
    taken: Sequence[Taken],
    now: datetime,
    without_expiry: timedelta,
) -> Intake:
    """Store alerts, oldest first; those that are there already are left as they are.

    What is not Actual, and all that an exercise's feed brings, belongs to the exercise's world.
    """
    new: list[ReceivedAlert] = []
    repeated: list[ReceivedAlert] = []
    threads = ThreadRepository(session, origin.organization_id)
    await threads.hold()
    for exercise in (False, True):
        mine = [one for one in taken if (origin.exercise or one.alert.status != ACTUAL) is exercise]
        if not mine:
            continue
        received = ReceivedRepository(session, origin.organization_id, exercise=exercise)
        known = await received.known({one.name for one in mine})
        storing = _Storing(session, received, threads, origin, now)
        for one in sorted(mine, key=lambda one: one.name[::-1]):
            if one.name in known:
                repeated.append(known[one.name])
            else:
                known[one.name] = await storing.store(one, without_expiry, exercise=exercise)
                new.append(known[one.name])
    await threads.refresh({alert.thread_id for alert in new})
    return Intake(new, repeated)


@dataclass(frozen=True, slots=True)
class _Storing:
    session: AsyncSession
    received: ReceivedRepository
    threads: ThreadRepository
    origin: Origin
    now: datetime

    async def store(
        self, taken: Taken, without_expiry: timedelta, *, exercise: bool
    ) -> ReceivedAlert:
        if taken.geometry is None and taken.geocodes:
            boundaries = await self.received.boundaries(taken.boundary_codes)
            if boundaries:
                taken = await asyncio.to_thread(taken.placed, boundaries)
        expires_at, given = taken.expires_at(without_expiry)
        alert = ReceivedAlert(
            **taken.values(),
            id=uuid7(),
            organization_id=self.origin.organization_id,
            feed_id=self.origin.feed_id,
            source=self.origin.source,
            received_at=self.now,
            received_by_name=self.origin.by_name,
            exercise=exercise,
            expires_at=expires_at,
            expires_given=given,
            state=STANDS.get(taken.alert.msg_type, ReceivedState.NOTICE),
            lapse_told=expires_at <= self.now,
            version=1,
        )
        placed = await self._place(alert, taken)
        thread_id = placed.thread_id
        if thread_id is None:
            thread = AlertThread(
                id=uuid7(),
                organization_id=alert.organization_id,
                exercise=exercise,
                created_at=self.now,
                version=1,
            )
            self.threads.add(thread)
            await self.session.flush()
            thread_id = thread.id
        elif placed.merge:
            await self._merge(alert, placed, thread_id)
        alert.thread_id, alert.how, alert.why = thread_id, placed.how, placed.why
        alert.anchor_id, alert.measures = placed.anchor_id, placed.measures
        await self.received.add(alert, taken.extents, taken.references)
        await announce(
            self.session,
            AlertReceived(**told_of(alert), signature=alert.signature),
        )
        await self._take_effect(alert)
        return alert

    async def _place(self, alert: ReceivedAlert, taken: Taken) -> Placement:
        named = {(sender, identifier) for sender, identifier, _ in taken.references}
        tied = await self.received.tied(alert.sender, alert.identifier, named)
        links = [link for one in tied for link in _links(one)]
        seen = Seen(kinds=frozenset(alert.kinds), starts=alert.starts_at, ends=alert.expires_at)
        if links:
            return place(seen, links, (), await self.threads.apart())
        if alert.msg_type not in STANDS:
            # What only takes back or answers is not itself an event that another could be like.
            return place(seen, (), (), frozenset())
        near = await self.received.candidates(alert, taken.extents)
        return place(seen, (), [_candidate(alert, one) for one in near], frozenset())

    async def _merge(self, alert: ReceivedAlert, placed: Placement, into: UUID) -> None:
        """An alert ties threads together that were two: they become one, and a person may take it back."""
        locked = await self.threads.get([into, *placed.merge])
        board = await self.threads.board(locked)
        after, change = join(board, into, placed.merge)
        await self.threads.apply(board, after)
        row = ThreadChange(
            **stored(change),
            id=uuid7(),
            organization_id=alert.organization_id,
            why=f"“{alert.headline}” of {alert.sender} is tied to both. {placed.why}",
            at=self.now,
        )
        self.threads.add(row)
        for other in placed.merge:
            locked[other].merged_into_id = into
        await self.threads.refresh(locked)
        await announce(
            self.session,
            AlertThreadJoined(
                organization_id=alert.organization_id,
                exercise=alert.exercise,
                change_id=row.id,
                thread_id=into,
                headline=alert.headline,
                other_thread_ids=list(placed.merge),
                why=row.why,
                version=locked[into].version,
            ),
        )

    async def _take_effect(self, alert: ReceivedAlert) -> None:
        """What it does to those it refers to, and what those that came before it do to it."""
        for reference, message, target in await self.received.effects_around(alert):
            outcome = effect_of(_message(message), _message(target))
            reference.effect, reference.why = outcome.effect, outcome.why
            if outcome.effect is Effect.NONE:
                continue
            await self.session.flush()
            state = state_after(target.msg_type, await self.received.effects_on(target))
            if state is target.state:
                continue
            target.state = state
            target.touch()
            await announce(
                self.session,
                ReceivedAlertEnded(**told_of(target), how=str(state)),
            )


def _message(alert: ReceivedAlert) -> Message:
    return Message(
        sender=alert.sender,
        sent=alert.sent,
        msg_type=alert.msg_type,
        signature=alert.signature,
    )


def _links(tied: Tied) -> list[Link]:
    other = tied.alert
    sent = f"{other.sent:%Y-%m-%d %H:%M}Z"
    found: list[Link] = []

    def add(how: How, why: str) -> None:
        found.append(Link(other.id, other.thread_id, how, why))

    if tied.referred_to:
        add(How.REFERENCE, f"It refers to {other.identifier} of {other.sender}, sent {sent}.")
    if tied.refers_to_it:
        add(
            How.REFERENCE,
            f"{other.msg_type} {other.identifier} of {other.sender}, sent {sent}, refers to it.",
        )
    if tied.same_identifier:
        add(
            How.IDENTIFIER,
            f"{other.sender} sent the identifier {other.identifier} before, at {sent}.",
        )
    return found


def _candidate(alert: ReceivedAlert, other: ReceivedAlert) -> Candidate:
    by_codes = alert.outline is None or other.outline is None
    shares = (
        shared_codes(alert.geocodes, other.geocodes)
        if alert.outline is None or other.outline is None
        else shared_area(alert.outline, other.outline)
    )
    return Candidate(
        kinds=frozenset(other.kinds),
        starts=other.starts_at,
        ends=other.expires_at,
        alert_id=other.id,
        thread_id=other.thread_id,
        sender=other.sender,
        headline=other.headline,
        area_of_smaller=shares[0],
        area_of_both=shares[1],
        by_codes=by_codes,
    )
