"""Addresses of strangers: what is refused by its looks, and what after resolution.

Nothing here is resolved or called.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notification.channels.pinning import (
    ForbiddenAddressError,
    PinningResolver,
    Policy,
    check_address,
    check_url,
)

SHARED = next(
    (one / "shared/data" for one in Path(__file__).parents if (one / "shared/data").is_dir()),
    Path("/nowhere"),
)
OUTSIDE = Policy()
WALLS = """
0.0.0.0 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.168.1.1 198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
2002:a00:1:: fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 2001:db8::1
"""
TRICKS = """
http://example.org/ ftp://example.org/ file:///etc/passwd gopher://example.org/ https:/// https:// https://user@example.org/
https://user:pass@example.org/ https://example.org:22/ https://example.org:25/ https://localhost/ https://LOCALHOST./x
https://printer.local/ https://metadata.google.internal/ https://router.lan/ https://a.localhost/ https://intranet/
https://127.0.0.1/ https://127.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://0177.0.0.1/ https://[::1]/
https://[::ffff:127.0.0.1]/ https://[fe80::1%25eth0]/ https://169.254.169.254/latest/meta-data https://10.0.0.1:8443/
https://example.org\\@127.0.0.1/ https://127.0.0.1\\@example.org/ https://example.org:99999/ https://exa%6dple.org/
"""
INSIDE, REFUSED = WALLS.split(), TRICKS.split()


def listed() -> list[str]:
    """Our own list, and the collected ones where they are at hand."""
    found = [
        *REFUSED,
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://\u0435\u0445ample.org/",
    ]
    for path in sorted((SHARED / "security/ssrf").glob("*.txt")):
        found += [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    return found


@pytest.mark.parametrize("url", listed())
def test_an_attackers_address_is_refused_before_anything_is_resolved(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_url(url, OUTSIDE)


@pytest.mark.parametrize("url", listed())
def test_and_as_https_it_is_refused_by_its_looks_or_asked_of_the_resolver_alone(url: str) -> None:
    """The lists are of http.

    Over https each must still end at a refusal, or at a name that the resolver is asked for.
    """
    secure = "https://" + url.partition("://")[2]
    try:
        check_url(secure, OUTSIDE)
    except ForbiddenAddressError:
        return

    async def inside(host: str, port: int) -> list[str]:
        del host, port
        return ["169.254.169.254"]

    with pytest.raises(ForbiddenAddressError):
        asyncio.run(PinningResolver(OUTSIDE, inside).resolve("the name", 443))


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_within_walls_is_called_however_it_is_wrapped(address: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_address(ip_address(address), OUTSIDE)


@pytest.mark.parametrize("url", ["https://example.org/hook", "https://example.org:8443/a?b=c"])
def test_an_ordinary_address_is_called(url: str) -> None:
    check_url(url, OUTSIDE)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_called(address: str) -> None:
    check_address(ip_address(address), OUTSIDE)


def test_loopback_by_setting_opens_loopback_and_nothing_else() -> None:
    testing = Policy(loopback=True)

    check_url("http://127.0.0.1:8080/", testing)
    check_url("http://[::1]:8080/", testing)
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://example.org/"):
        with pytest.raises(ForbiddenAddressError):
            check_url(url, testing)


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    async def mixed(host: str, port: int) -> list[str]:
        del host, port
        return ["93.184.215.14", "10.0.0.5"]

    with pytest.raises(ForbiddenAddressError):
        await PinningResolver(OUTSIDE, mixed).resolve("partner.example", 443)


async def test_the_resolver_gives_literal_addresses_so_that_nobody_asks_again() -> None:
    async def public(host: str, port: int) -> list[str]:
        del host, port
        return ["93.184.215.14", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]

    found = await PinningResolver(OUTSIDE, public).resolve("partner.example", 443)

    assert [one["host"] for one in found] == [
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    ]
    assert all(one["flags"] & socket.AI_NUMERICHOST for one in found)


@given(st.text(max_size=60))
def test_no_text_makes_the_check_stumble(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/"):
        with contextlib.suppress(ForbiddenAddressError):
            check_url(url, OUTSIDE)
