"""The signature of an alert: verified, unverified, broken or none.

What is read is what was signed: a signature counts only if it covers the whole alert but itself, so that nothing can
be wrapped around, moved beside or hidden from it.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from alert_management.cap.signing import SMALLEST_RSA_BITS, KeyRefusedError
from alert_management.cap.xml import (
    SIGNATURE,
    SIGNATURES,
    Element,
    read_trusted,
    with_comments,
)

MOST_SIGNATURES = 4

_METHODS = frozenset(
    method for method in SignatureMethod if method.name.startswith(("RSA_", "ECDSA_SHA"))
)
# Whatever a hostile signature makes the libraries stumble over; each means that it was not verified.
_FAILURES = (
    SignXMLException,
    InvalidSignature,
    UnsupportedAlgorithm,
    etree.LxmlError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    OverflowError,
)
_DS = {"ds": SIGNATURES}


class SignatureState(StrEnum):
    """Verified: intact, of somebody trusted. Unverified: intact, of somebody. Broken: not of this text."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    BROKEN = "broken"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Signature:
    """What an alert's signature is worth; `signer` is the certificate's subject, `detail` a sentence for a person."""

    state: SignatureState
    signer: str = ""
    detail: str = ""


UNSIGNED = Signature(SignatureState.NONE, "", "The alert is not signed.")


@dataclass(frozen=True)
class Trust:
    """Certificates whose signatures are believed: a signer's own, or an authority's that issued the signer's."""

    certificates: tuple[x509.Certificate, ...] = ()

    @classmethod
    def load(cls, place: Path) -> Trust:
        """The certificates of a PEM file, or of every .pem, .crt and .cer file in a folder.

        Raises:
            KeyRefusedError: one cannot be read.
        """
        endings = {".pem", ".crt", ".cer"}
        files = (
            sorted(file for file in place.iterdir() if file.suffix in endings)
            if place.is_dir()
            else [place]
        )
        found: list[x509.Certificate] = []
        for file in files:
            try:
                found += x509.load_pem_x509_certificates(file.read_bytes())
            except (OSError, ValueError) as error:
                raise KeyRefusedError(f"The certificate {file} cannot be read: {error}") from error
        return cls(tuple(found))

    def of_key(self, key: bytes) -> x509.Certificate | None:
        """The trusted certificate of a public key in PEM."""
        return next((one for one in self.certificates if _key_of(one) == key), None)

    def vouches_for(self, certificate: x509.Certificate, at: datetime) -> bool:
        """Whether a trusted authority, holding at that time, issued the certificate itself."""
        return any(
            _may_issue(one) and _holds(one, at) and _issued(certificate, one)
            for one in self.certificates
        )


NOBODY = Trust()


def verify(text: bytes, sent: datetime, trust: Trust = NOBODY) -> Signature:
    """What the signatures of an alert are worth; `text` is the alert as a document of its own, as `read_xml` took it.

    Of several, a broken one spoils all; else one that is verified is enough.
    """
    if SIGNATURES.encode() not in text:
        return UNSIGNED
    alert = read_trusted(text)
    signatures = alert.findall(SIGNATURE)
    if not signatures:
        misplaced = alert.find(f".//{SIGNATURE}") is not None
        return (
            _broken("", "stands inside the alert, where it covers only a part")
            if misplaced
            else UNSIGNED
        )
    if len(signatures) > MOST_SIGNATURES:
        return _broken("", f"is one of {len(signatures)}; at most {MOST_SIGNATURES} are checked")
    found = [_verify_one(alert, place, sent, trust) for place in range(len(signatures))]
    for state in (SignatureState.BROKEN, SignatureState.VERIFIED):
        for signature in found:
            if signature.state is state:
                return signature
    return found[0]


def _verify_one(alert: Element, place: int, sent: datetime, trust: Trust) -> Signature:
    signature = alert.findall(SIGNATURE)[place]
    certificates, unreadable = _certificates(signature)
    signer = certificates[0] if certificates else None
    name = _name(signer) if signer else ""
    if unreadable:
        return _broken(name, f"carries a certificate that cannot be read: {unreadable}")
    reason = "does not match the text, which was changed after signing"
    for candidate in _candidates(alert, place):
        for certificate in certificates[:1] or [None, *trust.certificates]:
            try:
                result = _intact(candidate, certificate)
            except _FAILURES as error:
                reason = _why(error) or reason
                continue
            if result is None:
                return _broken(name, "covers only a part of the alert")
            return _judged(result, certificate or signer, sent, trust)
    return _broken(name, reason)


