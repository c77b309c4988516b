"""A partner's web hook on loopback: it verifies Standard Webhooks signatures and drops an id that it has."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from muster_testing.providers.knobs import Fate, Got, Knobs, Record
from muster_testing.providers.web import HttpServer, Request, Response, running

_TOLERANCE = 300
SECRET = "whsec_" + base64.b64encode(b"a secret of a test that is long enough").decode()


class HookServer(HttpServer):
    """Any path. `answer_with` answers everything so instead, for redirects and worse."""

    def __init__(
        self, knobs: Knobs | None = None, record: Record | None = None, *, secret: str = SECRET
    ) -> None:
        super().__init__(knobs, record)
        self.secret = secret
        self.seen: set[str] = set()
        self.answer_with: Response | None = None

    def target(self, path: str = "/hook", **more: str) -> str:
        """The address as the vault keeps it."""
        return json.dumps({"url": f"{self.url}{path}", "secret": self.secret, **more})

    async def handle(self, request: Request) -> Response | None:
        """One message."""
        key = request.headers.get("webhook-id", "")
        fate = self.illness.fate()
        if delay := self.illness.pause():
            await asyncio.sleep(delay)
        if self.answer_with is not None:
            self._got(Fate.REFUSED, key, request)
            return self.answer_with
        if fate is Fate.ERROR:
            self._got(fate, key, request)
            return Response(503)
        if fate is Fate.LIMITED:
            self._got(fate, key, request)
            return Response(429, headers={"Retry-After": str(self.knobs.retry_after)})
        if fate is Fate.CUT:
            self._got(fate, key, request)
            return None
        if not self._signed(request):
            self._got(Fate.REFUSED, key, request)
            return Response(401)
        self._got(Fate.AGAIN if key in self.seen else fate, key, request)
        self.seen.add(key)
        return None if fate is Fate.LOST else Response(204)

    def _signed(self, request: Request) -> bool:
        key, at = (
            request.headers.get("webhook-id", ""),
            request.headers.get("webhook-timestamp", ""),
        )
        if not at.isdigit() or abs(time.time() - int(at)) > _TOLERANCE:
            return False
        secret = base64.b64decode(self.secret.removeprefix("whsec_"))
        told = f"{key}.{at}.".encode() + request.body
        wanted = base64.b64encode(hmac.new(secret, told, hashlib.sha256).digest()).decode()
        given = request.headers.get("webhook-signature", "").split()
        return any(hmac.compare_digest(f"v1,{wanted}", one) for one in given)

    def _got(self, fate: Fate, key: str, request: Request) -> None:
        text = request.body.decode(errors="replace")
        self.record.add(Got(time.time(), fate, key or None, request.target, text))


@asynccontextmanager
async def hook_server(
    knobs: Knobs | None = None, *, tls: ssl.SSLContext | None = None, **more: Any
) -> AsyncGenerator[HookServer]:
    """A partner on loopback, in this event loop."""
    async with running(HookServer(knobs, **more), tls=tls) as server:
        yield server


def new_secret() -> str:
    """As a partner would make one."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()
