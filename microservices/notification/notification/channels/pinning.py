"""Addresses that strangers give us to call.

Https only, resolved once, and called at exactly the addresses that were checked.

A name that resolves to one private address and one public is refused whole. Nothing is resolved that is plainly not
allowed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from muster_core.outbound import Outbound, RefusedAddressError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a name."""

_INNER_NAMES: Final = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".onion")
_INNER: Final = frozenset({"localhost", "metadata.packet.net"})
_LONGEST: Final = 2048


class ForbiddenAddressError(OSError):
    """We do not call there; `reason` says why in one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Policy:
    """`loopback` lets http and this machine's own addresses through, for tests; nothing else changes."""

    loopback: bool = False


def check_url(url: str, policy: Policy) -> None:
    """Refuse an address by its looks, before anything is resolved.

    Raises:
        ForbiddenAddressError: not https, with a user or a password, no host, a strange port, an inner name or address.
    """
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(" \\"):
        raise ForbiddenAddressError("malformed")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ForbiddenAddressError("malformed") from None
    if not host or "%" in host or parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError("malformed")
    here = policy.loopback and is_loopback(host)
    if parts.scheme != "https" and not (here and parts.scheme == "http"):
        raise ForbiddenAddressError("not-https")
    if port is not None and port < 1024 and port != 443:
        raise ForbiddenAddressError("port")
    if here:
        return
    name = host.rstrip(".").lower()
    if name in _INNER or name.endswith(_INNER_NAMES):
        raise ForbiddenAddressError("inner-name")
    if (literal := _literal(host)) is not None:
        check_address(literal, policy)
    elif "." not in name or name.rpartition(".")[2].isdigit() or name.startswith("0x"):
        raise ForbiddenAddressError("malformed")


def check_address(address: IPAddress, policy: Policy) -> None:
    """Refuse what is not on the public internet, as the core judges it.

    Raises:
        ForbiddenAddressError: private, link-local, multicast, reserved, a cloud's metadata, or this machine.
    """
    try:
        Outbound(loopback=policy.loopback).judge(address)
    except RefusedAddressError:
        raise ForbiddenAddressError("private-address") from None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its literal address, or is called localhost."""
    literal = _literal(host)
    return host.lower() == "localhost" or (literal is not None and literal.is_loopback)


async def resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class PinningResolver(AbstractResolver):
    """Gives aiohttp checked addresses only.

    It connects to these and asks no second time, so that a name cannot change in between.
    """

    def __init__(self, policy: Policy, ask: Resolve = resolve) -> None:
        self._policy, self._ask = policy, ask

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of the name, or none if one of them is forbidden."""
        del family
        addresses = [
            ipaddress.ip_address(one.partition("%")[0]) for one in await self._ask(host, port)
        ]
        if not addresses:
            raise OSError(f"No address for {host}.")
        for address in addresses:
            check_address(address, self._policy)
        return [_pinned(host, port, address) for address in dict.fromkeys(addresses)]

    async def close(self) -> None:
        """Holds nothing."""


def pinned_connector(
    policy: Policy, concurrency: int, *, ask: Resolve = resolve, tls: Any = True
) -> aiohttp.TCPConnector:
    """A connector that meets checked addresses only.

    Literal addresses are not resolved: `check_url` must have seen them.
    """
    return aiohttp.TCPConnector(
        resolver=PinningResolver(policy, ask), limit=concurrency, ttl_dns_cache=30, ssl=tls
    )


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _pinned(host: str, port: int, address: IPAddress) -> ResolveResult:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(
        hostname=host, host=str(address), port=port, family=family, proto=0, flags=flags
    )
