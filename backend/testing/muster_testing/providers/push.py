"""A push service on loopback, and browsers that subscribe to it.

What arrives is decrypted by `http_ece`, a second implementation of RFC 8188.

A push is taken only with a VAPID token for this service, signed by the key that the browser subscribed with (RFC 8292).
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from muster_testing.providers.knobs import Fate, Got, Knobs, Record
from muster_testing.providers.web import HttpServer, Request, Response, as_json, running

_LONGEST_TTL = 2_419_200


@dataclass(slots=True)
class Browser:
    """One subscription: what it showed, by tag, so that a repetition replaces."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes
    server_key: str
    shown: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    gone: bool = False

    def subscription(self, **more: str) -> str:
        """As JSON, as `PushSubscription.toJSON()` gives it."""
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": base64url(point), "auth": base64url(self.auth)}
        return json.dumps({"endpoint": self.endpoint, "keys": keys, **more})

    def open(self, body: bytes) -> dict[str, Any]:
        """Decrypt a push; raises what `http_ece` raises for one that is not for us."""
        plain: bytes = http_ece.decrypt(  # pyright: ignore[reportUnknownMemberType]
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return json.loads(plain)


class PushServer(HttpServer):
    """`subscribe` makes a browser; 410 for one that is gone."""

    def __init__(self, knobs: Knobs | None = None, record: Record | None = None) -> None:
        super().__init__(knobs, record)
        self.browsers: dict[str, Browser] = {}

    def subscribe(self, server_key: str) -> Browser:
        """A browser that will believe pushes of this VAPID key (base64url)."""
        path = f"/push/{base64url(os.urandom(12))}"
        key = ec.generate_private_key(ec.SECP256R1())
        browser = Browser(f"{self.url}{path}", key, os.urandom(16), server_key)
        self.browsers[path] = browser
        return browser

    async def handle(self, request: Request) -> Response | None:  # noqa: PLR0911 - a table of fates
        """One push, or (`POST /_subscribe` with a VAPID key, for browsers of another process) a subscription."""
        if request.method == "POST" and request.target == "/_subscribe":
            browser = self.subscribe(request.body.decode())
            return as_json(201, json.loads(browser.subscription()))
        browser = self.browsers.get(request.target)
        if request.method != "POST" or browser is None:
            return Response(404)
        fate = self.illness.fate()
        if delay := self.illness.pause():
            await asyncio.sleep(delay)
        refusal = self._wrong(request, browser)
        if fate is Fate.TAKEN and refusal is not None:
            self._got(Fate.REFUSED, request, {})
            return refusal
        if fate in {Fate.TAKEN, Fate.LOST}:
            return self._take(request, browser, fate)
        self._got(fate, request, {})
        if fate is Fate.ERROR:
            return Response(503)
        if fate is Fate.LIMITED:
            return Response(429, headers={"Retry-After": str(self.knobs.retry_after)})
        return None

    def _take(self, request: Request, browser: Browser, fate: Fate) -> Response | None:
        told = browser.open(request.body)
        known = told["tag"] in browser.shown
        browser.shown[told["tag"]] = told
        self._got(Fate.AGAIN if known else fate, request, told)
        if fate is Fate.LOST:
            return None
        return Response(201, headers={"Location": f"{self.url}/message/{len(self.record.all)}"})

    def _got(self, fate: Fate, request: Request, told: dict[str, Any]) -> None:
        key, text = told.get("key"), str(told.get("body", ""))
        names = ("ttl", "topic", "urgency")
        more = {name: request.headers.get(name) for name in names}
        self.record.add(Got(time.time(), fate, key, request.target, text, None, {**more, **told}))

    def _wrong(self, request: Request, browser: Browser) -> Response | None:
        ttl = request.headers.get("ttl", "")
        if browser.gone:
            return Response(410)
        if not ttl.isdigit() or int(ttl) > _LONGEST_TTL:
            return as_json(400, {"message": "TTL header missing or invalid"})
        if request.headers.get("content-encoding") != "aes128gcm" or len(request.body) > 4096:
            return as_json(413 if len(request.body) > 4096 else 400, {"message": "content"})
        if len(request.headers.get("topic", "")) > 32:
            return as_json(400, {"message": "topic"})
        audience = self.url
        if not vapid_holds(request.headers.get("authorization", ""), audience, browser.server_key):
            return as_json(403, {"message": "VAPID"})
        return None


def vapid_holds(authorization: str, audience: str, server_key: str) -> bool:
    """Whether the token is for us, in time, and by the key that the browser knows."""
    scheme, _, rest = authorization.partition(" ")
    named = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    token, key = named.get("t", ""), named.get("k", "")
    if scheme != "vapid" or token.count(".") != 2 or key != server_key:
        return False
    told, _, signed = token.rpartition(".")
    head, claims = (json.loads(_decoded(part)) for part in told.split("."))
    raw = _decoded(signed)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(key))
    try:
        public.verify(encode_dss_signature(r, s), told.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    in_time = time.time() < claims["exp"] <= time.time() + 86_400
    return head["alg"] == "ES256" and claims["aud"] == audience and "sub" in claims and in_time


@asynccontextmanager
async def push_server(knobs: Knobs | None = None, **more: Any) -> AsyncGenerator[PushServer]:
    """A push service on loopback, in this event loop."""
    async with running(PushServer(knobs, **more)) as server:
        yield server


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
