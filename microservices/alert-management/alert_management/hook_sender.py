"""Hand one message to a partner's address, which may be slow, sick, hostile, or meant to reach inside our own network.

The name is resolved once and the connection made to that very address: a name that answers differently a moment later
gains nothing. Signed after Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx

from alert_management.errors import HookRefusedError

USER_AGENT = "Muster/0.1 (emergency alerts)"
_LONGEST_WAIT = 86_400.0
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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


def check_url(url: str, *, insecure_loopback: bool) -> httpx.URL:
    """Refuse an address that is not https, or names an address of ours.

    Raises:
        HookRefusedError: says which.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise HookRefusedError("The address cannot be read as a URL.") from error
    if not parsed.host or parsed.userinfo:
        raise HookRefusedError("Give a host, and no user name in the address.")
    literal = _literal(parsed.host)
    loopback = insecure_loopback and (
        parsed.host == "localhost" or (literal is not None and literal.is_loopback)
    )
    if parsed.scheme != "https" and not (loopback and parsed.scheme == "http"):
        raise HookRefusedError("A web hook is reached by https only.")
    if literal is not None and not loopback:
        _check_public(literal)
    return parsed


async def resolve(url: httpx.URL, *, insecure_loopback: bool) -> Address:
    """The address to connect to: the first that the name has, if all that it has are public.

    Raises:
        HookRefusedError: one of them is private, or of this machine.
        OSError: the name is unknown.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(
        url.host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )
    addresses = [ipaddress.ip_address(str(one[4][0]).split("%", 1)[0]) for one in found]
    if not addresses:
        raise HookRefusedError(f"{url.host} has no address.")
    for address in addresses:
        if not (insecure_loopback and address.is_loopback):
            _check_public(address)
    return addresses[0]


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
    insecure_loopback: bool,
) -> Outcome:
    """Send once; whatever goes wrong on the other side is an outcome, never an exception."""
    authorities = _authorities()
    began = time.monotonic()
    status, error, retry_after = None, None, None
    try:
        async with asyncio.timeout(seconds):
            status, retry_after = await _post(
                url, secret, message_id, message, insecure_loopback, authorities
            )
            if not 200 <= status < 300:
                error = f"the partner answered {status}"
    except HookRefusedError as refused:
        error = refused.detail
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
    insecure_loopback: bool,
    authorities: ssl.SSLContext,
) -> tuple[int, float | None]:
    parsed = check_url(url, insecure_loopback=insecure_loopback)
    address = await resolve(parsed, insecure_loopback=insecure_loopback)
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Host": parsed.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signed_headers(secret, message_id, body, int(time.time())),
    }
    # The certificate is checked for the name, the connection goes to the address that was judged.
    request = httpx.Request(
        "POST",
        parsed.copy_with(host=str(address)),
        headers=headers,
        content=body,
        extensions={"sni_hostname": parsed.host},
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


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _check_public(address: Address) -> None:
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in another's clothes is judged as what it is.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            _check_public(inner)
    if not address.is_global or address.is_multicast:
        raise HookRefusedError(f"{address} is no public address; web hooks leave this network.")
