"""Callbacks of SNS: believed only with its own certificate, for a topic of ours."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from notification.channels.callbacks.forged import ForgedError, UnreadableError
from notification.channels.callbacks.sns import SnsCallbacks, SnsMessage, canonical
from notification.channels.callbacks.sns_contents import contents
from notification.channels.port import InboundText, Receipt, ReceiptState

SHARED = next(
    (one / "shared/data" for one in Path(__file__).parents if (one / "shared/data").is_dir()),
    Path("/nowhere"),
)
TOPIC = "arn:aws:sns:us-east-1:123456789012:receipts"
PEM = f"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{'ab' * 16}.pem"


class Authority:
    """A certificate as SNS has one, made here."""

    def __init__(self, name: str = "sns.amazonaws.com", days: int = 1, size: int = 2048) -> None:
        self.key = rsa.generate_private_key(65537, size)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        self.pem = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's CA")]))
            .public_key(self.key.public_key())
            .serial_number(7)
            .not_valid_before(now - dt.timedelta(days=30))
            .not_valid_after(now + dt.timedelta(days=days))
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )
        self.fetched: list[str] = []

    async def fetch(self, url: str) -> bytes:
        self.fetched.append(url)
        return self.pem

    def sign(self, **more: str) -> dict[str, str]:
        told = {
            "Type": "Notification",
            "MessageId": "m-1",
            "TopicArn": TOPIC,
            "Message": "{}",
            "Timestamp": "2026-11-28T03:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": PEM,
            **more,
        }
        # Version 1 is of SHA-1, and SNS still signs so.
        hashed = hashes.SHA1() if told["SignatureVersion"] == "1" else hashes.SHA256()  # noqa: S303
        given = self.key.sign(canonical(told), padding.PKCS1v15(), hashed)
        return {**told, "Signature": base64.b64encode(given).decode()}


@pytest.fixture(scope="module")
def sns_key() -> Authority:
    return Authority()


@pytest.mark.parametrize("version", ["1", "2"])
async def test_a_message_of_sns_is_believed_in_both_versions_and_its_certificate_fetched_once(
    version: str,
) -> None:
    authority = Authority()
    callbacks = SnsCallbacks([TOPIC], authority.fetch)
    for number in range(3):
        told = authority.sign(
            SignatureVersion=version, MessageId=f"m-{number}", Subject="With a subject"
        )
        found = await callbacks.read(json.dumps(told).encode())
        assert (found.message_id, found.topic) == (f"m-{number}", TOPIC)
        assert found.at == dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)

    assert authority.fetched == [PEM]


async def test_the_form_of_the_documented_example_is_read_and_its_false_signature_refused(
    sns_key: Authority,
) -> None:
    """The example in AWS's documentation has a signature of nobody."""
    for path in sorted((SHARED / "security/sns").glob("aws_doc_*.json")):
        told = json.loads(path.read_text("utf-8"))
        callbacks = SnsCallbacks([told["TopicArn"]], sns_key.fetch)
        with pytest.raises(ForgedError) as caught:
            await callbacks.read(path.read_bytes())
        assert caught.value.reason in {"signature", "certificate-address"}
    told = {**sns_key.sign(), "Signature": base64.b64encode(b"EXAMPLE").decode()}
    with pytest.raises(ForgedError):
        await SnsCallbacks([TOPIC], sns_key.fetch).read(json.dumps(told).encode())


CERTIFICATES = [
    "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-" + "ab" * 16 + ".pem",
    "https://evil.example/SimpleNotificationService-" + "ab" * 16 + ".pem",
    "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-ab.pem",
    "https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-ab.pem",
    "https://evil.example/?https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.us-east-1.amazonaws.com/../SimpleNotificationService-" + "ab" * 16 + ".pem",
    "https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-" + "ab" * 16 + ".pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-" + "ab" * 16 + ".pem",
    "https://s3.us-east-1.amazonaws.com/SimpleNotificationService-" + "ab" * 16 + ".pem",
    PEM + "\n",
    "",
]


@pytest.mark.parametrize("url", CERTIFICATES)
async def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str) -> None:
    authority = Authority()
    told = authority.sign(SigningCertURL=url)

    with pytest.raises(ForgedError):
        await SnsCallbacks([TOPIC], authority.fetch).read(json.dumps(told).encode())
    assert authority.fetched == []


