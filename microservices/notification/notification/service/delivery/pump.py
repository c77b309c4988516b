"""The workers of a process: some hands per lane, each with one chunk; bulk rests while urgent work is there."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor
from muster_core.key_files import KeyFileError
from muster_core.logs import get_logger
from muster_core.outages import is_outage
from notification.channels.port import (
    Address,
    Channel,
    ChannelName,
    Message,
    Outcome,
    OutcomeState,
    RealSender,
)
from notification.channels.sink import senders_for
from notification.channels.world import Exercise, Real, World, permit_for
from notification.domain.delivery import Lane, State
from notification.repository.delivery import Claim, Result
from notification.service.delivery import sinks, work
from notification.service.delivery.metrics import HANDED, HANDOVER
from notification.service.delivery.options import DeliverySettings
from notification.service.delivery.wording import Words, data_of, thawed, words_for
from notification.service.delivery.work import Todo, Work
from notification.vault import Vault

T = TypeVar("T")
Open = Callable[[], AbstractAsyncContextManager[AsyncSession]]
PROCESS = f"{socket.gethostname()}-{os.getpid()}"
_REST_SECONDS = 0.2
_AWAY_SECONDS = 0.5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Stored:
    """A broadcast as its row has it; that decides in which world it is sent."""

    id: UUID
    exercise: bool
    status: str


class Pump:
    """All hands of one process. `senders` are the real ones, made once; exercises never see them."""

    def __init__(
        self,
        open_session: Open,
        actor: Actor,
        vault: Vault,
        senders: Mapping[ChannelName, Sequence[RealSender]],
        options: DeliverySettings,
        links: Callable[[UUID], str | None] = lambda _: None,
    ) -> None:
        """`links` answers the address by which a contact point leaves."""
        self._open, self._actor, self._vault = open_session, actor, vault
        self.senders, self._options, self._links = senders, options, links
        self._contents: dict[UUID, dict[str, Any]] = {}
        self._at_work: dict[Lane, asyncio.Event] = {}
        self._busy = dict.fromkeys(Lane, 0)
        self._told_health = 0.0

    @property
    def keyed(self) -> frozenset[str]:
        """Providers at which the same key twice has one effect."""
        real = {
            one.provider for choices in self.senders.values() for one in choices if one.honours_key
        }
        return frozenset(real | {"sink"})

    async def run(self, lane: Lane, seconds: float) -> bool:
        """Work off a lane; True if time was up before it was empty.

        Whoever comes while the lane is worked on here only calls the idle hands back.
        """
        if lane in self._at_work:
            self._at_work[lane].set()
            return False
        called = self._at_work[lane] = asyncio.Event()
        called.set()
        ends = time.monotonic() + seconds
        hands: set[asyncio.Task[bool]] = set()
        late = False
        try:
            while hands or called.is_set():
                if called.is_set():
                    called.clear()
                    missing = self._options.hands(lane) - len(hands)
                    hands |= {asyncio.create_task(self._hand(lane, ends)) for _ in range(missing)}
                calling = asyncio.create_task(called.wait())
                try:
                    await asyncio.wait({*hands, calling}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    calling.cancel()
                for hand in {hand for hand in hands if hand.done()}:
                    hands.discard(hand)
                    late = hand.result() or late
        finally:
            del self._at_work[lane]
            for hand in hands:
                hand.cancel()
            await asyncio.gather(*hands, return_exceptions=True)
        return late

    async def _hand(self, lane: Lane, ends: float) -> bool:
        """Chunk after chunk; True if time was up first. A chunk that goes wrong is left to its lease's end."""
        while time.monotonic() < ends:
            while lane is Lane.BULK and self._busy[Lane.URGENT]:  # noqa: ASYNC110 - a rest, not a wait
                await asyncio.sleep(_REST_SECONDS)
            self._busy[lane] += 1
            try:
                async with self._open() as session:
                    taken = await work.claim_chunk(
                        session, self._actor, lane, self._options, self._contents
                    )
                if taken is None:
                    return False
                await self._work(taken)
            except Exception as error:  # noqa: BLE001 - one chunk must not stop the others
                _log.warning(
                    "chunk left alone", lane=lane, error=f"{type(error).__name__}: {error}"[:300]
                )
                await asyncio.sleep(_AWAY_SECONDS)
            finally:
                self._busy[lane] -= 1
        return True

    async def _work(self, taken: Work) -> None:
        """Slice by slice until nothing can be begun; then give the chunk back."""
        senders = self._senders_of(taken.claim)
        _Writer(self._vault, self._links, taken).write()
        while taken.todo and self._may_begin(taken):
            if taken.lane is Lane.BULK and self._busy[Lane.URGENT]:
                taken.waits_for_urgent = True
                break
            chosen = work.choose(taken, senders, self._options.slice)
            if chosen is None:
                break
            sender, slice_ = chosen
            ours = await self._saved(
                taken,
                lambda session, begun=slice_, by=sender.provider: work.advance(
                    session, self._actor, taken, begun, by, self._options
                ),
            )
            if not ours:
                break
            if not self._may_begin(taken):
                taken.results += [
                    Result(one.due.id, State.PENDING, reason="lease-ended") for one in slice_
                ]
                break
            outcomes = await _sent(taken, sender, slice_)
            late = (datetime.now(UTC) - taken.claim.created_at).total_seconds()
            HANDOVER.labels(taken.lane).observe(max(0.0, late))
            work.learn(taken, slice_, outcomes, sender, self._options)
            HANDED.labels(taken.claim.channel, taken.lane).inc(len(slice_))
        if not await self._saved(
            taken, lambda session: work.give_back(session, self._actor, taken, self._options)
        ):
            _log.warning("chunk was taken by somebody else", chunk_id=str(taken.claim.id))
        await self._tell_health()

    @staticmethod
    def _may_begin(taken: Work) -> bool:
        return time.monotonic() < taken.ends and datetime.now(UTC) < taken.claim.expires

    async def _saved(self, taken: Work, step: Callable[[AsyncSession], Awaitable[bool]]) -> bool:
        """A step in a transaction of its own, repeated while the database is away: what a provider said is not lost.

        A step whose commit was lost may be repeated too: it changes only what is still being sent.
        """
        gives_up = time.monotonic() + 4 * self._options.lease_seconds
        while True:
            try:
                async with self._open() as session:
                    ours = await step(session)
            except Exception as error:
                if not is_outage(error) or time.monotonic() > gives_up:
                    raise
                await asyncio.sleep(_AWAY_SECONDS)
            else:
                taken.results.clear()
                taken.gone.clear()
                return ours

    def _senders_of(self, claim: Claim) -> Sequence[Channel]:
        world: World
        stored = _Stored(claim.broadcast_id, claim.exercise, claim.status)
        if claim.exercise or claim.status != "Actual":
            world = Exercise(sinks.keeper(self._open, self._actor))
        else:
            world = Real(permit_for(stored), self.senders)
        return senders_for(world).get(ChannelName(claim.channel), ())

    async def _tell_health(self) -> None:
        """Once a second at most, and never worth a failure."""
        now = time.monotonic()
        if now - self._told_health < 1:
            return
        self._told_health = now
        lines = [
            one.health().stored() | {"choice": number}
            for choices in self.senders.values()
            for number, one in enumerate(choices, 1)
        ]
        try:
            async with self._open() as session:
                await sinks.note_health(session, self._actor, PROCESS, lines)
        except Exception as error:
            if not is_outage(error):
                raise


