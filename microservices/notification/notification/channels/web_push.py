"""Web push (RFC 8030).

To the browser's own push service, which keeps one message per key, so that a repetition replaces it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from notification.channels.addresses import AddressError, push_target
from notification.channels.client import Answer
from notification.channels.hosted import HostedSender, Outside
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.push_crypto import LONGEST, Vapid, base64url, encrypt
from notification.channels.sender import Pace

_URGENCY: Final = {"Extreme": "high", "Severe": "high", "Moderate": "normal", "Minor": "low"}


class WebPush(HostedSender):
    """One push per message; what the service worker gets is in `payload`."""

    name = ChannelName.WEB_PUSH

    def __init__(self, vapid: Vapid, ttl: int, pace: Pace, outside: Outside) -> None:
        super().__init__("vapid", pace, outside)
        self._vapid, self._ttl = vapid, ttl

    def url(self, message: Message) -> str:
        """The browser's push service."""
        return push_target(message.recipient).endpoint

    def post(self, message: Message) -> tuple[bytes, Mapping[str, str]]:
        """The message, encrypted for its browser."""
        target = push_target(message.recipient)
        try:
            body = encrypt(payload(message), target.p256dh, target.auth)
        except ValueError:
            raise AddressError("p256dh-no-point") from None
        parts = urlsplit(target.endpoint)
        ttl = self._ttl
        if message.expires is not None:
            left = int((message.expires - datetime.now(UTC)).total_seconds())
            ttl = max(0, min(ttl, left))
        return body, {
            "Authorization": self._vapid.authorization(f"{parts.scheme}://{parts.netloc}"),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl),
            "Topic": topic(message.key),
            "Urgency": _URGENCY.get(message.severity, "normal"),
        }

    def read(self, answer: Answer) -> Outcome | None:
        """201 with the message's own address; 404 and 410 say that the subscription is over."""
        if answer.status in {200, 201, 202}:
            where = answer.headers.get("Location")
            return Outcome(OutcomeState.ACCEPTED, self.provider, where[:300] if where else None)
        if answer.status in {404, 410}:
            return self.outcome(OutcomeState.FAILED, f"refused:{answer.status}", gone=True)
        return None


def payload(message: Message) -> bytes:
    """What the service worker shows: `tag` replaces a notification that came twice.

    A long text is cut, never the title or the address.
    """
    told: dict[str, object] = {
        "key": message.key,
        "tag": message.key,
        "thread": message.thread,
        "number": message.number,
        "severity": message.severity,
        "language": message.language,
        "title": message.subject[:200],
        "url": message.url,
    }
    room = LONGEST - len(json.dumps({**told, "body": ""}, ensure_ascii=False).encode())
    text = message.text
    while len(json.dumps(text, ensure_ascii=False).encode()) - 2 > room and text:
        over = len(json.dumps(text, ensure_ascii=False).encode()) - 2 - room
        text = text[: -max(2, over // 4 + 1)].rstrip() + "…"
        if text == "…":
            break
    return json.dumps({**told, "body": text}, ensure_ascii=False).encode()


def topic(key: str) -> str:
    """At most 32 characters of base64url (RFC 8030, 5.4)."""
    return base64url(hashlib.sha256(key.encode()).digest())[:32]
