"""SMS by Twilio: one form posted per message, in the wire format of its Messages resource (API 2010-04-01)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

import msgspec

from notification.channels.addresses import AddressError, phone
from notification.channels.client import Answer, Silence, retry_after
from notification.channels.lean import LeanClient
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.sender import Pace, Sender

LONGEST: Final = 1600
"""Characters that Twilio takes in one message."""
LONGEST_QUEUED: Final = 36_000
_GONE: Final = frozenset({21211, 21214, 21217, 21610, 21614})
"""No such number, no mobile phone, or its owner said STOP."""
_OURS: Final = frozenset(
    {20003, 20005, 20008, 20404, 21603, 21606, 21607, 21608, 21659, 21660, 21701, 21703}
)
"""Wrong with our account, sender or service, and so with every message: the second choice may do better."""
_ELSEWHERE: Final = frozenset({21408, 21612})
"""This country or carrier is not reached from here; another provider may reach it."""
_MAYBE: Final = frozenset({502, 504})
"""A gateway lost the answer of what stands behind it: it may have been accepted."""


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose account, and who sends: a number (`+1…`) or a messaging service (`MG…`)."""

    url: str
    sid: str
    token: str = field(repr=False)
    sender: str
    callback: str = ""
    honours_key: bool = False


class TwilioSms(Sender):
    """Posts what the official library would post; that library reaches 60 % of a bare client (decision 0080)."""

    name = ChannelName.SMS
    keeps_time = True

    def __init__(self, account: TwilioAccount, pace: Pace, provider: str = "twilio") -> None:
        super().__init__(provider, pace)
        self.honours_key = account.honours_key
        self._account = account
        self._client = LeanClient(pace.seconds)
        base = account.url.rstrip("/")
        self.url = f"{base}/2010-04-01/Accounts/{quote(account.sid)}/Messages.json"
        secret = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        self._headers = {
            "Authorization": f"Basic {secret}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "Muster/0.1 (emergency management)",
        }

    async def attempt(self, message: Message) -> Outcome:
        """Post one message."""
        try:
            body = self.body(message)
        except AddressError as error:
            return self.outcome(OutcomeState.FAILED, f"bad-address:{error.reason}", gone=True)
        if len(message.text) > LONGEST:
            return self.outcome(OutcomeState.FAILED, "too-long")
        headers = self._headers
        if self.honours_key:
            headers = {**headers, "Idempotency-Key": message.key}
        answer = await self._client.post(self.url, body.encode(), headers)
        match answer:
            case Silence(reason, sent):
                return self.unsure(reason) if sent else self.outcome(OutcomeState.RETRY, reason)
            case Answer():
                return self._read(answer)

    def form(self, message: Message) -> list[tuple[str, str]]:
        """The fields of a message. Twilio drops one that it still holds when the alert expires."""
        by = "MessagingServiceSid" if self._account.sender.startswith("MG") else "From"
        fields = [
            ("To", phone(message.recipient)),
            (by, self._account.sender),
            ("Body", message.text),
        ]
        if message.expires is not None:
            left = int((message.expires - datetime.now(UTC)).total_seconds())
            fields.append(("ValidityPeriod", str(max(1, min(LONGEST_QUEUED, left)))))
        if self._account.callback:
            key = quote(message.key, safe="")
            fields.append(("StatusCallback", f"{self._account.callback}?key={key}"))
        return fields

    def body(self, message: Message) -> str:
        """The fields as a form. A broadcast is one text to thousands, so that it is quoted once."""
        quoted = {"Body": _quoted, "From": _quoted, "MessagingServiceSid": _quoted}
        return "&".join(
            [f"{name}={quoted.get(name, quote_plus)(value)}" for name, value in self.form(message)]
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _read(self, answer: Answer) -> Outcome:  # noqa: PLR0911 - a table of answers
        found = _told(answer.body)
        if answer.status in {200, 201}:
            if found.status in {"failed", "undelivered", "canceled"}:
                return self.outcome(OutcomeState.FAILED, f"refused:{found.error_code}")
            return Outcome(OutcomeState.ACCEPTED, self.provider, found.sid)
        code = found.code
        said = f":{code or answer.status}"
        if answer.status == 429:
            wait = retry_after(answer.headers)
            return self.outcome(OutcomeState.RETRY, f"rate-limited{said}", retry_after=wait)
        if answer.status in _MAYBE:
            return self.unsure(f"provider-error{said}")
        if answer.status >= 500:
            wait = retry_after(answer.headers)
            return self.outcome(OutcomeState.RETRY, f"provider-error{said}", retry_after=wait)
        if answer.status in {401, 403, 404} or code in _OURS:
            return self.outcome(OutcomeState.RETRY, f"refused-us{said}", retry_after=60)
        if code in _ELSEWHERE:
            return self.outcome(OutcomeState.RETRY, f"not-from-here{said}", retry_after=300)
        return self.outcome(OutcomeState.FAILED, f"refused{said}", gone=code in _GONE)


class _Told(msgspec.Struct):
    """What we read of Twilio's answers: a message, or an error."""

    sid: str | None = None
    status: str | int | None = None
    error_code: int | None = None
    code: int | None = None


_decoder = msgspec.json.Decoder(_Told)
_quoted = lru_cache(maxsize=256)(quote_plus)


def _told(body: bytes) -> _Told:
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _Told()
