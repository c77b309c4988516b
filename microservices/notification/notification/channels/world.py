"""Real or exercise.

A real sender wants a permit, and only what is real gets one; an exercise holds nothing that could send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Never, Protocol, Self, final
from uuid import UUID

from notification.channels.port import ChannelName, Message, RealSender

_MINT: Final = object()


class NotRealError(Exception):
    """Something that is not real was about to reach a real person: a mistake in our code, never the user's."""


class BroadcastRow(Protocol):
    """A broadcast as it is stored: its own fields decide, not the caller's word."""

    @property
    def id(self) -> UUID:
        """What messages name as their `broadcast`."""
        ...

    @property
    def exercise(self) -> bool:
        """Whether it belongs to the exercise world."""
        ...

    @property
    def status(self) -> str:
        """CAP's word: only `Actual` is real."""
        ...


class ContactPointRow(Protocol):
    """A contact point that is being confirmed, as it is stored."""

    @property
    def id(self) -> UUID:
        """What the message with the code names as its `broadcast`."""
        ...

    @property
    def exercise(self) -> bool:
        """Whether it belongs to the exercise world."""
        ...


@final
class RealWorldPermit:
    """Leave to reach real people with the messages of one broadcast.

    It is minted here and nowhere else, and does not travel.
    """

    __slots__ = ("_broadcast",)

    def __init__(self, broadcast: UUID, mint: object) -> None:
        if mint is not _MINT:
            raise NotRealError("A permit is minted by permit_for() or permit_to_confirm() only.")
        self._broadcast = broadcast

    def check(self, messages: Sequence[Message]) -> None:
        """Raises `NotRealError` if any message belongs to something else."""
        for message in messages:
            if message.broadcast != self._broadcast:
                raise NotRealError(f"The permit is for {self._broadcast}, not {message.broadcast}.")

    def __reduce__(self) -> Never:
        raise NotRealError("A permit does not leave its process: mint one from the stored row.")

    def __copy__(self) -> Self:
        return self


def permit_for(broadcast: BroadcastRow) -> RealWorldPermit:
    """Leave to send a broadcast.

    Raises:
        NotRealError: it is an exercise, or its status is anything but Actual.
    """
    if broadcast.exercise is not False or broadcast.status != "Actual":
        raise NotRealError(
            f"Broadcast {broadcast.id} is {broadcast.status}, exercise {broadcast.exercise}: for the sink only."
        )
    return RealWorldPermit(broadcast.id, _MINT)


def permit_to_confirm(point: ContactPointRow) -> RealWorldPermit:
    """Leave to send somebody the code that confirms their own contact point.

    Raises:
        NotRealError: it belongs to an exercise.
    """
    if point.exercise is not False:
        raise NotRealError(f"Contact point {point.id} belongs to an exercise: for the sink only.")
    return RealWorldPermit(point.id, _MINT)


def check_permit(permit: object, messages: Sequence[Message]) -> None:
    """The first line of every real sender.

    Raises:
        NotRealError: no permit, or one for other messages.
    """
    if type(permit) is not RealWorldPermit:
        raise NotRealError(f"No permit but {type(permit).__name__}: nothing is sent.")
    permit.check(messages)


Keep = Callable[[ChannelName, Sequence[Message]], Awaitable[None]]
"""Stores what would have been sent; the same key again changes nothing."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """The world of exercises and tests: it knows where to keep things, and no sender."""

    keep: Keep = field(repr=False)


@dataclass(frozen=True, slots=True)
class Real:
    """The real world, for the one broadcast the permit was minted for."""

    permit: RealWorldPermit = field(repr=False)
    senders: Mapping[ChannelName, Sequence[RealSender]] = field(repr=False)


World = Real | Exercise