async def _sent(taken: Work, sender: Channel, slice_: Sequence[Todo]) -> list[Outcome]:
    """Send what there is; what could not be written has failed."""
    begin_by = taken.begin_by
    whole = [replace(one.message, begin_by=begin_by) for one in slice_ if one.message is not None]
    outcomes = iter(await sender.send(whole))
    sealed = Outcome(OutcomeState.FAILED, sender.provider, reason="sealed")
    return [sealed if one.message is None else next(outcomes) for one in slice_]


class _Writer:
    """Makes the messages of one chunk; words are made once for each language."""

    def __init__(self, vault: Vault, links: Callable[[UUID], str | None], taken: Work) -> None:
        self._vault, self._links, self._work = vault, links, taken
        self._words: dict[str | None, Words] = {}
        self._alert = thawed(taken.content)
        self._data = data_of(taken.content)

    def write(self) -> None:
        """Write the message of everything to be begun. Addresses are opened here and nowhere else."""
        for one in self._work.todo:
            one.message = self._message(one)

    def _message(self, one: Todo) -> Message | None:
        claim, due = self._work.claim, one.due
        words = self._words.get(due.language)
        if words is None:
            words = words_for(self._alert, claim.channel, due.language)
            self._words[due.language] = words
        try:
            address = self._vault.open_address(due.address_sealed or b"", due.contact_point_id)
        except KeyFileError as error:
            _log.warning("an address does not open", error=str(error))
            return None
        return Message(
            key=str(due.id),
            broadcast=claim.broadcast_id,
            recipient=Address(address),
            subject=words.subject,
            text=words.text,
            html=words.html,
            language=words.language,
            thread=str(claim.thread_id),
            number=claim.number,
            severity=claim.severity,
            expires=claim.expires,
            url=self._alert.url,
            unsubscribe=self._links(due.contact_point_id),
            data=self._data,
        )
