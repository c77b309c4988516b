"""Hand one message to a partner's address, which may be slow, sick, hostile, or meant to reach inside our own network.

Where it goes is judged by `muster_core.outbound`. Signed after Standard Webhooks: `webhook-id`, `webhook-timestamp`,
`webhook-signature`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from alert_management.errors import HookRefusedError
from muster_core.outbound import Outbound, RefusedAddressError

USER_AGENT = "Muster/0.1 (emergency alerts)"
_LONGEST_WAIT = 86_400.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: the partner's status, or why there was none."""

    status: int | None
    error: str | None
    milliseconds: int
    retry_after: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the partner has it."""
        return self.status is not None and 200 <= self.status < 300


@lru_cache(maxsize=1)
def _authorities() -> ssl.SSLContext:
    """Whom certificates are believed from; read once, which takes longer than many a message."""
    return httpx.create_ssl_context(trust_env=False)


def partners(*, insecure_loopback: bool) -> Outbound:
    """Where partners may be: reached by https and not on our own network, this machine apart if the setting says so."""
    return Outbound(https_only=True, direct=True, loopback=insecure_loopback)


def check_url(url: str, *, insecure_loopback: bool) -> None:
    """Refuse an address that is not https, or names an address of ours. A name is resolved at each message.

    Raises:
        HookRefusedError: says which.
    """
    try:
        partners(insecure_loopback=insecure_loopback).check(url)
    except RefusedAddressError as refused:
        raise HookRefusedError(str(refused)) from refused


def signed_headers(secret: bytes, message_id: str, body: bytes, now: int) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    text = f"{message_id}.{now}.".encode() + body
    mac = hmac.new(secret, text, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


async def hand_over(
    url: str,
    secret: bytes,
    message_id: str,
    message: dict[str, Any],
    *,
    seconds: float,
    outbound: Outbound,
) -> Outcome:
    """Send once; whatever goes wrong on the other side is an outcome, never an exception."""
    authorities = _authorities()
    began = time.monotonic()
    status, error, retry_after = None, None, None
    try:
        async with asyncio.timeout(seconds):
            status, retry_after = await _post(
                url, secret, message_id, message, outbound, authorities
            )
            if not 200 <= status < 300:
                error = f"the partner answered {status}"
    except RefusedAddressError as refused:
        error = str(refused)
    except TimeoutError:
        error = f"no answer within {seconds:g} s"
    except (httpx.HTTPError, OSError, ValueError) as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
    return Outcome(status, error, round((time.monotonic() - began) * 1000), retry_after)


async def _post(
    url: str,
    secret: bytes,
    message_id: str,
    message: dict[str, Any],
    outbound: Outbound,
    authorities: ssl.SSLContext,
) -> tuple[int, float | None]:
    pinned = await outbound.pin(url)
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        **pinned.headers,
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signed_headers(secret, message_id, body, int(time.time())),
    }
    request = httpx.Request(
        "POST", pinned.url, headers=headers, content=body, extensions=pinned.extensions
    )
    async with httpx.AsyncClient(
        trust_env=False, follow_redirects=False, verify=authorities
    ) as client:
        response = await client.send(request, stream=True)
        try:
            return response.status_code, _retry_after(response)
        finally:
            await response.aclose()


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return min(float(value), _LONGEST_WAIT)
    return None
