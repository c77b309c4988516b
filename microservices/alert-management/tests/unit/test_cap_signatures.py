from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner

from alert_management.cap import (
    CapError,
    KeyRefusedError,
    SignatureState,
    SigningKey,
    Trust,
    check,
    parse,
    serialize,
)
from alert_management.cap.schema import violations
from alert_management.cap.testing import ALERT_XML, CORPUS_FOLDER, SENT, an_alert
from alert_management.cap.xml import read_xml

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Signer:
    """Somebody with a key, and a certificate of their own or of an authority's making."""

    def __init__(
        self,
        name: str,
        key: Private | None = None,
        issuer: Signer | None = None,
        *,
        authority: bool = False,
        years: tuple[int, int] = (2030, 2033),
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(issuer.key if issuer else self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def signing(self) -> SigningKey:
        return SigningKey.load(self.key_pem, self.pem)

    @property
    def trust(self) -> Trust:
        return Trust((self.certificate,))


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
    forged = _sign_with(lapsed)
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


def _sign_with(signer: Signer, text: str = ALERT_XML, **how: object) -> bytes:
    """As others may sign: with whatever algorithms."""
    options: dict[str, object] = {
        "method": SignatureConstructionMethod.enveloped,
        "signature_algorithm": SignatureMethod.ECDSA_SHA256,
        "digest_algorithm": DigestAlgorithm.SHA256,
        "c14n_algorithm": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        **how,
    }
    root = etree.fromstring(text.encode())
    maker = _Lenient(**options)  # pyright: ignore[reportArgumentType]
    return etree.tostring(maker.sign(root, key=signer.key, cert=[signer.certificate]))


class _Lenient(XMLSigner):
    """Signs with SHA-1 as well, which the library rightly refuses."""

    def check_deprecated_methods(self) -> None:
        pass


def test_sha_1_is_checked_and_called_weak(rsa_signer: Signer) -> None:
    data = _sign_with(
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

    data = _sign_with(small, signature_algorithm=SignatureMethod.RSA_SHA256)

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
        data = _sign_with(river, text, c14n_algorithm=method)
        assert state(data, river.trust) is SignatureState.VERIFIED


def test_a_second_signature_over_the_first_verifies_too(river: Signer) -> None:
    relay = Signer("Relay")
    twice = _sign_with(relay, _sign_with(river).decode())

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


# Wrapping: the signed alert is moved aside, and another is read in its place.


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
    maker = _Lenient(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    root = etree.fromstring(text.encode())
    data = etree.tostring(
        maker.sign(root, key=river.key, cert=[river.certificate], reference_uri="#part")
    )

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


def test_signing_is_quick_enough_to_do_at_publication(river: Signer) -> None:
    assert check(an_alert()) == []
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
