"""`muster certificates`: one authority, and a certificate for each service and for a process with all of them.

For those who have no authority of their own. Whoever holds `ca.key` can make a service: keep it away from the machines
that serve, they need `ca.crt` and their own pair.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from muster_host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "host"
DAYS = 90
SOON_DAYS = 14
_AUTHORITY_DAYS = 3650
_EARLIER = dt.timedelta(minutes=5)  # for clocks that differ


def make(folder: Path, services: Sequence[str], *, days: float = DAYS) -> list[str]:
    """Make or renew every certificate; the authority is made once and kept. Answers the names.

    Raises:
        HostError: the folder cannot be used, or its authority is broken or ends too early.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority, key = _authority(folder)
        end = _now() + dt.timedelta(days=days)
        if end > authority.not_valid_after_utc:
            raise HostError(
                f"The authority in {folder} ends on {authority.not_valid_after_utc:%Y-%m-%d}, before the"
                " certificates would: move its files away and make all anew, or give fewer --days."
            )
        # A process with several services shows the certificate that has all their names.
        for name, names in [(service, [service]) for service in services] + [
            (HOST, [HOST, *services])
        ]:
            made = ec.generate_private_key(ec.SECP256R1())
            _write(folder / f"{name}.key", _pem(made), 0o600)
            issued = _issue(made, name, names, authority, key, end)
            _write(folder / f"{name}.crt", issued.public_bytes(Encoding.PEM), 0o644)
    except OSError as error:
        raise HostError(f"{error.filename or folder} cannot be used: {error.strerror}.") from error
    return [*services, HOST]


def show(folder: Path) -> tuple[list[str], bool]:
    """A line for each certificate of the folder, and whether all of them are good now."""
    found = sorted(folder.glob("*.crt"))
    if not found:
        raise HostError(
            f"There are no certificates in {folder}: `muster certificates make {folder}`."
        )
    lines: list[str] = []
    well = True
    for path in found:
        try:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError) as error:
            lines.append(f"{path.name}: cannot be read ({type(error).__name__})")
            well = False
            continue
        left = certificate.not_valid_after_utc - _now()
        state = "EXPIRED" if left < dt.timedelta() else "renew" if left.days < SOON_DAYS else "good"
        well = well and state != "EXPIRED"
        names = ", ".join(_names(certificate)) or "the authority"
        until = f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        lines.append(f"{path.name}: {state}, until {until} ({left.days} days), for {names}")
    return lines, well


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate_path, key_path = folder / "ca.crt", folder / "ca.key"
    if key_path.exists() and certificate_path.exists():
        try:
            key = load_pem_private_key(key_path.read_bytes(), None)
            certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        except ValueError as error:
            raise HostError(f"The authority in {folder} cannot be read: {error}.") from error
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == (
            certificate.public_key()
        ):
            return certificate, key
        raise HostError(f"In {folder} ca.key is not the key of ca.crt.")
    if key_path.exists() or certificate_path.exists():
        raise HostError(f"In {folder} lies half an authority: ca.crt and ca.key belong together.")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Muster services")])
    certificate = (
        _builder(key, name, name, _now() + dt.timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _pem(key), 0o600)
    _write(certificate_path, certificate.public_bytes(Encoding.PEM), 0o644)
    return certificate, key


def _issue(
    made: ec.EllipticCurvePrivateKey,
    name: str,
    names: Sequence[str],
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    end: dt.datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return (
        _builder(made, subject, authority.subject, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )


def _builder(
    key: ec.EllipticCurvePrivateKey, subject: x509.Name, issuer: x509.Name, end: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(_now() - _EARLIER, end - _EARLIER))
        .not_valid_after(end)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return found.value.get_values_for_type(x509.DNSName)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """All at once, so that whoever reads it meanwhile finds the old file or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    beside.replace(path)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
