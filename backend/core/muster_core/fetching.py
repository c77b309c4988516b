"""Download one document over HTTP from a server that may be slow, sick or hostile."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

import httpx

from muster_core.outbound import (
    Outbound,
    Pinned,
    RefusedAddressError,
    UnknownNameError,
    goes_through_proxy,
)

USER_AGENT = "Muster/0.1 (emergency management; feed reader)"
REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEPT_EXCERPT = 2_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may cost: bytes after decompression, and seconds."""

    most_bytes: int
    connect_seconds: float
    read_seconds: float
    total_seconds: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where to ask, and the validators of the copy that is already known."""

    url: str
    accept: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A complete document within the limits; nothing is known about its content yet."""

    body: bytes = field(repr=False)
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server vouches that the known copy is still current."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable document. With `excerpt` there was one, which belongs in quarantine."""

    reason: str
    detail: str
    retry_after: float | None = None
    excerpt: bytes | None = None
    size: int = 0


class _Refused(Exception):  # noqa: N818 - control flow inside this file only
    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.detail)
        self.failed = failed


async def fetch(
    source: Source, limits: Limits, outbound: Outbound | None = None
) -> Downloaded | NotModified | Failed:
    """Ask once; whatever the other side does wrong is a `Failed`, never an exception.

    With `outbound` the address and every redirect are judged first: for addresses that are not the operator's own.
    """
    # Read once in the life of a process, from a disk that may be slow: not the other side's doing.
    await asyncio.to_thread(_certificates)
    try:
        async with asyncio.timeout(limits.total_seconds):
            return await _ask(source, limits, outbound)
    except TimeoutError:
        return Failed("too-slow", f"No complete answer within {limits.total_seconds:g} s.")
    except _Refused as refused:
        return refused.failed
    except UnknownNameError as unknown:
        return Failed("unknown-name", str(unknown))
    except RefusedAddressError as refused:
        return Failed("forbidden-address", str(refused)[:300])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        return _failure(error, limits)


def _failure(error: Exception, limits: Limits) -> Failed:
    match error:
        case httpx.ConnectTimeout():
            return Failed("unreachable", f"No connection within {limits.connect_seconds:g} s.")
        case httpx.TimeoutException():
            return Failed("too-slow", f"The server was silent for {limits.read_seconds:g} s.")
        case httpx.RemoteProtocolError():
            return Failed("broken-off", f"The answer broke off: {error}"[:300])
        case _:
            return Failed("unreachable", f"{type(error).__name__}: {error}"[:300])


async def _ask(
    source: Source, limits: Limits, outbound: Outbound | None
) -> Downloaded | NotModified | Failed:
    url = httpx.URL(source.url)
    if url.scheme not in {"http", "https"} or not url.host:
        return Failed("unreachable", "The address is not an http or https address.")
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": source.accept,
        "Accept-Encoding": "gzip",
        **({"If-None-Match": source.etag} if source.etag else {}),
        **({"If-Modified-Since": source.last_modified} if source.last_modified else {}),
    }
    timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
    # A proxy named in the environment cannot reach this machine's own loopback.
    proxied = goes_through_proxy(url)
    async with httpx.AsyncClient(
        timeout=timeout, trust_env=proxied, verify=_certificates()
    ) as client:
        for _ in range(REDIRECTS + 1):
            pinned = await outbound.pin(str(url)) if outbound else Pinned(url, {}, {})
            async with client.stream(
                "GET", pinned.url, headers=headers | pinned.headers, extensions=pinned.extensions
            ) as response:
                if response.status_code not in _REDIRECTS:
                    return await _answer(response, source, limits)
                url = _elsewhere(url, response)
    return Failed("redirected", f"More than {REDIRECTS} redirects.")


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Whom to trust, SSL_CERT_FILE and SSL_CERT_DIR included."""
    return httpx.create_ssl_context()


async def _answer(
    response: httpx.Response, source: Source, limits: Limits
) -> Downloaded | NotModified | Failed:
    if response.status_code == 304 and (source.etag or source.last_modified):
        return NotModified()
    if response.status_code != 200:
        return Failed(
            "refused",
            f"The server answered {response.status_code} {response.reason_phrase}".strip()[:200],
            retry_after=_retry_after(response),
        )
    body = await _body(response, limits.most_bytes)
    return Downloaded(body, _header(response, "ETag"), _header(response, "Last-Modified"))


async def _body(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    try:
        async for part in _decompressed(response, most):
            body += part
            if len(body) > most:
                raise _Refused(
                    Failed(
                        "too-large",
                        f"The document is larger than {most} bytes; the download was stopped.",
                        excerpt=bytes(body[:KEPT_EXCERPT]),
                        size=max(len(body), _announced_length(response)),
                    )
                )
    except zlib.error as error:
        detail = f"The compressed answer is damaged: {error}"
        raise _Refused(
            Failed("broken-off", detail, excerpt=bytes(body[:KEPT_EXCERPT]), size=len(body))
        ) from None
    except httpx.RemoteProtocolError as error:
        detail = f"The answer broke off after {len(body)} bytes: {error}"[:300]
        raise _Refused(
            Failed("broken-off", detail, excerpt=bytes(body[:KEPT_EXCERPT]), size=len(body))
        ) from None
    return bytes(body)


async def _decompressed(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """The body in parts, gzip undone in steps so small that a bomb bursts against the limit."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "identity":
        async for part in response.aiter_raw(65_536):
            yield part
        return
    if encoding not in {"gzip", "x-gzip"}:
        raise _Refused(Failed("refused", f"The answer is in the encoding {encoding[:40]!r}."))
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    step = min(most + 1, 262_144)
    async for part in response.aiter_raw(65_536):
        rest = part
        while rest:
            yield inflate.decompress(rest, step)
            rest = inflate.unconsumed_tail
    yield inflate.flush()
    if not inflate.eof:
        raise zlib.error("it ends in the middle")


def _elsewhere(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Follow a redirect on the same host only, and never from https back to http."""
    target = url.join(response.headers.get("Location", ""))
    same_port = target.port == url.port or (url.scheme, target.scheme) == ("http", "https")
    if target.host != url.host or not same_port or (url.scheme, target.scheme) == ("https", "http"):
        raise _Refused(
            Failed("redirected", f"The server sent us to {target!s:.200}; not followed.")
        )
    return target


def _header(response: httpx.Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value if value and len(value) <= 200 and value.isprintable() else None


def _announced_length(response: httpx.Response) -> int:
    value = response.headers.get("Content-Length", "")
    return min(int(value), 2**62) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
