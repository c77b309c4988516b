"""Addresses as the vault opens them, read strictly: what is none is refused before anybody is asked."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from notification.channels.port import Address

_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL: Final = re.compile(
    r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,64}@[^\s@<>\"(),:;\\\[\]_\x00-\x1f]{1,253}"
)
_ARN: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:endpoint/[A-Za-z0-9_./-]{1,256}")
_LONGEST: Final = 4096


class AddressError(ValueError):
    """It is no address of this channel; `reason` says why, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PushTarget:
    """A browser's subscription (W3C Push API), and the device's SNS endpoint if it has one."""

    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    arn: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HookTarget:
    """A partner's address, the secret that signs what we post there, and where to go when it does not answer."""

    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    second: str | None = field(default=None, repr=False)


def phone(address: Address) -> str:
    """An E.164 number."""
    if not _PHONE.fullmatch(address.value):
        raise AddressError("not-e164")
    return address.value


def email(address: Address) -> str:
    """`name@domain`, nothing around it."""
    local, _, domain = address.value.rpartition("@")
    wrong = local.startswith(".") or local.endswith(".") or ".." in address.value
    if wrong or domain.startswith(("-", ".")) or not _EMAIL.fullmatch(address.value):
        raise AddressError("not-an-email-address")
    return address.value


def push_target(address: Address) -> PushTarget:
    """A PushSubscription with keys of the right lengths."""
    found = _json(address)
    keys: Any = found.get("keys")
    if not isinstance(keys, dict):
        raise AddressError("no-keys")
    named: dict[str, Any] = {str(name): value for name, value in keys.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    p256dh, auth = _base64url(named.get("p256dh")), _base64url(named.get("auth"))
    if len(p256dh) != 65 or p256dh[0] != 4:
        raise AddressError("p256dh-no-point")
    if len(auth) != 16:
        raise AddressError("auth-not-16-bytes")
    arn = found.get("arn")
    if arn is not None and not (isinstance(arn, str) and _ARN.fullmatch(arn)):
        raise AddressError("not-an-endpoint-arn")
    return PushTarget(_text(found, "endpoint"), p256dh, auth, arn)


def hook_target(address: Address) -> HookTarget:
    """A partner's web hook; whether its address may be called is decided when it is resolved."""
    found = _json(address)
    second = _text(found, "second") if found.get("second") is not None else None
    return HookTarget(_text(found, "url"), signing_secret(_text(found, "secret")), second)


def signing_secret(text: str) -> bytes:
    """The bytes of a Standard Webhooks secret, `whsec_` and base64 of 24 to 64 bytes."""
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise AddressError("secret-not-base64") from None
    if not 24 <= len(secret) <= 64:
        raise AddressError("secret-not-24-to-64-bytes")
    return secret


def _json(address: Address) -> dict[str, Any]:
    if len(address.value) > _LONGEST:
        raise AddressError("too-long")
    try:
        found: Any = json.loads(address.value)
    except (ValueError, RecursionError):
        raise AddressError("not-json") from None
    if not isinstance(found, dict):
        raise AddressError("not-an-object")
    return {str(name): value for name, value in found.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise AddressError(f"no-{name}")
    return value


def _base64url(value: object) -> bytes:
    if not isinstance(value, str):
        raise AddressError("no-keys")
    try:
        return base64.b64decode(
            value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise AddressError("keys-not-base64url") from None
