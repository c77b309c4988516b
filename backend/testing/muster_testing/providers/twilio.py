"""A server that speaks the Messages resource of Twilio's API 2010-04-01, written from its public description.

Its magic numbers are Twilio's own: +15005550001 is no number, …0002 cannot be reached, …0004 has said STOP, …0009
is no mobile phone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import aiohttp

from muster_testing.providers.knobs import Fate, Got, Knobs, Record
from muster_testing.providers.web import HttpServer, Request, Response, as_json, running

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of an account that exists here only
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_MAGIC = {
    "+15005550001": (21211, "is not a valid phone number"),
    "+15005550002": (21612, "is not currently reachable using this sender"),
    "+15005550004": (21610, "has unsubscribed"),
    "+15005550009": (21614, "is not a mobile number"),
}


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """X-Twilio-Signature: the address and the sorted fields, HMAC-SHA1, base64."""
    told = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()


class TwilioServer(HttpServer):
    """One account.

    With `knobs.callbacks` it reports `sent` and `delivered` to each message's StatusCallback, at `callback_base` if
    set.
    """

    def __init__(
        self,
        knobs: Knobs | None = None,
        record: Record | None = None,
        *,
        account: str = ACCOUNT,
        token: str = TOKEN,
        callback_base: str | None = None,
    ) -> None:
        super().__init__(knobs, record)
        self.account, self.token, self.callback_base = account, token, callback_base
        secret = base64.b64encode(f"{account}:{token}".encode()).decode()
        self._authorization = f"Basic {secret}"
        self._path = f"/2010-04-01/Accounts/{account}/Messages"
        self._serial = 0
        self._by_key: dict[str, dict[str, Any]] = {}
        self.by_sid: dict[str, dict[str, Any]] = {}
        self._reports: set[asyncio.Task[None]] = set()

    async def handle(self, request: Request) -> Response | None:
        """Post a message, list them, or fetch one."""
        if request.headers.get("authorization") != self._authorization:
            return _error(401, 20003, "Authenticate")
        path, _, query = request.target.partition("?")
        if request.method == "POST" and path == f"{self._path}.json":
            return await self._post(request)
        if request.method == "GET" and path == f"{self._path}.json":
            return self._list(query)
        sid = path.removeprefix(f"{self._path}/").removesuffix(".json")
        if request.method == "GET" and sid in self.by_sid:
            return as_json(200, self.by_sid[sid])
        return _error(404, 20404, f"The requested resource {path} was not found")

    async def _post(self, request: Request) -> Response | None:
        fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        key = request.headers.get("idempotency-key")
        callback = fields.get("StatusCallback", "")
        told = key or next(iter(parse_qs(urlsplit(callback).query).get("key", [])), None)
        fate = self.illness.fate()
        if delay := self.illness.pause():
            await asyncio.sleep(delay)
        wrong = _wrong(fields)
        if fate is Fate.ERROR:
            self._got(fate, told, fields)
            return _error(503, 20503, "Service unavailable")
        if fate is Fate.LIMITED:
            self._got(fate, told, fields)
            return _error(429, 20429, "Too Many Requests", Retry_After=str(self.knobs.retry_after))
        if fate is Fate.CUT:
            self._got(fate, told, fields)
            return None
        if wrong is not None:
            self._got(Fate.REFUSED, told, fields)
            return wrong
        known = self._by_key.get(key) if key and self.knobs.honours_key else None
        if known is not None:
            self._got(Fate.AGAIN, told, fields, known["sid"])
            return None if fate is Fate.LOST else as_json(201, known)
        message = self._message(fields)
        if key and self.knobs.honours_key:
            self._by_key[key] = message
        self.by_sid[message["sid"]] = message
        self._got(fate, told, fields, message["sid"])
        if callback and self.knobs.callbacks:
            self._later(self._report(message, callback))
        return None if fate is Fate.LOST else as_json(201, message)

    def _message(self, fields: Mapping[str, str]) -> dict[str, Any]:
        self._serial += 1
        sid = f"SM{self._serial:032x}"
        body, now = fields["Body"], formatdate()
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": str(1 + len(body) // 153),
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"{self._path}/{sid}/Media.json"},
            "to": fields["To"],
            "uri": f"{self._path}/{sid}.json",
        }

    def _list(self, query: str) -> Response:
        wanted = dict(parse_qsl(query))
        size = min(1000, int(wanted.get("PageSize", "50")))
        found = [one for one in self.by_sid.values() if wanted.get("To") in {None, one["to"]}]
        return as_json(
            200,
            {"messages": found[::-1][:size], "page": 0, "page_size": size, "next_page_uri": None},
        )

    def _got(
        self, fate: Fate, key: str | None, fields: Mapping[str, str], sid: str | None = None
    ) -> None:
        to, text = fields.get("To", ""), fields.get("Body", "")
        self.record.add(Got(time.time(), fate, key, to, text, sid, dict(fields)))

    async def _report(self, message: Mapping[str, Any], callback: str) -> None:
        for status in ("sent", "delivered"):
            await asyncio.sleep(0.02)
            fields = {
                "AccountSid": self.account,
                "ApiVersion": "2010-04-01",
                "From": message["from"] or "+15555550100",
                "MessageSid": message["sid"],
                "MessageStatus": status,
                "SmsSid": message["sid"],
                "SmsStatus": status,
                "To": message["to"],
            }
            await self.call(callback, fields)

    async def say(self, webhook: str, sender: str, text: str) -> int:
        """Somebody answers by SMS: tell it to the address, signed; gives the status of the answer."""
        self._serial += 1
        sid = f"SM{self._serial:032x}"
        fields = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "Body": text,
            "From": sender,
            "MessageSid": sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": "+15555550100",
        }
        return await self.call(webhook, fields)

    async def call(self, url: str, fields: Mapping[str, str]) -> int:
        """Call back: signed for `url` as it is seen from outside, posted to `callback_base` if that is set."""
        target = url
        if self.callback_base is not None:
            parts = urlsplit(url)
            target = f"{self.callback_base}{parts.path}" + (
                f"?{parts.query}" if parts.query else ""
            )
        headers = {"X-Twilio-Signature": signature(self.token, url, fields)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(target, data=dict(fields), headers=headers) as response,
        ):
            return response.status

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def reported(self) -> None:
        """Wait until every report has been delivered."""
        while self._reports:
            await asyncio.gather(*self._reports)


@asynccontextmanager
async def twilio_server(knobs: Knobs | None = None, **more: Any) -> AsyncGenerator[TwilioServer]:
    """Twilio on loopback, in this event loop."""
    async with running(TwilioServer(knobs, **more)) as server:
        yield server


def _wrong(fields: Mapping[str, str]) -> Response | None:  # noqa: PLR0911 - a table of mistakes
    to = fields.get("To", "")
    if not to:
        return _error(400, 21604, "A 'To' phone number is required.")
    if to in _MAGIC:
        code, words = _MAGIC[to]
        return _error(400, code, f"The 'To' number {to} {words}.")
    if not _NUMBER.fullmatch(to):
        return _error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if not fields.get("From") and not fields.get("MessagingServiceSid"):
        return _error(400, 21603, "A 'From' phone number is required.")
    if not fields.get("Body"):
        return _error(400, 21602, "Message body is required.")
    if len(fields["Body"]) > 1600:
        return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    return None


def _error(status: int, code: int, message: str, **headers: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    told = {"code": code, "message": message, "more_info": more, "status": status}
    return as_json(status, told, **headers)
