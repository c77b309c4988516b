"""Links that stand for a right, without an account: signed, and bound to what they may do."""

from __future__ import annotations

import base64
import binascii
import hmac
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from notification.vault import Vault

_UUID = 16


class LinkTo(Enum):
    """What a link lets its holder do. None of them shows an address in full."""

    CONFIRM = b"c"
    """Enter codes for a new subscription."""
    MANAGE = b"m"
    """See and change a subscription."""
    LEAVE = b"l"
    """End a contact point (RFC 8058)."""
    LEAVE_ALL = b"a"
    """End a subscription."""


def make_link(vault: Vault, to: LinkTo, about: UUID) -> str:
    """A token of 44 characters for an address."""
    message = to.value + about.bytes
    return base64.urlsafe_b64encode(message + vault.sign_link(message)).decode()


def read_link(vault: Vault, token: str, *allowed: LinkTo) -> tuple[LinkTo, UUID] | None:
    """What a token stands for; None if we did not make it, or not for this."""
    try:
        raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    message, mac = raw[: 1 + _UUID], raw[1 + _UUID :]
    if len(message) != 1 + _UUID or not hmac.compare_digest(mac, vault.sign_link(message)):
        return None
    to = next((one for one in allowed if one.value == message[:1]), None)
    return None if to is None else (to, UUID(bytes=message[1:]))


def leave_address(vault: Vault, site: str, contact_point_id: UUID) -> str:
    """The address that ends a contact point by one click or one POST, for the end of a message and List-Unsubscribe."""
    return f"{site}/subscribe/leave/{make_link(vault, LinkTo.LEAVE, contact_point_id)}"
