"""Rate limits: a token bucket for each account and for each address, shared by every process through the cache.

A process takes tokens in small handfuls, so most requests ask nobody; while the cache is away each process counts by
itself, so that limits grow with the number of processes and never vanish. Behind a proxy the address is the one that
the proxy saw, if the proxy is trusted (MUSTER_TRUSTED_PROXIES).
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muster_core.auth import API_KEY_PREFIX
from muster_core.errors import SettingError, TooManyRequestsError
from muster_core.http.edge import WORK
from muster_core.http.problems import problem_response
from muster_core.metrics import LIMITED
from muster_core.ports.cache import Bucket, MemoryCache, Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from muster_core.runtime import Runtime
    from muster_core.settings import Settings

_HANDFUL = 20
_HANDFUL_SECONDS = 1.0
_REMEMBERED = 20_000
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(slots=True)
class _Purse:
    """Tokens of a bucket that this process has taken and not yet spent, or that there were none."""

    tokens: int
    until: float
    taken: Taken
    empty_until: float = 0.0


class Limits:
    """ASGI middleware between the edge and the application; the API and the public pages are limited."""

    def __init__(self, app: ASGIApp, *, runtime: Runtime) -> None:
        """Rates and bursts come from the settings; a rate of 0 is no limit.

        Raises:
            SettingError: MUSTER_TRUSTED_PROXIES is not a list of networks.
        """
        self._app, self._runtime = app, runtime
        self._trusted = trusted_networks(runtime.settings)
        self._alone = MemoryCache(_REMEMBERED)
        self._purses: OrderedDict[str, _Purse] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it with 429."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        address = self._address(scope, headers)
        if not str(scope["path"]).startswith(WORK):
            await self._app(scope, receive, send)
            return
        buckets = self._buckets(network_of(address), headers)
        purses = await self._spend(buckets)
        refused = next((i for i, purse in enumerate(purses) if purse.tokens < 0), None)
        shown = _shown(buckets, purses, refused)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", []).extend(shown)
            await send(message)

        if refused is None:
            await self._app(scope, receive, answer)
            return
        kind = buckets[refused].key.split(":")[1]
        LIMITED.labels(kind).inc()
        wait = max(1, math.ceil(purses[refused].empty_until - time.monotonic()))
        error = TooManyRequestsError(
            f"Too many requests from this {_SAID[kind]}. Wait {wait} s, then go on.",
            retry_after=wait,
        )
        await problem_response(error)(scope, receive, answer)

    def _address(self, scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """Who sent the request: the last address that no trusted proxy of ours has; the application sees it too."""
        client = scope.get("client")
        address = str(client[0]) if client else "unknown"
        if not self._trusted or not self._is_trusted(address):
            return address
        values = [value for name, value in headers if name == b"x-forwarded-for"]
        passed = b",".join(values).decode("latin-1").split(",") if values else []
        while passed and self._is_trusted(address):
            found = passed.pop().strip()
            try:
                address = str(ipaddress.ip_address(found))
            except ValueError:
                break
        scope["client"] = (address, 0)
        return address

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(parsed, "ipv4_mapped", None)
        return any((mapped or parsed) in network for network in self._trusted)

    def _buckets(self, network: str, headers: Sequence[tuple[bytes, bytes]]) -> list[Bucket]:
        settings = self._runtime.settings
        given = next((value for name, value in headers if name == b"authorization"), b"")
        token = given[7:].decode("latin-1").strip() if given[:7].lower() == b"bearer " else ""
        buckets: list[Bucket] = []
        if not token and settings.limit_anonymous_rate:
            rate, burst = settings.limit_anonymous_rate, settings.limit_anonymous_burst
            buckets.append(Bucket(f"limit:stranger:{network}", rate, burst))
        if settings.limit_address_rate:
            rate, burst = settings.limit_address_rate, settings.limit_address_burst
            buckets.append(Bucket(f"limit:address:{network}", rate, burst))
        account = self._account(token)
        if account and settings.limit_account_rate:
            rate, burst = settings.limit_account_rate, settings.limit_account_burst
            buckets.append(Bucket(f"limit:account:{account}", rate, burst))
        return buckets

    def _account(self, token: str) -> str:
        """Whose bucket it is. A token not verified yet has none: nobody empties another's bucket with a made-up one."""
        if token.startswith(API_KEY_PREFIX):
            return hashlib.sha256(token.encode()).hexdigest()
        actor = self._runtime.tokens.known(token) if token else None
        return str(actor.id) if actor else ""

    async def _spend(self, buckets: Sequence[Bucket]) -> list[_Purse]:
        """One token of each; a purse with less than none says no.

        What is there is spent before the cache is asked for the rest: while that waits, others spend too.
        """
        now = time.monotonic()
        missing = [bucket for bucket in buckets if not self._has(bucket, now)]
        spent = [bucket for bucket in buckets if bucket not in missing and self._pay(bucket)]
        if missing:
            await self._fill(missing)
            spent += [bucket for bucket in missing if self._pay(bucket)]
        purses = [self._purses[bucket.key] for bucket in buckets]
        if len(spent) == len(buckets):
            return purses
        for bucket in spent:
            self._purses[bucket.key].tokens += 1
        return [
            purse if bucket in spent else _Purse(-1, purse.until, purse.taken, purse.empty_until)
            for bucket, purse in zip(buckets, purses, strict=True)
        ]

    async def _fill(self, missing: Sequence[Bucket]) -> None:
        count = max(1, min(_HANDFUL, *(bucket.burst // 50 for bucket in missing)))
        taken = await self._runtime.cache.take(missing, count)
        if taken is None:
            # The same tokens again for as long as the cache is away: by this process alone.
            taken = await self._alone.take(missing, count) or []
        now = time.monotonic()
        for bucket, found in zip(missing, taken, strict=True):
            purse = self._purses.get(bucket.key)
            kept = purse.tokens if purse and purse.until > now and purse.tokens > 0 else 0
            empty_until = now + found.next_in if not kept + found.given else 0.0
            self._purses[bucket.key] = _Purse(
                kept + found.given, now + _HANDFUL_SECONDS, found, empty_until
            )
            self._purses.move_to_end(bucket.key)
        while len(self._purses) > _REMEMBERED:
            self._purses.popitem(last=False)

    def _pay(self, bucket: Bucket) -> bool:
        purse = self._purses[bucket.key]
        if purse.tokens <= 0:
            return False
        purse.tokens -= 1
        return True

    def _has(self, bucket: Bucket, now: float) -> bool:
        purse = self._purses.get(bucket.key)
        if purse is None:
            return False
        return (purse.tokens > 0 and purse.until > now) or purse.empty_until > now


_SAID = {"stranger": "address without signing in", "address": "address", "account": "account"}


def _shown(
    buckets: Sequence[Bucket], purses: Sequence[_Purse], refused: int | None
) -> list[tuple[bytes, bytes]]:
    """The RateLimit-* headers of the bucket that is nearest to its end (draft-ietf-httpapi-ratelimit-headers)."""
    if not buckets:
        return []

    def remaining(place: int) -> int:
        return max(0, purses[place].tokens) + purses[place].taken.left

    if refused is None:
        refused = min(
            range(len(buckets)), key=lambda place: remaining(place) / buckets[place].burst
        )
    bucket = buckets[refused]
    reset = math.ceil((bucket.burst - min(bucket.burst, remaining(refused))) / bucket.rate)
    window = max(1, math.ceil(bucket.burst / bucket.rate))
    return [
        (b"ratelimit-limit", str(bucket.burst).encode()),
        (b"ratelimit-remaining", str(remaining(refused)).encode()),
        (b"ratelimit-reset", str(reset).encode()),
        (b"ratelimit-policy", f"{bucket.burst};w={window}".encode()),
    ]


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that an IPv6 subscriber has whole."""
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


def trusted_networks(settings: Settings) -> list[Network]:
    """The proxies whose X-Forwarded-For is believed.

    Raises:
        SettingError: one of them is not an address or a network.
    """
    try:
        return [
            ipaddress.ip_network(part.strip())
            for part in settings.trusted_proxies.split(",")
            if part.strip()
        ]
    except ValueError as error:
        raise SettingError("trusted_proxies", f"is no list of networks: {error}") from error
