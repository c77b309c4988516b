from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from alert_management.cap import (
    KeyRefusedError,
    SignatureState,
    SigningKey,
    Trust,
    parse,
    serialize,
)
from alert_management.cap.schema import violations
from alert_management.cap.testing import (
    ALERT_XML,
    CORPUS_FOLDER,
    SENT,
    Signer,
    an_alert,
    signed_by_others,
)
from alert_management.cap.xml import read_xml


@pytest.fixture(scope="module")
def river() -> Signer:
    return Signer("Mill River Civil Protection")


@pytest.fixture(scope="module")
def rsa_signer() -> Signer:
    return Signer("Old Town", rsa.generate_private_key(65537, 2048))


def signed(by: Signer) -> bytes:
    return serialize(an_alert(), sign_with=by.signing)


def state(data: bytes, trust: Trust) -> SignatureState:
    return parse(data, trust).signature.state


@pytest.mark.parametrize("who", ["river", "rsa_signer"])
def test_what_we_sign_verifies_and_is_valid_cap(who: str, request: pytest.FixtureRequest) -> None:
    signer: Signer = request.getfixturevalue(who)

    data = signed(signer)

    reading = parse(data, signer.trust)
    assert reading.signature.state is SignatureState.VERIFIED
    assert reading.signature.signer in {"Mill River Civil Protection", "Old Town"}
    assert reading.alert == an_alert()
    assert reading.tolerated == ()
    root = read_xml(data).root
    assert violations(root) == []
    method = "rsa-sha256" if who == "rsa_signer" else "ecdsa-sha256"
    assert method.encode() in data
    assert data.count(b"http://www.w3.org/2001/10/xml-exc-c14n#") == 2


def test_somebody_unknown_is_intact_but_unverified(river: Signer) -> None:
    stranger = Signer("Mill River Civil Protection")

    reading = parse(signed(stranger), river.trust)

    assert reading.signature.state is SignatureState.UNVERIFIED
    assert "not among the trusted" in reading.signature.detail
    assert state(signed(stranger), Trust()) is SignatureState.UNVERIFIED


def test_an_authority_vouches_for_whom_it_certified() -> None:
    authority = Signer("County Authority", authority=True)
    certified = Signer("Fire District", issuer=authority)
    pretender = Signer("Fire District", issuer=Signer("County Authority", authority=True))
    no_authority = Signer("Just a signer")
    misused = Signer("Somebody", issuer=no_authority)

    assert state(signed(certified), authority.trust) is SignatureState.VERIFIED
    assert state(signed(pretender), authority.trust) is SignatureState.UNVERIFIED
    assert state(signed(misused), no_authority.trust) is SignatureState.UNVERIFIED


def test_a_certificate_counts_only_while_it_held(river: Signer) -> None:
    lapsed = Signer("Mill River Civil Protection", river.key, years=(2028, 2030))

    reading = parse(signed(river), lapsed.trust)

    # The certificate in the message holds; the trusted one of the same key need not.
    assert reading.signature.state is SignatureState.VERIFIED
    with pytest.raises(KeyRefusedError, match="not at 2031"):
        signed(lapsed)
    forged = signed_by_others(lapsed)
    assert parse(forged, lapsed.trust).signature.state is SignatureState.UNVERIFIED
    assert "did not hold" in parse(forged, lapsed.trust).signature.detail


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Severe", "Minor"),
        ("over its banks", "in its bed"),
        ("46.1,7.2 46.2,7.2", "46.0,7.2 46.2,7.2"),
        (
            "</info>",
            "<resource><resourceDesc>x</resourceDesc><mimeType>a/b</mimeType></resource></info>",
        ),
        ("<alert ", '<alert colour="red" '),
    ],
)
def test_whatever_is_changed_breaks_it(before: str, after: str, river: Signer) -> None:
    data = signed(river).decode()
    assert before in data

    reading = parse(data.replace(before, after, 1).encode(), river.trust)

    assert reading.signature.state is SignatureState.BROKEN
    assert "changed after signing" in reading.signature.detail


def test_indentation_is_signed_too_and_comments_are_not(river: Signer) -> None:
    data = signed(river)

    assert (
        state(data.replace(b"<info>", b"<info><!-- a remark -->"), river.trust)
        is SignatureState.VERIFIED
    )
    assert state(data.replace(b"<info>", b"<info> "), river.trust) is SignatureState.BROKEN


def test_sha_1_is_checked_and_called_weak(rsa_signer: Signer) -> None:
    data = signed_by_others(
        rsa_signer,
        signature_algorithm=SignatureMethod.RSA_SHA1,
        digest_algorithm=DigestAlgorithm.SHA1,
    )

    reading = parse(data, rsa_signer.trust)

    assert reading.signature.state is SignatureState.UNVERIFIED
    assert "SHA-1" in reading.signature.detail
    assert state(data.replace(b"Severe", b"Minor"), rsa_signer.trust) is SignatureState.BROKEN


