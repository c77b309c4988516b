"""Web hooks, signed as Standard Webhooks describes: `webhook-id` is our key, so that a receiver drops what it has."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from notification.channels.addresses import AddressError, hook_target
from notification.channels.client import Answer
from notification.channels.hosted import HostedSender, Outside
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.sender import Pace


class WebHook(HostedSender):
    """One POST of JSON per message. `second` takes the partner's second address, with the same key."""

    name = ChannelName.WEBHOOK

    def __init__(self, pace: Pace, outside: Outside, *, second: bool = False) -> None:
        super().__init__("webhook-second" if second else "webhook", pace, outside)
        self._second = second

    def serves(self, message: Message) -> bool:
        """Whether the partner has this address."""
        try:
            return not self._second or hook_target(message.recipient).second is not None
        except AddressError:
            return False

    def url(self, message: Message) -> str:
        """The partner's address."""
        target = hook_target(message.recipient)
        url = target.second if self._second else target.url
        if url is None:
            raise AddressError("no-second")
        return url

    def post(self, message: Message) -> tuple[bytes, Mapping[str, str]]:
        """The message as JSON, signed now."""
        body = json.dumps(
            {
                "type": "muster.alert.delivered",
                "id": message.key,
                "broadcast": str(message.broadcast),
                "thread": message.thread,
                "number": message.number,
                "severity": message.severity,
                "language": message.language,
                "subject": message.subject,
                "text": message.text,
                "url": message.url,
                "expires": message.expires and message.expires.isoformat(),
                "data": dict(message.data),
            },
            ensure_ascii=False,
        ).encode()
        at = str(int(time.time()))
        secret = hook_target(message.recipient).secret
        return body, {
            "Content-Type": "application/json",
            "User-Agent": "Muster/0.1 (emergency management)",
            "webhook-id": message.key,
            "webhook-timestamp": at,
            "webhook-signature": sign(secret, message.key, at, body),
        }

    def read(self, answer: Answer) -> Outcome | None:
        """Any 2xx means that they have it."""
        if 200 <= answer.status < 300:
            return Outcome(OutcomeState.ACCEPTED, self.provider)
        return None


def sign(secret: bytes, key: str, at: str, body: bytes) -> str:
    """`v1,` and base64 of HMAC-SHA256 over id, time and body."""
    told = b".".join((key.encode(), at.encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, told, hashlib.sha256).digest()).decode()
