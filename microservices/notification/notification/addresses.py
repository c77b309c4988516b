"""Addresses as they are stored: checked, in one form each, so that equal addresses have equal blind indexes."""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import Any, cast
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from notification.channels import addresses as rules
from notification.channels.port import Address
from notification.domain.subscribers import ChannelKind

LONGEST = 4_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class AddressError(ValueError):
    """It is no address of this channel; says why, without repeating it."""


def canonical(channel: ChannelKind, text: str, region: str | None = None) -> str:
    """An address in the form its channel takes.

    `region` (ISO 3166) is where a phone number without a country code is read; None: it must have one. A web hook's
    host is not asked for here: `muster_core.outbound` judges that.

    Raises:
        AddressError: it is none.
    """
    said = text.strip()
    if not said or len(said) > LONGEST or _CONTROL.search(said):
        raise AddressError("is empty, too long, or has control characters")
    match channel:
        case ChannelKind.SMS:
            return _phone(said, region)
        case ChannelKind.EMAIL:
            return _email(said)
        case ChannelKind.WEB_PUSH:
            return _web_push(said)
        case ChannelKind.WEBHOOK:
            return _web_hook(said)


def identity_of(channel: ChannelKind, address: str) -> str:
    """What of a canonical address makes it this one and no other: what the blind index is made of."""
    if channel is ChannelKind.WEB_PUSH:
        return str(json.loads(address)["endpoint"])
    if channel is ChannelKind.WEBHOOK:
        return str(json.loads(address)["url"])
    return address.casefold()


def mask(channel: ChannelKind, address: str) -> str:
    """Enough to recognize one's own address by, and no more."""
    match channel:
        case ChannelKind.SMS:
            return f"{address[:3]}•••{address[-2:]}"
        case ChannelKind.EMAIL:
            local, _, domain = address.rpartition("@")
            return f"{local[:1]}•••@{domain[:1]}•••.{domain.rpartition('.')[2]}"
        case ChannelKind.WEB_PUSH:
            return f"browser ({urlsplit(identity_of(channel, address)).hostname})"
        case ChannelKind.WEBHOOK:
            return f"https://{urlsplit(identity_of(channel, address)).hostname}/•••"


def _phone(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        hint = "" if region else "; write it with its country code, such as +1 415 555 0123"
        raise AddressError(f"is not a phone number{hint}") from error
    if not phonenumbers.is_possible_number(number) or not phonenumbers.is_valid_number(number):
        raise AddressError("is not a phone number that exists in its country's numbering plan")
    if number.extension:
        raise AddressError("has an extension, which no text message reaches")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        # The library's own words may repeat the address.
        raise AddressError("is not an e-mail address") from error
    try:
        return rules.email(Address(found.normalized))
    except rules.AddressError as error:
        raise AddressError("is not an e-mail address that is sent to") from error


def _web_push(text: str) -> str:
    """A browser's PushSubscription (and the device's SNS endpoint), stripped to what sending needs."""
    try:
        given: Any = json.loads(text)
        kept = {
            "endpoint": _https(given["endpoint"]),
            "keys": {name: given["keys"][name] for name in ("auth", "p256dh")},
        }
        if "arn" in given:
            kept["arn"] = given["arn"]
        address = json.dumps(kept, sort_keys=True)
        rules.push_target(Address(address))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AddressError("is not a browser's push subscription") from error
    return address


def _web_hook(text: str) -> str:
    """`https://…`, or JSON of it with `secret` and, for when it does not answer, a `second` address.

    A secret to sign with is made where none is.
    """
    url, secret, second = text, None, None
    if text.startswith("{"):
        try:
            given = cast("dict[str, Any]", json.loads(text))
            url, secret, second = str(given["url"]), str(given["secret"]), given.get("second")
        except (ValueError, KeyError, TypeError) as error:
            raise AddressError("is not the address of a web hook") from error
    secret = secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    kept = {"url": _https(url), "secret": secret}
    if second is not None:
        kept["second"] = _https(second)
    address = json.dumps(kept, sort_keys=True)
    try:
        rules.hook_target(Address(address))
    except rules.AddressError as error:
        raise AddressError("has a secret that is none") from error
    return address


def _https(url: Any) -> str:
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressError("is not an address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError("is not an address") from error
    if parts.scheme != "https" or not parts.hostname:
        raise AddressError("does not begin with https://")
    if parts.username is not None or parts.password is not None:
        raise AddressError("has a name or password in it")
    if parts.fragment or port == 0:
        raise AddressError("has a fragment, or no port that there is")
    return url
