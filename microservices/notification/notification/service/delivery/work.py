"""One chunk in a worker's hands: claimed, begun slice by slice, and given back. Each step is one short transaction."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor, authorize
from notification.channels.port import PATIENCE, Channel, Message, Outcome, OutcomeState
from notification.domain.delivery import (
    Lane,
    State,
    again_when_in_doubt,
    is_held_back,
    pause_after,
    quiet_until,
)
from notification.permissions import Permission
from notification.repository.delivery import Claim, DeliveryRepository, Due, Result
from notification.service.delivery import receipts
from notification.service.delivery.options import DeliverySettings

_AGAIN_SOON = timedelta(seconds=2)
# Reasons that speak of the provider: another one may do better at once.
_ELSEWHERE = frozenset(
    {
        "unreachable",
        "timed-out",
        "cut-off",
        "provider-error",
        "refused-us",
        "breaker-open",
        "not-from-here",
    }
)


@dataclass(slots=True)
class Todo:
    """A delivery to be begun, its message (None: its address does not open), and who could not take it this time."""

    due: Due
    message: Message | None = None
    avoid: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Work:
    """A chunk in hand; `ends` (monotonic seconds) is when nothing more may be begun."""

    claim: Claim
    content: Mapping[str, Any]
    ends: float
    todo: list[Todo]
    results: list[Result] = field(default_factory=list[Result])
    gone: list[UUID] = field(default_factory=list[UUID])
    wanted_pause: float = 0.0
    waits_for_urgent: bool = False

    @property
    def lane(self) -> Lane:
        """Its lane."""
        return Lane(self.claim.lane)

    @property
    def begin_by(self) -> datetime:
        """The lease's safe end by the wall clock: no provider is called after it."""
        return datetime.now(UTC) + timedelta(seconds=self.ends - time.monotonic())


async def claim_chunk(
    session: AsyncSession,
    actor: Actor,
    lane: Lane,
    options: DeliverySettings,
    known: dict[UUID, dict[str, Any]],
) -> Work | None:
    """Take the gravest chunk that can be begun, with its deliveries; None if there is none.

    What quiet hours or a cap hold back is put aside, as is who left meanwhile. `known` keeps frozen words by broadcast.
    """
    authorize(actor, Permission.MANAGE)
    began = time.monotonic()
    deliveries = DeliveryRepository(session)
    claim = await deliveries.claim(lane.value, options.lease)
    if claim is None:
        return None
    await deliveries.make(claim.id)
    due = await deliveries.due(claim.id)
    results = await _put_aside(deliveries, claim, due, options)
    await deliveries.settle(results, (State.PENDING, State.HELD, State.IN_DOUBT))
    aside = {one.id for one in results}
    if claim.broadcast_id not in known:
        if len(known) > 50:
            known.clear()
        known[claim.broadcast_id] = await deliveries.content(claim.broadcast_id)
    return Work(
        claim,
        known[claim.broadcast_id],
        began + options.lease_seconds - options.margin,
        [Todo(one) for one in due if one.id not in aside],
    )


async def _put_aside(
    deliveries: DeliveryRepository, claim: Claim, due: Sequence[Due], options: DeliverySettings
) -> list[Result]:
    fresh = [one for one in due if one.state is not State.IN_DOUBT]
    aside = {
        one.id: Result(one.id, State.SUPPRESSED, reason="left")
        for one in due
        if one.address_sealed is None
    }
    ids = [one.contact_point_id for one in fresh]
    if claim.msg_type == "Cancel":
        warned = await deliveries.warned(ids, claim.thread_id, claim.number)
        for one in fresh:
            if one.contact_point_id not in warned:
                aside[one.id] = Result(one.id, State.SUPPRESSED, reason="never-warned")
    if is_held_back(claim.severity):
        now = datetime.now(UTC)
        sent = await deliveries.sent_lately(ids)
        for one in fresh:
            if one.id in aside:
                continue
            until = quiet_until(now, one.tz or "UTC", one.quiet_from, one.quiet_until)
            if sent.get(one.contact_point_id, 0) >= (one.per_day or options.calls_per_day):
                aside[one.id] = Result(one.id, State.SUPPRESSED, reason="cap")
            elif until is not None:
                aside[one.id] = Result(one.id, State.HELD, reason="quiet-hours", due_at=until)
    return list(aside.values())


async def advance(
    session: AsyncSession,
    actor: Actor,
    work: Work,
    begun: Sequence[Todo],
    provider: str,
    options: DeliverySettings,
) -> bool:
    """Write what became of the last slice, and begin the next one.

    False if the chunk is no longer ours, was overtaken, or stopped: then nothing of `begun` may be sent.
    """
    authorize(actor, Permission.MANAGE)
    now = time.monotonic()
    deliveries = DeliveryRepository(session)
    held = await deliveries.hold(work.claim.id, work.claim.fence, options.lease)
    if held is None:
        return False
    await _write(session, work)
    if held.superseded or held.stopped:
        return False
    if now < work.ends:
        work.ends = now + options.lease_seconds - options.margin
    await deliveries.begin([one.due.id for one in begun], provider)
    return True