def test_a_small_key_is_called_weak() -> None:
    small = Signer("Small", rsa.generate_private_key(65537, 1024))  # noqa: S505  # that is the point

    data = signed_by_others(small, signature_algorithm=SignatureMethod.RSA_SHA256)

    assert "RSA of 1024 bits" in parse(data, small.trust).signature.detail
    assert state(data, small.trust) is SignatureState.UNVERIFIED
    with pytest.raises(KeyRefusedError, match="1024 bits"):
        _ = small.signing


def test_other_canonical_forms_verify(river: Signer) -> None:
    for method in (
        CanonicalizationMethod.CANONICAL_XML_1_0,
        CanonicalizationMethod.CANONICAL_XML_1_1,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS,
    ):
        text = ALERT_XML.replace("<info>", "<info><!-- signed with it -->")
        data = signed_by_others(river, text, c14n_algorithm=method)
        assert state(data, river.trust) is SignatureState.VERIFIED


def test_a_second_signature_over_the_first_verifies_too(river: Signer) -> None:
    relay = Signer("Relay")
    twice = signed_by_others(relay, signed_by_others(river).decode())

    assert state(twice, river.trust) is SignatureState.VERIFIED
    assert state(twice, relay.trust) is SignatureState.VERIFIED
    assert state(twice, Trust()) is SignatureState.UNVERIFIED
    assert state(twice.replace(b"Severe", b"Minor"), river.trust) is SignatureState.BROKEN


def test_an_embedded_alert_keeps_its_signature(river: Signer) -> None:
    body = signed(river).decode().partition("?>")[2].strip()
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x"><entry>
      <content type="text/xml">{body}</content></entry></feed>"""

    reading = parse(feed.encode(), river.trust)

    assert reading.signature.state is SignatureState.VERIFIED
    assert state(reading.source, river.trust) is SignatureState.VERIFIED


def test_a_key_without_its_certificate_is_refused(river: Signer, rsa_signer: Signer) -> None:
    other = Signer("Other curve", ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(KeyRefusedError, match="another key"):
        SigningKey.load(river.key_pem, rsa_signer.pem)
    with pytest.raises(KeyRefusedError, match="cannot be read"):
        SigningKey.load(b"nothing", river.pem)
    with pytest.raises(KeyRefusedError, match="P-256"):
        SigningKey.load(other.key_pem, other.pem)


def test_trust_is_read_from_a_folder(river: Signer, tmp_path: Path) -> None:
    (tmp_path / "river.pem").write_bytes(river.pem)
    (tmp_path / "readme.txt").write_text("not a certificate", encoding="utf-8")

    assert state(signed(river), Trust.load(tmp_path)) is SignatureState.VERIFIED
    (tmp_path / "bad.crt").write_text("nothing", encoding="utf-8")
    with pytest.raises(KeyRefusedError, match=r"bad\.crt"):
        Trust.load(tmp_path)


def test_a_key_says_when_its_certificate_holds(river: Signer) -> None:
    assert river.signing.usable_at(SENT)
    assert not river.signing.usable_at(SENT + timedelta(days=900))


REAL: list[tuple[str, SignatureState, str]] = [
    (
        "eccc_T_WOCN11_C_CWHX_202210101814_1032737847.cap",
        SignatureState.UNVERIFIED,
        "*.weather.gc.ca",
    ),
    ("oasiscap_ipaws-5e6dd9de023f1930ef6548d9.xml", SignatureState.UNVERIFIED, "IPAWSOPEN_200302"),
    ("oasiscap_ipaws-5e7e0fc5023f1930efcf3deb.xml", SignatureState.UNVERIFIED, "IPAWSOPEN_200161"),
    ("google_canada_signed.cap", SignatureState.BROKEN, "dss1.pelmorex.com"),
    ("google_canada_signed.atom", SignatureState.BROKEN, "dss1.pelmorex.com"),
    ("google_earthquake_signed.cap", SignatureState.BROKEN, ""),
    ("google_earthquake-iso8859-1.cap", SignatureState.BROKEN, ""),
]


@pytest.mark.parametrize(
    ("name", "expected", "signer"), REAL if CORPUS_FOLDER else [], ids=lambda value: str(value)[:40]
)
def test_real_signatures_are_worth_what_they_are(
    name: str, expected: SignatureState, signer: str
) -> None:
    assert CORPUS_FOLDER
    data = (CORPUS_FOLDER / name).read_bytes()

    found = parse(data).signature

    assert found.state is expected
    assert found.signer == signer


@pytest.mark.parametrize(("name", "expected", "signer"), REAL[:3] if CORPUS_FOLDER else [])
def test_real_signers_verify_once_they_are_trusted(
    name: str, expected: SignatureState, signer: str
) -> None:
    assert CORPUS_FOLDER
    data = (CORPUS_FOLDER / name).read_bytes()
    root = read_xml(data).root
    text = root.findtext(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    certificate = x509.load_der_x509_certificate(base64.b64decode(text or ""))
    reading = parse(data, Trust((certificate,)))

    held = certificate.not_valid_before_utc <= reading.alert.sent <= certificate.not_valid_after_utc
    assert reading.signature.state is (SignatureState.VERIFIED if held else expected)
    assert reading.signature.signer == signer
