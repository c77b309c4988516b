"""Who asks is slowed down; whether an address is known is told to nobody."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from notification.domain.subscribers import (
    ASKING_WINDOW,
    ASKINGS_PER_NETWORK,
    CODES_PER_ADDRESS,
)
from notification.repository.subscribers import SubscriberRepository
from notification.service.problems import TooManyAskingsError

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.vault import Vault


async def count_network(session: AsyncSession, vault: Vault, address: str) -> None:
    """Count one asking of whoever is at this network address.

    Raises:
        TooManyAskingsError: its budget of the hour is spent.
    """
    repository = SubscriberRepository(session)
    subject = vault.subject("network", network_of(address))
    await repository.lock(subject)
    if await repository.asked(subject, ASKING_WINDOW) >= ASKINGS_PER_NETWORK:
        raise TooManyAskingsError(
            "Too much was asked for from this network. Try again in an hour.",
            retry_after=int(ASKING_WINDOW.total_seconds()),
        )
    repository.record_asking(subject)


async def may_send_code(session: AsyncSession, vault: Vault, address_index: UUID) -> bool:
    """Whether this address gets another code within the hour; counts it if so.

    Whoever asks is not told: the answer would say whose address it is, and ring a phone that is not theirs.
    """
    repository = SubscriberRepository(session)
    subject = address_subject(vault, address_index)
    await repository.lock(subject)
    if await repository.asked(subject, ASKING_WINDOW) >= CODES_PER_ADDRESS:
        return False
    repository.record_asking(subject)
    return True


def address_subject(vault: Vault, address_index: UUID) -> bytes:
    """What stands for an address where it is locked and where its askings are counted."""
    return vault.subject("address", address_index.hex)


def network_of(address: str) -> str:
    """What counts as one asker: an IPv4 address, or an IPv6 /64 network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))
    return str(parsed)