async def give_back(
    session: AsyncSession, actor: Actor, work: Work, options: DeliverySettings
) -> bool:
    """Write the rest, and give the chunk back: done, or open for a later attempt. False if it is no longer ours."""
    authorize(actor, Permission.MANAGE)
    deliveries = DeliveryRepository(session)
    held = await deliveries.hold(work.claim.id, work.claim.fence, options.lease)
    if held is None:
        return False
    await _write(session, work)
    if held.superseded:
        await deliveries.end_rest(work.claim.id, State.SUPERSEDED, "later-message")
    elif datetime.now(UTC) >= work.claim.expires:
        await deliveries.end_rest(work.claim.id, State.EXPIRED, "expired")
    pause = pause_after(work.claim.attempts, work.lane, work.wanted_pause)
    if work.waits_for_urgent:
        pause = timedelta(0)
    await deliveries.release(work.claim.id, pause, restarts=work.waits_for_urgent)
    return True


async def _write(session: AsyncSession, work: Work) -> None:
    """`work.results` is kept until the transaction has committed, for a second try."""
    deliveries = DeliveryRepository(session)
    await deliveries.settle(work.results, (State.SENDING,))
    told = [one.provider_id for one in work.results if one.provider_id is not None]
    await receipts.settle_early(session, work.claim.id, told)
    if work.gone:
        await deliveries.silence(work.gone)


def learn(
    work: Work,
    slice_: Sequence[Todo],
    outcomes: Sequence[Outcome],
    sender: Channel,
    options: DeliverySettings,
) -> None:
    """Take in what a provider said: results to be written, and what may be tried elsewhere at once."""
    now = datetime.now(UTC)
    again = again_when_in_doubt(work.claim.severity, keyed=sender.honours_key)
    for one, outcome in zip(slice_, outcomes, strict=True):
        result = _result(one, outcome, again=again, now=now, options=options)
        work.results.append(result)
        if outcome.gone:
            work.gone.append(one.due.contact_point_id)
        if outcome.retry_after:
            work.wanted_pause = max(work.wanted_pause, outcome.retry_after)
        if result.state is State.PENDING and _better_elsewhere(outcome):
            one.avoid.add(sender.provider)
            work.todo.append(one)


def _better_elsewhere(outcome: Outcome) -> bool:
    """Whether another provider may do better at once; one that only asks us to be slower is waited for a while."""
    reason = (outcome.reason or "").partition(":")[0]
    if reason == "rate-limited":
        return (outcome.retry_after or 0.0) > PATIENCE
    return reason in _ELSEWHERE


def _result(
    one: Todo, outcome: Outcome, *, again: bool, now: datetime, options: DeliverySettings
) -> Result:
    delivery, provider, reason = one.due.id, outcome.provider, outcome.reason
    match outcome.state:
        case OutcomeState.ACCEPTED:
            return Result(delivery, State.ACCEPTED, provider, outcome.provider_id)
        case OutcomeState.FAILED:
            ended = State.EXPIRED if reason == "expired" else State.FAILED
            return Result(delivery, ended, provider, outcome.provider_id, reason)
        case OutcomeState.RETRY if not outcome.same_provider:
            return Result(delivery, State.PENDING, provider, reason=reason)
        case OutcomeState.RETRY | OutcomeState.IN_DOUBT:
            more = (
                again or outcome.same_provider
            ) and one.due.attempts + 1 < options.doubt_attempts
            due_at = now + max(_AGAIN_SOON, timedelta(seconds=outcome.retry_after or 0))
            return Result(
                delivery,
                State.IN_DOUBT,
                provider,
                outcome.provider_id,
                reason,
                due_at if more else None,
            )


def choose(work: Work, senders: Sequence[Channel], most: int) -> tuple[Channel, list[Todo]] | None:
    """The next slice and who carries it: the first choice that is ready, for all that can go the same way.

    What is in doubt at a provider that knows its key goes there again; if it is away, whatever is grave goes elsewhere,
    and the rest waits.
    """
    urgent = work.lane is Lane.URGENT
    keyed = {sender.provider for sender in senders if sender.honours_key}
    ready = [sender for sender in senders if sender.ready()]
    ways: dict[str, list[Todo]] = {}
    for one in work.todo:
        own = one.due.provider if one.due.state is State.IN_DOUBT else None
        fit = [
            sender
            for sender in ready
            if sender.provider not in one.avoid
            and (one.message is None or sender.serves(one.message))
        ]
        if own in keyed:
            same = [sender for sender in fit if sender.provider == own]
            fit = same or (fit if urgent else [])
        if fit:
            ways.setdefault(fit[0].provider, []).append(one)
    for sender in ready:
        if found := ways.get(sender.provider):
            size = max(1, min(most, sender.batch, int(sender.rate * 2)))
            slice_ = found[:size]
            chosen = {one.due.id for one in slice_}
            work.todo = [one for one in work.todo if one.due.id not in chosen]
            return sender, slice_
    return None
