"""What an alert of somebody else does to those it refers to, whichever of them arrives first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReceivedState(StrEnum):
    """As far as messages tell; that time has passed since is seen by the clock (`expired`)."""

    IN_FORCE = "in_force"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    NOTICE = "notice"
    """A Cancel, an Ack or an Error: nothing that could be in force."""


class Shown(StrEnum):
    """What a list says of an alert at this moment."""

    IN_FORCE = "in_force"
    UPDATED = "updated"
    CANCELLED = "cancelled"
    NOTICE = "notice"
    EXPIRED = "expired"


class Effect(StrEnum):
    """What a message did to one it refers to."""

    UPDATED = "updated"
    CANCELLED = "cancelled"
    NONE = "none"


# msgType: what it does to what it refers to. The others (Alert, Ack, Error) do nothing.
EFFECTS: dict[str, Effect] = {"Update": Effect.UPDATED, "Cancel": Effect.CANCELLED}
STANDS: dict[str, ReceivedState] = {
    "Alert": ReceivedState.IN_FORCE,
    "Update": ReceivedState.IN_FORCE,
}
# How far a signature is believed. What was verified is changed by what is verified only.
STRENGTH: dict[str, int] = {"broken": 0, "none": 1, "unverified": 1, "verified": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What decides about effects."""

    sender: str
    sent: datetime
    msg_type: str
    signature: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """An effect, and why it is none though the message asks for one."""

    effect: Effect
    why: str | None = None


def effect_of(message: Message, target: Message) -> Outcome:
    """What `message`, which refers to `target`, does to it.

    Nobody but its own sender takes an alert back, no broken signature does, and nothing unsigned takes back what was
    verified.
    """
    wanted = EFFECTS.get(message.msg_type)
    if wanted is None:
        return Outcome(Effect.NONE)
    if message.sender != target.sender:
        return Outcome(Effect.NONE, f"It is by {message.sender}, not by {target.sender}.")
    if message.signature == "broken":
        return Outcome(Effect.NONE, "Its signature is broken.")
    if STRENGTH[message.signature] < STRENGTH[target.signature]:
        return Outcome(Effect.NONE, "Its signature is not verified, that of the alert is.")
    if message.sent < target.sent:
        return Outcome(Effect.NONE, "It was sent before the alert.")
    return Outcome(wanted)


def state_after(msg_type: str, effects: Iterable[Effect]) -> ReceivedState:
    """The state of a message from all that was done to it: the order in which that arrived is no matter."""
    stands = STANDS.get(msg_type, ReceivedState.NOTICE)
    if stands is ReceivedState.NOTICE:
        return stands
    done = set(effects)
    if Effect.CANCELLED in done:
        return ReceivedState.CANCELLED
    return ReceivedState.UPDATED if Effect.UPDATED in done else stands
