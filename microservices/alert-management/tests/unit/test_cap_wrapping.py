"""Wrapping: the signed alert is moved aside, and another is put where it would be read."""

from __future__ import annotations

import pytest

from alert_management.cap import CapError, SignatureState, Trust, parse, serialize
from alert_management.cap.testing import ALERT_XML, Signer, an_alert, signed_by_others


@pytest.fixture(scope="module")
def river() -> Signer:
    return Signer("Mill River Civil Protection")


def signed(by: Signer) -> bytes:
    return serialize(an_alert(), sign_with=by.signing)


def state(data: bytes, trust: Trust) -> SignatureState:
    return parse(data, trust).signature.state


def parts(data: bytes) -> tuple[str, str]:
    """The alert without its signature, and the signature."""
    text = data.decode().partition("?>")[2].strip()
    start, end = text.index("<ds:Signature"), text.index("</ds:Signature>") + len("</ds:Signature>")
    return text[:start] + text[end:], text[start:end]


def test_a_signature_of_another_alert_is_broken(river: Signer) -> None:
    _, signature = parts(signed(river))
    forged = ALERT_XML.replace("</alert>", f"{signature}</alert>")

    assert state(forged.encode(), river.trust) is SignatureState.BROKEN


def test_the_signed_alert_hidden_in_the_signature_is_broken(river: Signer) -> None:
    whole, signature = parts(signed(river))
    named = whole.replace("<alert ", '<alert Id="real" ', 1)
    hidden = signature.replace(
        "</ds:Signature>", f"<ds:Object>{named}</ds:Object></ds:Signature>"
    ).replace('URI=""', 'URI="#real"')
    forged = ALERT_XML.replace("</alert>", f"{hidden}</alert>")

    assert state(forged.encode(), river.trust) is SignatureState.BROKEN


def test_a_signature_over_a_part_by_its_id_is_broken(river: Signer) -> None:
    text = ALERT_XML.replace("<areaDesc>", '<areaDesc Id="part">')
    data = signed_by_others(river, text, reference_uri="#part")

    reading = parse(data, river.trust)

    assert reading.signature.state is SignatureState.BROKEN
    assert "only a part" in reading.signature.detail


def test_the_signed_alert_wrapped_in_a_forged_one_is_refused(river: Signer) -> None:
    real = signed(river).decode().partition("?>")[2]

    with pytest.raises(CapError, match="not known here"):
        parse(ALERT_XML.replace("</alert>", f"{real}</alert>").encode(), river.trust)


def test_a_signature_deep_inside_is_broken(river: Signer) -> None:
    _, signature = parts(signed(river))

    assert (
        state(ALERT_XML.replace("</area>", f"{signature}</area>").encode(), river.trust)
        is SignatureState.BROKEN
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ecdsa-sha256", "hmac-sha256"),
        ("xmldsig-more#ecdsa-sha256", "nonsense"),
        ("<ds:Reference ", "<ds:References "),
        ("<ds:DigestValue>", "<ds:DigestValue>!!"),
        ("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        ('URI=""', 'URI="https://elsewhere.example/"'),
        ('URI=""', 'URI="#nowhere"'),
        ("xmldsig#enveloped-signature", "xmldsig#base64"),
    ],
)
def test_a_signature_that_makes_no_sense_is_broken(before: str, after: str, river: Signer) -> None:
    data = signed(river).decode()
    assert before in data

    forged = data.replace(before, after)
    if "<ds:References" in forged:
        forged = forged.replace("</ds:Reference>", "</ds:References>")

    assert state(forged.encode(), river.trust) is SignatureState.BROKEN


def test_an_empty_signature_is_broken_and_never_none(river: Signer) -> None:
    empty = ALERT_XML.replace(
        "</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>'
    )

    assert state(empty.encode(), river.trust) is SignatureState.BROKEN
