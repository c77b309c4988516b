"""Twilio's callbacks: the status of a message of ours, or a text that somebody sent."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from notification.channels.callbacks.forged import ForgedError, UnreadableError
from notification.channels.metrics import CALLBACKS
from notification.channels.port import Address, InboundText, Receipt, ReceiptState

HEADER: Final = "X-Twilio-Signature"
_STATES: Final = {
    "accepted": ReceiptState.ACCEPTED,
    "scheduled": ReceiptState.ACCEPTED,
    "queued": ReceiptState.ACCEPTED,
    "sending": ReceiptState.ACCEPTED,
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "partially_delivered": ReceiptState.SENT,
    "read": ReceiptState.READ,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
}
_GONE: Final = frozenset({"21211", "21610", "21614", "30005", "30006"})
"""Unknown or landline numbers, and who said STOP."""


class TwilioCallbacks:
    """`url` is the callback's address exactly as Twilio sees it.

    A proxy may call us by another one, and the signature is over theirs.
    """

    def __init__(self, token: str, url: str, account: str) -> None:
        self._validator: Any = RequestValidator(token)
        self._url, self._account, self._usable = url, account, bool(token and url)

    def read(
        self, query: str, fields: Sequence[tuple[str, str]], signature: str | None
    ) -> Receipt | InboundText | None:
        """What a callback says; None for a state that means nothing to us.

        `query` is the raw one of the request, `fields` those of its form.

        Raises:
            ForgedError: Twilio did not sign it for this address, or it is of another account.
            UnreadableError: Twilio signed it, and what belongs in it is missing.
        """
        try:
            told = self._verified(query, fields, signature)
        except ForgedError:
            CALLBACKS.labels("twilio", "forged").inc()
            raise
        if told.get("MessageStatus", "received") == "received" and "Body" in told:
            CALLBACKS.labels("twilio", "text").inc()
            return _text(told)
        receipt = _receipt(told, dict(parse_qsl(query)).get("key"))
        CALLBACKS.labels("twilio", "receipt" if receipt else "ignored").inc()
        return receipt

    def _verified(
        self, query: str, fields: Sequence[tuple[str, str]], signature: str | None
    ) -> Mapping[str, str]:
        if not self._usable:
            raise ForgedError("no-token")
        if not signature or len(signature) > 100 or not signature.isascii():
            raise ForgedError("no-signature")
        several: dict[str, list[str]] = {}
        for name, value in fields:
            several.setdefault(name, []).append(value)
        url = f"{self._url}?{query}" if query else self._url
        right = [
            hmac.compare_digest(self._signature(one, several), signature) for one in _spellings(url)
        ]
        if not any(right):
            raise ForgedError("signature")
        told = {name: values[0] for name, values in several.items()}
        if told.get("AccountSid") != self._account:
            raise ForgedError("account")
        return told

    def _signature(self, url: str, several: Mapping[str, list[str]]) -> str:
        return str(self._validator.compute_signature(url, _Several(several)))


class _Several(dict[str, list[str]]):
    """Fields of which one may come twice, as the library reads them."""

    def getlist(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]


def _spellings(url: str) -> list[str]:
    """The address with and without its port, as Twilio signs either (its documentation says so)."""
    parts = urlsplit(url)
    host, _, port = parts.netloc.rpartition(":")
    if host and port.isdigit():
        return [url, parts._replace(netloc=host).geturl()]
    usual = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return [url, parts._replace(netloc=parts.netloc + usual).geturl()]


def _receipt(told: Mapping[str, str], key: str | None) -> Receipt | None:
    sid, status = told.get("MessageSid") or told.get("SmsSid"), told.get("MessageStatus", "")
    if not sid:
        raise UnreadableError("A status without MessageSid.")
    state = _STATES.get(status)
    if state is None:
        return None
    code = told.get("ErrorCode") or None
    return Receipt(
        provider="twilio",
        provider_id=sid,
        state=state,
        at=_when(told.get("RawDlrDoneDate", "")),
        reason=f"undelivered:{code or status}" if state is ReceiptState.FAILED else None,
        key=key,
        gone=code in _GONE,
    )


def _text(told: Mapping[str, str]) -> InboundText:
    sid, sender = told.get("MessageSid") or told.get("SmsSid"), told.get("From")
    if not sid or not sender:
        raise UnreadableError("A text without MessageSid or From.")
    return InboundText(
        provider="twilio",
        provider_id=sid,
        from_=Address(sender),
        to=told.get("To", ""),
        text=told["Body"][:1600],
        at=datetime.now(UTC),
        place=_place(told),
    )


def _place(told: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        latitude, longitude = float(told["Latitude"]), float(told["Longitude"])
    except (KeyError, ValueError):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _when(stamp: str) -> datetime:
    """The carrier's time (YYMMDDhhmm, UTC) if it is one and not absurd, else now."""
    now = datetime.now(UTC)
    try:
        told = datetime.strptime(stamp, "%y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return now
    return told if now - timedelta(days=3) < told <= now else now
