"""Callbacks of Twilio: believed only if Twilio signed them for our address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from muster_testing.providers.twilio import ACCOUNT, TOKEN, signature
from notification.channels.callbacks.forged import ForgedError, UnreadableError
from notification.channels.callbacks.twilio import TwilioCallbacks
from notification.channels.port import InboundText, Receipt, ReceiptState

SHARED = next(
    (one / "shared/data" for one in Path(__file__).parents if (one / "shared/data").is_dir()),
    Path("/nowhere"),
)
URL = "https://warnings.example/api/v1/notifications/callbacks/twilio"
STATUS = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": "delivered", "To": "+1555"}


def signed(fields: dict[str, str], query: str = "", url: str = URL) -> str:
    return signature(TOKEN, f"{url}?{query}" if query else url, fields)


@pytest.fixture
def twilio() -> TwilioCallbacks:
    return TwilioCallbacks(TOKEN, URL, ACCOUNT)


def vectors() -> list[Any]:
    """Twilio's published example, from its documentation; and its vectors where they are at hand."""
    found = [
        pytest.param(
            "12345",
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            {
                "CallSid": "CA1234567890ABCDE",
                "Digits": "1234",
                "From": "+14158675309",
                "To": "+18005551212",
                "Caller": "+14158675309",
            },
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            True,
            id="documented",
        )
    ]
    for path in sorted((SHARED / "security/twilio").glob("signature_vectors_*.json")):
        told = json.loads(path.read_text("utf-8"))
        found += [
            pytest.param(
                told["auth_token"], one["url"], one["params"], one["signature"], one["valid"]
            )
            for one in told["vectors"]
        ]
    return found


@pytest.mark.parametrize(("token", "url", "fields", "given", "valid"), vectors())
def test_twilios_own_vectors(
    token: str, url: str, fields: dict[str, str], given: str, valid: bool
) -> None:
    callbacks = TwilioCallbacks(token, url.partition("?")[0], "AC of the vectors")

    with pytest.raises(ForgedError) as caught:
        callbacks.read(url.partition("?")[2], list(fields.items()), given)

    # A right signature comes as far as the account, which the vectors do not name.
    assert caught.value.reason == ("account" if valid else "signature")


def test_a_delivery_is_a_receipt_with_our_key(twilio: TwilioCallbacks) -> None:
    receipt = twilio.read("key=k%2F1", list(STATUS.items()), signed(STATUS, "key=k%2F1"))

    assert isinstance(receipt, Receipt)
    assert (receipt.provider_id, receipt.state, receipt.key) == ("SM1", "delivered", "k/1")


@pytest.mark.parametrize(
    ("status", "code", "state", "gone"),
    [
        ("sent", "", ReceiptState.SENT, False),
        ("undelivered", "30003", ReceiptState.FAILED, False),
        ("undelivered", "30005", ReceiptState.FAILED, True),
        ("failed", "21610", ReceiptState.FAILED, True),
        ("read", "", ReceiptState.READ, False),
    ],
)
def test_each_status_has_its_state(
    twilio: TwilioCallbacks, status: str, code: str, state: ReceiptState, gone: bool
) -> None:
    fields = {**STATUS, "MessageStatus": status, **({"ErrorCode": code} if code else {})}
    receipt = twilio.read("", list(fields.items()), signed(fields))

    assert isinstance(receipt, Receipt)
    assert (receipt.state, receipt.gone) == (state, gone)
    assert (receipt.reason is not None) == (state is ReceiptState.FAILED)


def test_an_unknown_status_means_nothing(twilio: TwilioCallbacks) -> None:
    fields = {**STATUS, "MessageStatus": "pondering"}

    assert twilio.read("", list(fields.items()), signed(fields)) is None


def test_a_reply_is_a_text_with_its_place(twilio: TwilioCallbacks) -> None:
    fields = {
        "AccountSid": ACCOUNT,
        "MessageSid": "SM9",
        "SmsStatus": "received",
        "From": "+15555550123",
        "To": "+15555550100",
        "Body": "HELP on the roof ✊",
        "Latitude": "35.6",
        "Longitude": "-117.6",
    }
    text = twilio.read("", list(fields.items()), signed(fields))

    assert isinstance(text, InboundText)
    assert (text.from_.value, text.text) == ("+15555550123", "HELP on the roof ✊")
    assert text.place == (35.6, -117.6)
    assert "15555550123" not in repr(text)
    assert "roof" not in repr(text)


Forgery = Callable[[dict[str, str]], tuple[str, dict[str, str], str | None]]
FORGERIES: dict[str, Forgery] = {
    "no signature": lambda fields: ("", fields, None),
    "empty": lambda fields: ("", fields, ""),
    "another token": lambda fields: ("", fields, signature("not it", URL, fields)),
    "another state": lambda fields: ("", {**fields, "MessageStatus": "failed"}, signed(fields)),
    "a field more": lambda fields: ("", {**fields, "ErrorCode": "1"}, signed(fields)),
    "another key": lambda fields: ("key=2", fields, signed(fields, "key=1")),
    "a key more": lambda fields: ("key=2", fields, signed(fields)),
    "another host": lambda fields: (
        "",
        fields,
        signed(fields, url=URL.replace("warnings", "other")),
    ),
    "http": lambda fields: ("", fields, signed(fields, url=URL.replace("https", "http"))),
    "in another case": lambda fields: ("", fields, signed(fields).swapcase()),
    "not ascii": lambda fields: ("", fields, "ü" * 28),
    "endless": lambda fields: ("", fields, "A" * 100_000),
    "another account": lambda fields: (
        "",
        {**fields, "AccountSid": "AC2"},
        signed({**fields, "AccountSid": "AC2"}),
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=list(FORGERIES))
def test_a_forged_callback_of_twilio_is_refused(twilio: TwilioCallbacks, forgery: Forgery) -> None:
    query, fields, given = forgery(dict(STATUS))

    with pytest.raises(ForgedError):
        twilio.read(query, list(fields.items()), given)


def test_without_a_token_nothing_is_believed() -> None:
    with pytest.raises(ForgedError):
        TwilioCallbacks("", URL, ACCOUNT).read("", list(STATUS.items()), signature("", URL, STATUS))


def test_the_port_may_be_in_the_signed_address_or_not(twilio: TwilioCallbacks) -> None:
    with_port = URL.replace(".example/", ".example:443/")
    given = signed(STATUS, url=with_port)
    assert twilio.read("", list(STATUS.items()), given)

    odd = TwilioCallbacks(TOKEN, URL.replace(".example/", ".example:8443/"), ACCOUNT)
    assert odd.read("", list(STATUS.items()), signed(STATUS))


def test_a_signed_status_without_a_message_is_unreadable(twilio: TwilioCallbacks) -> None:
    fields = {"AccountSid": ACCOUNT, "MessageStatus": "sent"}

    with pytest.raises(UnreadableError):
        twilio.read(urlencode({"key": "1"}), list(fields.items()), signed(fields, "key=1"))
