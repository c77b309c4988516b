"""Signing what we publish: enveloped XML signature, exclusive canonical XML, RSA or ECDSA on P-256 with SHA-256."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.signer import XMLSigner

from alert_management.cap.xml import read_trusted

SMALLEST_RSA_BITS = 2048


class KeyRefusedError(ValueError):
    """The operator's key or certificate cannot sign alerts; says why."""


@dataclass(frozen=True)
class SigningKey:
    """The operator's key and the certificate that names its owner, then what certifies that, if anything."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificates: tuple[x509.Certificate, ...]

    @classmethod
    def load(
        cls, key: bytes | Path, certificate: bytes | Path, password: bytes | None = None
    ) -> SigningKey:
        """Read both from PEM, as bytes or from a file.

        Raises:
            KeyRefusedError: unreadable, of a kind or size we do not sign with, or the two do not belong together.
        """
        try:
            private = load_pem_private_key(_read(key), password)
            certificates = tuple(x509.load_pem_x509_certificates(_read(certificate)))
        except (OSError, ValueError, TypeError) as error:
            raise KeyRefusedError(
                f"The signing key or its certificate cannot be read: {error}"
            ) from error
        if isinstance(private, rsa.RSAPrivateKey):
            if private.key_size < SMALLEST_RSA_BITS:
                raise KeyRefusedError(
                    f"The signing key has {private.key_size} bits; RSA needs {SMALLEST_RSA_BITS}."
                )
        elif not (
            isinstance(private, ec.EllipticCurvePrivateKey)
            and isinstance(private.curve, ec.SECP256R1)
        ):
            raise KeyRefusedError("The signing key must be RSA, or ECDSA on P-256.")
        if private.public_key() != certificates[0].public_key():
            raise KeyRefusedError("The signing certificate belongs to another key.")
        return cls(private, certificates)

    def usable_at(self, instant: datetime) -> bool:
        """Whether the certificate holds at an instant."""
        certificate = self.certificates[0]
        return certificate.not_valid_before_utc <= instant <= certificate.not_valid_after_utc


def sign(text: bytes, key: SigningKey, sent: datetime) -> bytes:
    """The alert with its signature as the last child.

    Raises:
        KeyRefusedError: the certificate does not hold at `sent`, so nobody could verify the signature.
    """
    if not key.usable_at(sent):
        raise KeyRefusedError(
            f"The signing certificate holds from {key.certificates[0].not_valid_before_utc:%Y-%m-%d} to"
            f" {key.certificates[0].not_valid_after_utc:%Y-%m-%d}, not at {sent.isoformat()}."
        )
    method = (
        SignatureMethod.RSA_SHA256
        if isinstance(key.key, rsa.RSAPrivateKey)
        else SignatureMethod.ECDSA_SHA256
    )
    signer: Any = XMLSigner(  # its types are not whole
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(read_trusted(text), key=key.key, cert=list(key.certificates))
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True)


def _read(source: bytes | Path) -> bytes:
    return source.read_bytes() if isinstance(source, Path) else source
