"""What verified messages of SNS say.

Delivery of SMS, texts that came in, bounces of e-mail by SES, pushes that failed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from notification.channels.callbacks.sns import SnsMessage
from notification.channels.metrics import CALLBACKS
from notification.channels.port import Address, InboundText, Receipt, ReceiptState


def contents(message: SnsMessage) -> list[Receipt | InboundText]:
    """Receipts and texts in a notification; nothing for what we do not know."""
    found: list[Receipt | InboundText] = []
    if message.kind == "Notification":
        found = list(_read(_object(message.message), message))
    for one in found:
        CALLBACKS.labels("sns", "text" if isinstance(one, InboundText) else "receipt").inc()
    if not found:
        CALLBACKS.labels("sns", "ignored").inc()
    return found


def _read(told: dict[str, Any], message: SnsMessage) -> Iterator[Receipt | InboundText]:
    if "messageBody" in told and "originationNumber" in told:
        yield _text(told, message)
    elif "notificationType" in told or "eventType" in told:
        yield from _mail(told, message)
    elif isinstance(told.get("delivery"), dict) and isinstance(told.get("notification"), dict):
        yield from _delivery(told, message)
    elif "EndpointArn" in told and "FailureType" in told:
        yield from _push(told, message)


def _text(told: dict[str, Any], message: SnsMessage) -> InboundText:
    """Two-way SMS."""
    return InboundText(
        provider="sns",
        provider_id=str(told.get("inboundMessageId") or message.message_id),
        from_=Address(str(told["originationNumber"])),
        to=str(told.get("destinationNumber", "")),
        text=str(told["messageBody"])[:1600],
        at=message.at,
    )


def _delivery(told: dict[str, Any], message: SnsMessage) -> Iterator[Receipt]:
    """A line of SNS's delivery log, as a subscription filter passes it on."""
    reached = told.get("status") == "SUCCESS"
    found = _inner(told, "notification").get("messageId")
    if isinstance(found, str):
        said = str(_inner(told, "delivery").get("providerResponse", "?"))[:200]
        push = str(_inner(told, "delivery").get("destination", "")).startswith("arn:")
        yield Receipt(
            provider="sns-push" if push else "sns",
            provider_id=found,
            state=ReceiptState.DELIVERED if reached else ReceiptState.FAILED,
            at=message.at,
            reason=None if reached else f"undelivered:{said}",
            gone="unsubscribed" in said.lower() or "opted out" in said.lower(),
        )


def _mail(told: dict[str, Any], message: SnsMessage) -> Iterator[Receipt]:
    """SES: `250 Ok <id>` was its name for the letter when we handed it over.

    Our key is in a header, if headers are on.
    """
    kind = str(told.get("notificationType") or told.get("eventType"))
    mail = _inner(told, "mail")
    found: Any = mail.get("headers")
    headers = cast("list[Any]", found) if isinstance(found, list) else []
    named = {
        str(one.get("name")): str(one.get("value"))
        for one in (cast("dict[str, Any]", each) for each in headers if isinstance(each, dict))
    }
    states = {
        "Delivery": ReceiptState.DELIVERED,
        "Send": ReceiptState.SENT,
        "Bounce": ReceiptState.FAILED,
        "Reject": ReceiptState.FAILED,
        "Open": ReceiptState.READ,
    }
    state = states.get(kind)
    if state is None or not isinstance(mail.get("messageId"), str):
        return
    permanent = _inner(told, "bounce").get("bounceType") == "Permanent"
    if kind == "Bounce" and not permanent:
        return
    yield Receipt(
        provider="smtp",
        provider_id=str(mail["messageId"]),
        state=state,
        at=message.at,
        reason="undelivered:bounced" if kind == "Bounce" else None,
        key=named.get("X-Muster-Key"),
        gone=permanent,
    )


def _push(told: dict[str, Any], message: SnsMessage) -> Iterator[Receipt]:
    """A platform application's DeliveryFailure event."""
    found = told.get("MessageId")
    if isinstance(found, str):
        kind = str(told["FailureType"])[:60]
        yield Receipt(
            provider="sns-push",
            provider_id=found,
            state=ReceiptState.FAILED,
            at=message.at,
            reason=f"undelivered:{kind}",
            gone=kind in {"InvalidPlatformToken", "Unregistered", "EndpointDisabled"},
        )


def _object(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _inner(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: Any = told.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
