"""Where this installation may send a request that somebody else chose the address of: never to its own network.

The name is resolved once, every address is judged, and the connection goes to exactly the address that was judged
(pinned), so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
PORTS = {"http": 80, "https": 443}

# Where a provider's own network begins though the address looks public: shared address space (RFC 6598), protocol
# assignments, old 6to4 relays, the translations of IPv4 into IPv6 that would carry a private address through,
# site-local IPv6, and where Azure tells a machine its secrets.
_OURS_TOO = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "fec0::/10",
    )
)


class RefusedAddressError(Exception):
    """The address is none that may be asked; says which and why."""


class UnknownNameError(RefusedAddressError):
    """The name leads nowhere now: it is mistyped, or the resolver is ill."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """Who may be asked. `loopback` allows this machine itself, for tests and demonstrations, then also by http."""

    loopback: bool = False
    https_only: bool = False
    direct: bool = False
    """Past the environment's proxy: the caller's client must not use one either."""
    resolve: Resolve | None = None
    """Instead of the system's resolver."""

    async def pin(self, url: str) -> Pinned:
        """Judge an address, and answer how to ask exactly there.

        Raises:
            RefusedAddressError: not http(s), with credentials, unresolvable, or in a network that is not public.
        """
        target = self.check(url)
        port = target.port or PORTS[target.scheme]
        if not self.direct and goes_through_proxy(target) and _literal(target.host) is None:
            # The operator's proxy resolves the name, and judges it by the operator's own rules.
            return Pinned(target, {}, {})
        addresses = await self._addresses(target.host, port)
        for address in addresses:
            self.judge(address)
        return Pinned(
            target.copy_with(host=str(addresses[0])),
            {"Host": target.netloc.decode("ascii")},
            {"sni_hostname": target.host} if target.scheme == "https" else {},
        )

    def check(self, url: str) -> httpx.URL:
        """Judge what can be judged without asking a resolver.

        Raises:
            RefusedAddressError: as `pin` does.
        """
        target = _parsed(url)
        literal = _literal(target.host)
        own = _is_local(target.host) or (literal is not None and literal.is_loopback)
        allowed = {"https"} if self.https_only and not (self.loopback and own) else set(PORTS)
        if target.scheme not in allowed or not target.host:
            raise RefusedAddressError(f"The address is not an {' or '.join(sorted(allowed))} one.")
        if target.userinfo:
            raise RefusedAddressError("The address holds a user name or a password.")
        if literal is not None:
            self.judge(literal)
        elif not self.loopback or not _is_local(target.host):
            self._judge_name(target.host)
        return target

    def judge(self, address: Address) -> None:
        """Refuse an address outside the public internet, loopback apart where it is allowed.

        Raises:
            RefusedAddressError: private, link-local (also the clouds' metadata), multicast, reserved …
        """
        plain = _unwrapped(address)
        if plain.is_loopback and self.loopback:
            return
        if (
            not plain.is_global
            or plain.is_multicast
            or plain.is_reserved
            or any(plain in net for net in _OURS_TOO if net.version == plain.version)
        ):
            raise RefusedAddressError(
                f"The address leads to {address}, which is not on the public internet."
            )

    def _judge_name(self, host: str) -> None:
        if _is_local(host) or host.endswith((".local", ".internal")):
            raise RefusedAddressError(f"The name {host[:100]!r} is not on the public internet.")

    async def _addresses(self, host: str, port: int) -> list[Address]:
        literal = _literal(host)
        if literal is not None:
            return [literal]
        try:
            texts = await (self.resolve or _system_resolve)(host, port)
        except OSError:
            raise UnknownNameError(f"The name {host[:100]!r} is not known.") from None
        found = [one for text in texts if (one := _literal(text)) is not None]
        if not found:
            raise UnknownNameError(f"The name {host[:100]!r} has no address.")
        return found


@dataclass(frozen=True, slots=True)
class Pinned:
    """How to ask an address that was judged: the same request, to the judged IP address."""

    url: httpx.URL
    headers: dict[str, str]
    extensions: dict[str, Any]


def goes_through_proxy(url: httpx.URL) -> bool:
    """Whether the environment names a proxy for this address. Loopback never goes through one."""
    host = url.host
    literal = _literal(host)
    if _is_local(host) or (literal and literal.is_loopback):
        return False
    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(host)


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddressError(f"This is no address: {error}") from None


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only wraps it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


async def _system_resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]
