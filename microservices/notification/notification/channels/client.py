"""One kept HTTP client per provider, and what its failures mean: never sent, or perhaps sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from notification.channels.pinning import ForbiddenAddressError

MOST_BYTES: Final = 1_048_576
LONGEST_WAIT: Final = 3600.0
_NOT_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, of at most 1 MB."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer. `sent` is False if the request cannot have reached the provider."""

    reason: str
    sent: bool


class Client:
    """Keeps its connections.

    Redirects are not followed, nothing is asked twice, and the environment's proxies do not count.
    """

    def __init__(
        self, concurrency: int, seconds: float, *, connector: aiohttp.BaseConnector | None = None
    ) -> None:
        self._concurrency, self._seconds, self._connector = concurrency, seconds, connector
        self._session: aiohttp.ClientSession | None = None

    async def post(  # noqa: PLR0911 - a table of failures
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        most_bytes: int = MOST_BYTES,
    ) -> Answer | Silence:
        """Ask once; what goes wrong on the way is a `Silence`."""
        try:
            async with self._open().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                found = await response.content.read(most_bytes + 1)
                while len(found) <= most_bytes and not response.content.at_eof():
                    found += await response.content.read(most_bytes + 1 - len(found))
                if len(found) > most_bytes:
                    response.close()
                    return Answer(response.status, b"", response.headers)
                return Answer(response.status, found, response.headers)
        except _NOT_SENT as error:
            inner = getattr(error, "os_error", None)
            if isinstance(inner, ForbiddenAddressError):
                return Silence(f"forbidden:{inner.reason}", sent=False)
            return Silence(f"unreachable:{type(error).__name__}", sent=False)
        except TimeoutError:
            return Silence("timed-out", sent=True)
        except aiohttp.InvalidURL:
            return Silence("bad-address", sent=False)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Silence(f"cut-off:{type(error).__name__}", sent=True)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = self._connector or aiohttp.TCPConnector(
                limit=self._concurrency, ttl_dns_cache=60
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(
                    total=self._seconds, sock_connect=min(5.0, self._seconds)
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


def retry_after(headers: Mapping[str, str], default: float = 1.0) -> float:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3), an hour at most."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return min(LONGEST_WAIT, float(value))
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return default
    return min(LONGEST_WAIT, max(0.0, seconds))
