from __future__ import annotations

import pytest

from muster_core.outbound import Outbound, RefusedAddressError


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a proxy of the operator's, names are resolved here."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def answering(*addresses: str) -> Outbound:
    async def resolve(_host: str, _port: int) -> list[str]:
        return list(addresses)

    return Outbound(resolve=resolve)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
async def test_a_name_that_leads_into_our_own_network_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError, match="not on the public internet"):
        await answering(address).pin("https://alerts.example.org/feed")


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(RefusedAddressError):
        await answering("93.184.216.34", "10.0.0.1").pin("https://alerts.example.org/feed")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://",
        "http://user:word@example.org/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "not an address",
    ],
)
async def test_what_is_no_public_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        await Outbound().pin(url)


async def test_a_public_address_is_pinned_and_keeps_its_name() -> None:
    pinned = await answering("93.184.216.34").pin("https://alerts.example.org:8443/feed?a=1")
    assert str(pinned.url) == "https://93.184.216.34:8443/feed?a=1"
    assert pinned.headers == {"Host": "alerts.example.org:8443"}
    assert pinned.extensions == {"sni_hostname": "alerts.example.org"}


async def test_only_https_where_only_https_is_allowed() -> None:
    with pytest.raises(RefusedAddressError, match="https"):
        await Outbound(https_only=True).pin("http://example.org/")


async def test_this_machine_is_asked_by_http_too_where_it_may_be_asked_at_all() -> None:
    outbound = Outbound(https_only=True, loopback=True)
    assert (await outbound.pin("http://127.0.0.1:8080/hook")).url.host == "127.0.0.1"
    with pytest.raises(RefusedAddressError, match="https"):
        await outbound.pin("http://example.org/")
    with pytest.raises(RefusedAddressError, match="https"):
        await Outbound(https_only=True).pin("http://localhost:8080/hook")


async def test_behind_the_operators_proxy_the_proxy_resolves_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    pinned = await Outbound().pin("https://alerts.example.org/feed")
    assert pinned.url.host == "alerts.example.org"
    for inside in ("https://metadata.google.internal/", "https://169.254.169.254/latest"):
        with pytest.raises(RefusedAddressError):
            await Outbound().pin(inside)
