"""What the delivery engine and the channels say to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from notification.channels.health import Health
    from notification.channels.world import RealWorldPermit

PATIENCE: Final = 20.0
"""Seconds that a message waits at most for a provider that is at its rate, before another one is taken."""


class ChannelName(StrEnum):
    """The ways to a person; stored as `contact_points.channel`."""

    SMS = "sms"
    EMAIL = "email"
    WEB_PUSH = "web_push"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is reached, as the vault opens it; never shown by `repr`, so that no log tells it.

    SMS: E.164 (`+15555550123`). E-mail: `name@example.org`. Web push: the browser's PushSubscription as JSON, with
    `arn` beside it where the device has an SNS endpoint too. Web hook: JSON of `url` and `secret` (`whsec_…`), and
    `second` where there is another address for when the first does not answer.
    """

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one contact point.

    `key` is the same at every attempt and unique among all messages (the delivery's id does). `thread` is the same
    for an Alert and all that updates or cancels it; `number` counts the messages of the thread from 1. `broadcast`
    is what it is sent for, and must be what the permit was minted for. `expires`: nothing is sent after it.
    `unsubscribe` is the address that ends the subscription by one POST (RFC 8058). `data` is what a web hook and a
    push get beside the words.
    """

    key: str
    broadcast: UUID
    recipient: Address
    subject: str
    text: str
    thread: str
    language: str = "en"
    html: str | None = None
    number: int = 1
    severity: str = "Unknown"
    expires: datetime | None = None
    begin_by: datetime | None = None
    """Whoever sends it holds it no longer than this: an attempt that was not begun by then is given back as `retry`."""
    url: str | None = None
    reply_to: str | None = None
    unsubscribe: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


class OutcomeState(StrEnum):
    """What became of one attempt."""

    ACCEPTED = "accepted"
    """The provider has it; receipts may follow."""
    FAILED = "failed"
    """The provider will never take it: do not try again."""
    IN_DOUBT = "in_doubt"
    """It may have been accepted, and asking again could send it twice."""
    RETRY = "retry"
    """It was not accepted, or asking again with the same key cannot send it twice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message at one provider.

    `reason` is a stable word (`timed-out`, `unreachable`, `rate-limited`, …) with the provider's own code behind a
    colon. `retry_after` in seconds. `same_provider`: a `retry` that is safe at this provider alone, as it may hold
    the key already. `gone`: the address itself is dead or has opted out, and should not be used again.
    """

    state: OutcomeState
    provider: str
    provider_id: str | None = None
    reason: str | None = None
    retry_after: float | None = None
    same_provider: bool = False
    gone: bool = False


class Channel(Protocol):
    """One provider of one channel, as the delivery engine uses it: for one broadcast, real or not."""

    @property
    def name(self) -> ChannelName:
        """Which way."""
        ...

    @property
    def provider(self) -> str:
        """Who carries it.

        `twilio`, `sns`, `smtp`, `smtp-fallback`, `vapid`, `sns-push`, `webhook`, `webhook-second`, `sink`.
        """
        ...

    @property
    def batch(self) -> int:
        """Messages that one call of `send` should be given at most."""
        ...

    @property
    def rate(self) -> float:
        """Messages a second that one process hands over at most."""
        ...

    @property
    def honours_key(self) -> bool:
        """Whether the same key twice has one effect."""
        ...

    def ready(self) -> bool:
        """False while its breaker is open or it has no settings: take the next choice."""
        ...

    def serves(self, message: Message) -> bool:
        """False if this recipient has no address there.

        A push without an SNS endpoint, a hook without a second address.
        """
        ...

    async def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """One outcome per message, in order; what the provider does wrong is an outcome, never an exception."""
        ...


class RealSender(Protocol):
    """A provider that reaches real people. Without a permit for exactly these messages it sends nothing."""

    @property
    def name(self) -> ChannelName:
        """Which way."""
        ...

    @property
    def provider(self) -> str:
        """Who carries it."""
        ...

    @property
    def batch(self) -> int:
        """Messages that one call of `send` should be given at most."""
        ...

    @property
    def rate(self) -> float:
        """Messages a second that one process hands over at most."""
        ...

    @property
    def honours_key(self) -> bool:
        """Whether the same key twice has one effect."""
        ...

    def ready(self) -> bool:
        """False while its breaker is open."""
        ...

    def health(self) -> Health:
        """How it does in this process."""
        ...

    def serves(self, message: Message) -> bool:
        """False if this recipient has no address there.

        A push without an SNS endpoint, a hook without a second address.
        """
        ...

    async def send(self, messages: Sequence[Message], permit: RealWorldPermit) -> list[Outcome]:
        """One outcome per message, in order.

        Raises:
            NotRealError: the permit is none, or not for these messages.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class ReceiptState(StrEnum):
    """What a provider says later; a state only moves forward in this order."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider's verified callback says of one message.

    `key` is ours, where the provider gave it back: it settles a delivery whose
    answer was lost and whose `provider_id` is therefore unknown.
    """

    provider: str
    provider_id: str
    state: ReceiptState
    at: datetime
    reason: str | None = None
    key: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text that somebody sent us. `provider_id` is the same when the provider calls again."""

    provider: str
    provider_id: str
    from_: Address
    to: str
    text: str = field(repr=False)
    at: datetime
    place: tuple[float, float] | None = None
    """Latitude, longitude, where the provider tells it."""
