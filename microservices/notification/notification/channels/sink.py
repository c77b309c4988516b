"""The only sender an exercise can get, and the one place where senders are given out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never, overload

from notification.channels.port import (
    Channel,
    ChannelName,
    Message,
    Outcome,
    OutcomeState,
    RealSender,
)
from notification.channels.world import Exercise, Keep, Real, RealWorldPermit, World


@dataclass(frozen=True, slots=True)
class Sink:
    """Keeps what would have been sent."""

    name: ChannelName
    _keep: Keep = field(repr=False)
    provider: str = "sink"
    batch: int = 500
    rate: float = 1_000_000.0
    honours_key: bool = True

    def ready(self) -> bool:
        """Always."""
        return True

    def serves(self, message: Message) -> bool:  # noqa: ARG002 - everybody
        """Everybody."""
        return True

    async def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Keep them; nobody is reached."""
        await self._keep(self.name, messages)
        return [
            Outcome(OutcomeState.ACCEPTED, self.provider, f"sink-{message.key}")
            for message in messages
        ]


@dataclass(frozen=True, slots=True)
class Permitted:
    """A real sender with the permit of one broadcast in its hand."""

    _sender: RealSender
    _permit: RealWorldPermit = field(repr=False)

    @property
    def name(self) -> ChannelName:
        """Which way."""
        return self._sender.name

    @property
    def provider(self) -> str:
        """Who carries it."""
        return self._sender.provider

    @property
    def batch(self) -> int:
        """Messages for one call of `send`."""
        return self._sender.batch

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self._sender.rate

    @property
    def honours_key(self) -> bool:
        """Whether the same key twice has one effect."""
        return self._sender.honours_key

    def ready(self) -> bool:
        """False while its breaker is open."""
        return self._sender.ready()

    def serves(self, message: Message) -> bool:
        """Whether this recipient has an address there."""
        return self._sender.serves(message)

    async def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Send to real people."""
        return await self._sender.send(messages, self._permit)


@overload
def senders_for(world: Exercise) -> Mapping[ChannelName, Sequence[Sink]]: ...
@overload
def senders_for(world: Real) -> Mapping[ChannelName, Sequence[Channel]]: ...
def senders_for(world: World) -> Mapping[ChannelName, Sequence[Channel]]:
    """The choices of each channel, the first one first.

    An exercise holds no sender, so it is given sinks: there is nothing else to give.
    """
    match world:
        case Exercise(keep):
            return {name: (Sink(name, keep),) for name in ChannelName}
        case Real(permit, senders):
            return {
                name: tuple(Permitted(sender, permit) for sender in choices)
                for name, choices in senders.items()
            }
        case _:
            assert_never(world)
