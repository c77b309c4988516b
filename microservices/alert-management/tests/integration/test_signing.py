"""What is published is signed with the operator's key, and goes out unsigned rather than not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alert_management.cap import SignatureState, Trust, parse
from alert_management.cap.settings import CapSettings
from muster_core.runtime import Runtime


def _operator(folder: Path, days: tuple[int, int]) -> tuple[CapSettings, bytes]:
    """An operator's key and certificate, good from so many to so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kern County")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "certificate.pem").write_bytes(certificate)
    settings = CapSettings(
        signing_key=folder / "key.pem", signing_certificate=folder / "certificate.pem"
    )
    return settings, certificate


async def test_what_is_published_is_signed_and_verifies_against_the_operators_certificate(
    desk: Any, anonymous: httpx.AsyncClient, runtime: Runtime, tmp_path: Path
) -> None:
    settings, certificate = _operator(tmp_path, (-1, 365))
    runtime.override_settings(settings)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(certificate)

    sent = await desk.send()

    assert sent["signed"] is True
    body = (await anonymous.get(f"/alerts/{sent['id']}/cap.xml")).content
    assert parse(body, Trust.load(trusted)).signature.state is SignatureState.VERIFIED
    forged = body.replace(b"Move to high ground", b"Stay where you are")
    assert parse(forged, Trust.load(trusted)).signature.state is SignatureState.BROKEN


async def test_a_certificate_that_has_run_out_does_not_keep_people_from_being_warned(
    desk: Any, anonymous: httpx.AsyncClient, runtime: Runtime, tmp_path: Path
) -> None:
    settings, _ = _operator(tmp_path, (-30, -1))
    runtime.override_settings(settings)

    sent = await desk.send()

    assert (sent["status"], sent["signed"]) == ("published", False)
    body = (await anonymous.get(f"/alerts/{sent['id']}/cap.xml")).content
    assert parse(body).signature.state is SignatureState.NONE
