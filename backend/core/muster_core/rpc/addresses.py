"""Addresses as gRPC writes them, and which of them may be used without certificates."""

from __future__ import annotations

import ipaddress

from muster_core.errors import SettingError


def is_socket(address: str) -> bool:
    """A unix socket: whoever may open it is one of our processes."""
    return address.startswith(("unix:", "unix-abstract:"))


def is_several(address: str) -> bool:
    """Whether several replicas may stand behind an address."""
    return "," in address or address.startswith("dns:")


def may_be_plain(address: str) -> bool:
    """Whether nobody outside this machine can listen in: a unix socket, or loopback alone."""
    return is_socket(address) or all(_is_loopback(host) for host in _hosts(address))


def refuse_plain(address: str, setting: str) -> None:
    """Refuse an address that would be used without certificates.

    Raises:
        SettingError: names the setting that is missing.
    """
    if not may_be_plain(address):
        raise SettingError(
            "rpc_certificate_file",
            f"is not set, and MUSTER_{setting.upper()} says {address!r}: beyond this machine services speak"
            " mutual TLS only (`muster certificates make FOLDER` makes the files)",
        )


def _hosts(address: str) -> list[str]:
    for scheme in ("ipv4:", "ipv6:", "dns:///", "dns://", "dns:"):
        if address.startswith(scheme):
            address = address[len(scheme) :]
            break
    return [part.rpartition(":")[0].strip("[]") for part in address.split(",")]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