@pytest.mark.parametrize(
    "authority",
    [Authority("evil.example"), Authority(days=-1), Authority("sns.us-east-1.amazonaws.com.evil")],
    ids=["another name", "expired", "a longer name"],
)
async def test_a_certificate_of_somebody_else_or_of_yesterday_is_refused(
    authority: Authority,
) -> None:
    with pytest.raises(ForgedError):
        await SnsCallbacks([TOPIC], authority.fetch).read(json.dumps(authority.sign()).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": "other"},
        {"MessageId": "m-2"},
        {"Subject": "added"},
        {"Timestamp": "2026-11-28T04:00:00.000Z"},
        {"TopicArn": TOPIC + "2"},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"Signature": "AAAA"},
        {"Signature": "not base64!"},
    ],
)
async def test_whatever_is_changed_breaks_the_signature(
    sns_key: Authority, changed: dict[str, str]
) -> None:
    told = {**sns_key.sign(), **changed}
    topics = [TOPIC, TOPIC + "2"]

    with pytest.raises(ForgedError):
        await SnsCallbacks(topics, sns_key.fetch).read(json.dumps(told).encode())


async def test_another_accounts_topic_is_refused_though_sns_signed_it(sns_key: Authority) -> None:
    told = sns_key.sign(TopicArn="arn:aws:sns:us-east-1:999999999999:receipts")

    with pytest.raises(ForgedError) as caught:
        await SnsCallbacks([TOPIC], sns_key.fetch).read(json.dumps(told).encode())
    assert caught.value.reason == "topic"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"Type":"X"}', b"[" * 2000, b"x" * 400_000])
async def test_what_is_no_message_of_sns_is_unreadable(sns_key: Authority, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        await SnsCallbacks([TOPIC], sns_key.fetch).read(body)


async def test_a_subscription_is_confirmed_at_sns_and_nowhere_else(sns_key: Authority) -> None:
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        return await sns_key.fetch(url)

    callbacks = SnsCallbacks([TOPIC], fetch)
    good = (
        f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=1"
    )
    told = sns_key.sign(Type="SubscriptionConfirmation", SubscribeURL=good, Token="1")
    await callbacks.confirm(await callbacks.read(json.dumps(told).encode()))
    assert asked == [PEM, good]

    for bad in ("https://evil.example/?Action=ConfirmSubscription", "http://169.254.169.254/?a"):
        told = sns_key.sign(Type="SubscriptionConfirmation", SubscribeURL=bad, Token="1")
        with pytest.raises(ForgedError):
            await callbacks.read(json.dumps(told).encode())


def said(message: dict[str, Any]) -> SnsMessage:
    now = dt.datetime.now(dt.UTC)
    return SnsMessage("Notification", "m-1", TOPIC, now, json.dumps(message))


def test_what_sns_says_becomes_receipts_and_texts() -> None:
    (delivered,) = contents(
        said({"notification": {"messageId": "a"}, "delivery": {}, "status": "SUCCESS"})
    )
    (failed,) = contents(
        said(
            {
                "notification": {"messageId": "b"},
                "delivery": {"providerResponse": "Phone has opted out"},
                "status": "FAILURE",
            }
        )
    )
    (text,) = contents(
        said(
            {
                "originationNumber": "+1555",
                "messageBody": "OK",
                "destinationNumber": "+1444",
                "inboundMessageId": "in-1",
            }
        )
    )
    (bounced,) = contents(
        said(
            {
                "notificationType": "Bounce",
                "bounce": {"bounceType": "Permanent"},
                "mail": {
                    "messageId": "ses-1",
                    "headers": [{"name": "X-Muster-Key", "value": "k1"}],
                },
            }
        )
    )

    assert isinstance(delivered, Receipt)
    assert delivered.state is ReceiptState.DELIVERED
    assert isinstance(failed, Receipt)
    assert (failed.state, failed.gone) == (ReceiptState.FAILED, True)
    assert isinstance(text, InboundText)
    assert (text.text, text.provider_id) == ("OK", "in-1")
    assert isinstance(bounced, Receipt)
    assert (bounced.key, bounced.gone) == ("k1", True)


@pytest.mark.parametrize(
    "told", [{}, {"notification": 1, "delivery": 2}, {"mail": []}, {"notificationType": "Bounce"}]
)
def test_what_is_not_known_says_nothing(told: dict[str, Any]) -> None:
    assert contents(said(told)) == []