def _intact(candidate: bytes, certificate: x509.Certificate | None) -> VerifyResult | None:
    """What the first signature signed, None if that is not the whole alert.

    Raises:
        one of _FAILURES: it is not intact.
    """
    configuration = SignatureConfiguration(
        require_x509=certificate is not None,
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=frozenset(DigestAlgorithm),
        # Whether the certificate holds is judged by us, at the time the alert was sent.
        verification_time=certificate.not_valid_before_utc if certificate else None,
    )
    result = XMLVerifier().verify(
        candidate,
        x509_cert=certificate,
        validate_schema=False,
        parser=with_comments(),
        expect_config=configuration,
    )
    assert isinstance(result, VerifyResult)
    signed = result.signed_xml
    whole = read_trusted(candidate)
    _drop(whole.findall(SIGNATURE)[0])
    if signed is None or _canonical(signed) != _canonical(whole):
        return None
    return result


def _judged(
    result: VerifyResult, certificate: x509.Certificate | None, sent: datetime, trust: Trust
) -> Signature:
    """What an intact signature is worth."""
    known = trust.of_key(result.signature_key)
    holder = certificate or known
    name = _name(holder) if holder else ""
    weak = _weakness(result)
    if weak:
        return _intact_but(name, f"it is weak ({weak}) and could be forged")
    if known is None and not (certificate and trust.vouches_for(certificate, sent)):
        return _intact_but(name, "its signer is not among the trusted certificates")
    if holder is not None and not _holds(holder, sent):
        return _intact_but(name, "its certificate did not hold when the alert was sent")
    return Signature(SignatureState.VERIFIED, name, f"Signed by {name}, and not changed since.")


def _candidates(alert: Element, place: int) -> Iterator[bytes]:
    """The document as a signature met it, which comes first in it: with the others, or before they were added."""
    for keep in (True, False):
        whole = copy.deepcopy(alert)
        signatures = whole.findall(SIGNATURE)
        own = signatures[place]
        if len(signatures) == 1:
            yield etree.tostring(whole, encoding="utf-8")
            return
        for other in signatures if not keep else ():
            if other is not own:
                _drop(other)
        if keep and place:
            _drop(own)
            signatures[0].addprevious(own)
        yield etree.tostring(whole, encoding="utf-8")


def _drop(element: Element) -> None:
    """Take an element out, and leave the text after it where it is."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)


def _canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _certificates(signature: Element) -> tuple[list[x509.Certificate], str]:
    """The certificates that the signature carries, and why one could not be read."""
    found: list[x509.Certificate] = []
    for element in signature.iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", _DS):
        try:
            found.append(x509.load_der_x509_certificate(base64.b64decode(element.text or "")))
        except (ValueError, UnsupportedAlgorithm) as error:
            return found, str(error)
    return found, ""


def _weakness(result: VerifyResult) -> str:
    """Why an intact signature proves little, or nothing."""
    for element in result.signature_xml.iterfind(".//*[@Algorithm]"):
        if str(element.get("Algorithm")).lower().endswith("sha1"):
            return "SHA-1"
    key = load_pem_public_key(result.signature_key)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA_BITS:
        return f"RSA of {key.key_size} bits"
    return ""


def _why(error: Exception) -> str:
    """A sentence for what a library says; empty where only the text differs."""
    if (
        isinstance(error, InvalidSignature)
        or "mismatch" in str(error)
        or "verification failed" in str(error)
    ):
        return ""
    return f"cannot be checked: {str(error) or type(error).__name__}"[:300]


def _broken(name: str, why: str) -> Signature:
    return Signature(SignatureState.BROKEN, name, f"The signature {why}.")


def _intact_but(name: str, why: str) -> Signature:
    return Signature(SignatureState.UNVERIFIED, name, f"The signature is intact, but {why}.")


def _name(certificate: x509.Certificate) -> str:
    try:
        names: Sequence[x509.NameAttribute] = certificate.subject.get_attributes_for_oid(
            x509.NameOID.COMMON_NAME
        )
        return str(names[0].value) if names else certificate.subject.rfc4514_string()
    except ValueError:
        return "an unreadable name"


def _key_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _holds(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
