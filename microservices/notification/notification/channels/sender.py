"""What every real sender has in common: permit, expiry, breaker, rate, concurrency and time-out around one attempt."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from muster_core.logs import get_logger
from notification.channels.bucket import Bucket
from notification.channels.health import Breaker, Health, Pulse
from notification.channels.metrics import BREAKER, SECONDS, SENT
from notification.channels.port import PATIENCE, ChannelName, Message, Outcome, OutcomeState
from notification.channels.world import RealWorldPermit, check_permit

_log = get_logger(__name__)

TROUBLE: Final = frozenset({"unreachable", "timed-out", "cut-off", "provider-error", "refused-us"})
"""Reasons that speak of the provider, not of one message; before a colon may come more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a provider bears: messages a second, attempts at once, messages per call, seconds for one answer."""

    rate: float
    concurrency: int
    batch: int
    seconds: float


class Sender(ABC):
    """One provider of one channel, in this process and event loop."""

    name: ChannelName
    honours_key: bool = False
    keeps_time: bool = False
    """Whether its client is sure to end within `pace.seconds`."""

    def __init__(self, provider: str, pace: Pace) -> None:
        self.provider = provider
        self.pace = pace
        self._bucket = Bucket(pace.rate)
        self._pulse = Pulse(self.name, provider, pace.rate)
        self._slots = asyncio.Semaphore(pace.concurrency)
        self._seconds = SECONDS.labels(self.name, provider)
        self._shown = False
        self._breaker = BREAKER.labels(self.name, provider)
        self._sent = {state: SENT.labels(self.name, provider, state) for state in OutcomeState}

    @property
    def batch(self) -> int:
        """Messages for one call of `send`."""
        return self.pace.batch

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.pace.rate

    def ready(self) -> bool:
        """False while the breaker is open, or the provider asked for silence of more than `PATIENCE`."""
        return self._pulse.ready() and self._bucket.wait <= PATIENCE

    def serves(self, message: Message) -> bool:  # noqa: ARG002 - most serve everybody
        """Whether this recipient has an address there."""
        return True

    def pulse_of(self, message: Message) -> Pulse:  # noqa: ARG002 - most have one breaker
        """The breaker that this message meets: one for all, unless every recipient has a provider of their own."""
        return self._pulse

    def health(self) -> Health:
        """How it does in this process."""
        return self._pulse.health()

    async def send(self, messages: Sequence[Message], permit: RealWorldPermit) -> list[Outcome]:
        """Send them, as many at once as the provider bears.

        Raises:
            NotRealError: the permit is none, or not for these messages; nothing was sent.
        """
        check_permit(permit, messages)
        outcomes: list[Outcome | None] = [None] * len(messages)
        waiting = iter(enumerate(messages))

        async def work() -> None:
            for place, message in waiting:
                outcomes[place] = await self._attempt(message)

        workers = min(self.pace.concurrency, len(messages))
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
        found = [outcome for outcome in outcomes if outcome is not None]
        assert len(found) == len(messages)
        return found

    async def close(self) -> None:  # noqa: B027 - who keeps no connections has nothing to do
        """Let go of connections."""

    @abstractmethod
    async def attempt(self, message: Message) -> Outcome:
        """Ask the provider once. What it does wrong is an outcome; our own mistakes may raise."""

    def outcome(
        self,
        state: OutcomeState,
        reason: str,
        *,
        retry_after: float | None = None,
        gone: bool = False,
    ) -> Outcome:
        """An outcome of this provider."""
        return Outcome(state, self.provider, reason=reason, retry_after=retry_after, gone=gone)

    def unsure(self, reason: str) -> Outcome:
        """It may have been accepted: asked again with the same key if the provider honours it, else in doubt."""
        if self.honours_key:
            return Outcome(OutcomeState.RETRY, self.provider, reason=reason, same_provider=True)
        return Outcome(OutcomeState.IN_DOUBT, self.provider, reason=reason)

    async def _attempt(self, message: Message) -> Outcome:
        wait = self._bucket.reserve(PATIENCE)
        if wait is None:
            late = self._bucket.wait
            return self._count(
                self.outcome(OutcomeState.RETRY, "rate-limited:here", retry_after=late)
            )
        if wait:
            await asyncio.sleep(wait)
        async with self._slots:
            if message.begin_by is not None and datetime.now(UTC) >= message.begin_by:
                return self._count(Outcome(OutcomeState.RETRY, self.provider, reason="lease-ended"))
            if message.expires is not None and datetime.now(UTC) >= message.expires:
                return self._count(self.outcome(OutcomeState.FAILED, "expired"))
            pulse = self.pulse_of(message)
            if not pulse.enter():
                rests = max(1.0, pulse.rests)
                return self._count(
                    self.outcome(OutcomeState.RETRY, "breaker-open", retry_after=rests)
                )
            began = time.perf_counter()
            outcome = await self._within_time(message)
            self._seconds.observe(time.perf_counter() - began)
        self._learn(outcome, pulse)
        return self._count(outcome)

    async def _within_time(self, message: Message) -> Outcome:
        """The provider's own clocks are shorter; this one is for a library that forgets its own."""
        try:
            if self.keeps_time:
                return await self.attempt(message)
            async with asyncio.timeout(self.pace.seconds + 2):
                return await self.attempt(message)
        except TimeoutError:
            return self.unsure("timed-out")
        except Exception as error:  # noqa: BLE001 - one strange message must not lose the others of its batch
            _log.error("attempt failed", provider=self.provider, error=type(error).__name__)
            return self.unsure(f"our-mistake:{type(error).__name__}")

    def _learn(self, outcome: Outcome, pulse: Pulse) -> None:
        reason = outcome.reason or ""
        kind = reason.partition(":")[0]
        for one in (pulse,) if pulse is self._pulse else (pulse, self._pulse):
            if outcome.state is OutcomeState.ACCEPTED:
                one.succeeded()
            elif kind in TROUBLE:
                one.failed(reason)
            else:
                one.refused(reason)
        if pulse is self._pulse:
            if kind == "rate-limited" and outcome.retry_after:
                self._bucket.hold(outcome.retry_after)
            rests = self._pulse.breaker is not Breaker.CLOSED
            if rests is not self._shown:
                self._shown = rests
                self._breaker.set(rests)

    def _count(self, outcome: Outcome) -> Outcome:
        self._sent[outcome.state].inc()
        return outcome
