"""What SNS posts to our callback: signed by a certificate of its own, for a topic of ours."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from notification.channels.callbacks.forged import ForgedError, UnreadableError
from notification.channels.metrics import CALLBACKS

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets an address of SNS; its errors are the caller's to meet."""

_HOST: Final = r"sns\.([a-z]{2}(?:-[a-z]{2,4})?-[a-z]+-[0-9])\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE: Final = re.compile(rf"https://{_HOST}/SimpleNotificationService-[0-9a-f]{{32}}\.pem")
_SUBSCRIBE: Final = re.compile(rf"https://{_HOST}/\?[\x21-\x7e]{{1,2000}}")
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_HASHES: Final[dict[str, type[hashes.SHA1 | hashes.SHA256]]] = {
    "1": hashes.SHA1,
    "2": hashes.SHA256,
}
_LONGEST: Final = 300_000
_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A verified message.

    `message_id` is the same when SNS posts again; `at` is what its time window is measured by.
    """

    kind: str
    message_id: str
    topic: str
    at: datetime
    message: str = field(repr=False)
    subscribe_url: str | None = field(default=None, repr=False)


class SnsCallbacks:
    """Certificates are fetched by `fetch` from SNS's own hosts, and kept by their address, which holds a digest."""

    def __init__(self, topics: Sequence[str], fetch: Fetch) -> None:
        self._topics, self._fetch = frozenset(topics), fetch
        self._known: OrderedDict[str, x509.Certificate] = OrderedDict()

    async def read(self, body: bytes) -> SnsMessage:
        """Verify a request's body.

        Raises:
            ForgedError: not SNS's certificate, not its signature, not our topic.
            UnreadableError: no message of SNS at all.
        """
        try:
            return await self._verified(_told(body))
        except ForgedError:
            CALLBACKS.labels("sns", "forged").inc()
            raise

    async def confirm(self, message: SnsMessage) -> None:
        """Say to SNS that we want the messages of this topic, as a SubscriptionConfirmation asks."""
        if message.kind != "SubscriptionConfirmation" or message.subscribe_url is None:
            raise UnreadableError("Nothing to confirm.")
        await self._fetch(message.subscribe_url)
        CALLBACKS.labels("sns", "confirmation").inc()

    async def _verified(self, told: dict[str, str]) -> SnsMessage:
        topic, kind = told["TopicArn"], told["Type"]
        if topic not in self._topics:
            raise ForgedError("topic")
        url = told["SigningCertURL"]
        found = _CERTIFICATE.fullmatch(url)
        if found is None or f":sns:{found[1]}:" not in topic:
            raise ForgedError("certificate-address")
        hashed = _HASHES.get(told["SignatureVersion"])
        if hashed is None:
            raise ForgedError("signature-version")
        try:
            signature = base64.b64decode(told["Signature"], validate=True)
        except (binascii.Error, ValueError):
            raise ForgedError("signature") from None
        certificate = await self._certificate(url)
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
            raise ForgedError("certificate-key")
        try:
            # SHA-1 is what SNS's version 1 signs with; topics of ours should be set to version 2.
            key.verify(signature, canonical(told), padding.PKCS1v15(), hashed())
        except InvalidSignature:
            raise ForgedError("signature") from None
        subscribe = told.get("SubscribeURL")
        if subscribe is not None and not _SUBSCRIBE.fullmatch(subscribe):
            raise ForgedError("subscribe-address")
        return SnsMessage(
            kind=kind,
            message_id=told["MessageId"],
            topic=topic,
            at=_when(told["Timestamp"]),
            message=told["Message"],
            subscribe_url=subscribe,
        )

    async def _certificate(self, url: str) -> x509.Certificate:
        known = self._known.get(url)
        if known is None:
            try:
                known = x509.load_pem_x509_certificate(await self._fetch(url))
            except ValueError:
                raise ForgedError("certificate") from None
            if not _names_sns(known):
                raise ForgedError("certificate-name")
            self._known[url] = known
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        if not known.not_valid_before_utc <= datetime.now(UTC) <= known.not_valid_after_utc:
            raise ForgedError("certificate-expired")
        return known


def canonical(told: dict[str, str]) -> bytes:
    """What SNS signs: the names and values of these fields, each on a line, in this order."""
    lines = [f"{name}\n{told[name]}\n" for name in _SIGNED[told["Type"]] if name in told]
    return "".join(lines).encode()


def _told(body: bytes) -> dict[str, str]:
    if len(body) > _LONGEST:
        raise UnreadableError("Larger than SNS sends.")
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("Not JSON.") from None
    if not isinstance(found, dict):
        raise UnreadableError("Not an object.")
    items = cast("dict[str, Any]", found).items()
    told = {name: value for name, value in items if isinstance(value, str)}
    if told.get("Type") not in _SIGNED:
        raise UnreadableError("No type of message that SNS sends.")
    needed = {"TopicArn", "SigningCertURL", "SignatureVersion", "Signature", *_SIGNED[told["Type"]]}
    if missing := sorted(needed - {"Subject"} - set(told)):
        raise UnreadableError(f"Without {missing[0]}.")
    return told


def _names_sns(certificate: x509.Certificate) -> bool:
    names = {
        str(one.value)
        for one in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    }
    try:
        more = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names |= set(more.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        pass
    return any(re.fullmatch(rf"sns\.amazonaws\.com|{_HOST}", name) for name in names)


def _when(stamp: str) -> datetime:
    try:
        told = datetime.fromisoformat(stamp)
    except ValueError:
        raise UnreadableError("Its Timestamp is none.") from None
    if told.tzinfo is None:
        raise UnreadableError("Its Timestamp has no offset.")
    return told
