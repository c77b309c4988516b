"""What web push and web hook share.

The address is a stranger's, and each host is a provider of its own with its own breaker.
"""

from __future__ import annotations

import ssl
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from notification.channels.addresses import AddressError
from notification.channels.client import Answer, Client, Silence, retry_after
from notification.channels.health import Pulse
from notification.channels.pinning import (
    ForbiddenAddressError,
    Policy,
    Resolve,
    check_url,
    pinned_connector,
    resolve,
)
from notification.channels.port import Message, Outcome, OutcomeState
from notification.channels.sender import Pace, Sender

_HOSTS: Final = 5_000
MOST_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Outside:
    """How strangers' addresses are met.

    What is allowed, who resolves names, and which authorities are believed beside the public ones.
    """

    policy: Policy = field(default_factory=Policy)
    ask: Resolve = resolve
    ca_file: str = ""

    def tls(self) -> ssl.SSLContext:
        """The public authorities, and the operator's."""
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return context


class HostedSender(Sender):
    """Posts to where the recipient says. One partner who is down opens the breaker of that partner's host only."""

    honours_key = True
    keeps_time = True

    def __init__(self, provider: str, pace: Pace, outside: Outside) -> None:
        super().__init__(provider, pace)
        self._pulse = Pulse(self.name, provider, pace.rate, opens=False)
        self._outside = outside
        self._client: Client | None = None
        self._hosts: OrderedDict[str, Pulse] = OrderedDict()

    @abstractmethod
    def url(self, message: Message) -> str:
        """Where to post.

        Raises:
            AddressError: the recipient has no such address.
        """

    @abstractmethod
    def post(self, message: Message) -> tuple[bytes, Mapping[str, str]]:
        """Body and headers.

        Raises:
            AddressError: they cannot be made for this recipient.
        """

    @abstractmethod
    def read(self, answer: Answer) -> Outcome | None:
        """What an answer means in this protocol; None for what HTTP says of every one."""

    def pulse_of(self, message: Message) -> Pulse:
        """The breaker of the host."""
        try:
            host = urlsplit(self.url(message)).netloc
        except ValueError:
            return self._pulse
        pulse = self._hosts.pop(host, None) or Pulse(self.name, self.provider, self.pace.rate)
        self._hosts[host] = pulse
        if len(self._hosts) > _HOSTS:
            self._hosts.popitem(last=False)
        return pulse

    async def attempt(self, message: Message) -> Outcome:
        """Check the address, post, and read the answer."""
        try:
            url = self.url(message)
            check_url(url, self._outside.policy)
            body, headers = self.post(message)
        except AddressError as error:
            return self.outcome(OutcomeState.FAILED, f"bad-address:{error.reason}", gone=True)
        except ForbiddenAddressError as error:
            return self.outcome(OutcomeState.FAILED, f"forbidden:{error.reason}", gone=True)
        if len(body) > MOST_BYTES:
            return self.outcome(OutcomeState.FAILED, "too-long")
        match await self._open().post(url, body, headers, most_bytes=MOST_BYTES):
            case Silence(reason, sent):
                if reason.startswith("forbidden"):
                    return self.outcome(OutcomeState.FAILED, reason)
                return self.unsure(reason) if sent else self.outcome(OutcomeState.RETRY, reason)
            case Answer() as answer:
                return self.read(answer) or self._usual(answer)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _open(self) -> Client:
        if self._client is None:
            outside, concurrency = self._outside, self.pace.concurrency
            connector = pinned_connector(
                outside.policy, concurrency, ask=outside.ask, tls=outside.tls()
            )
            self._client = Client(concurrency, self.pace.seconds, connector=connector)
        return self._client

    def _usual(self, answer: Answer) -> Outcome:
        status = answer.status
        if status in {404, 410}:
            return self.outcome(OutcomeState.FAILED, f"refused:{status}", gone=status == 410)
        if status in {408, 425, 429}:
            reason, wait = f"rate-limited:{status}", retry_after(answer.headers, 5)
            return self.outcome(OutcomeState.RETRY, reason, retry_after=wait)
        if status >= 500:
            # The same key has no second effect there, so that a gateway's doubt need not be ours.
            reason, wait = f"provider-error:{status}", retry_after(answer.headers, 5)
            return self.outcome(OutcomeState.RETRY, reason, retry_after=wait)
        if 300 <= status < 400:
            return self.outcome(OutcomeState.FAILED, f"redirected:{status}")
        return self.outcome(OutcomeState.FAILED, f"refused:{status}")
