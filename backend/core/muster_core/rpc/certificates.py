"""This process's certificate: three files, read again when they change, so that renewing them stops nothing.

The common authority makes a certificate for each service, whose name is its DNS name in the certificate. Whoever has
one is a service of this house and believed when it says on whose behalf it asks; nobody else gets past the handshake.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from muster_core.errors import SettingError
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from pathlib import Path

    from muster_core.settings import Settings

_LOOK_SECONDS = 1.0
_FILES = ("rpc_certificate_file", "rpc_key_file", "rpc_ca_file")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Material:
    """What the files hold: PEM, and the number of the reading it comes from."""

    certificate: bytes
    key: bytes
    authority: bytes
    reading: int = 0

    def check(self) -> None:
        """Whether certificate and key belong together.

        Raises:
            ValueError: they do not, or one of the three cannot be read.
        """
        certificate = x509.load_pem_x509_certificate(self.certificate)
        x509.load_pem_x509_certificate(self.authority)
        key = load_pem_private_key(self.key, None)
        shape = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if certificate.public_key().public_bytes(*shape) != key.public_key().public_bytes(*shape):
            message = "the key is not the certificate's"
            raise ValueError(message)


class Certificates:
    """The files of one process."""

    def __init__(self, certificate: Path, key: Path, authority: Path) -> None:
        """Read them.

        Raises:
            SettingError: a file cannot be used; says which setting names it.
        """
        self._paths = (certificate, key, authority)
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._stamp: tuple[tuple[int, int, int], ...] = self._stamps()
        try:
            self._material = self._read(0)
        except ValueError as error:
            raise SettingError("rpc_certificate_file", f"cannot be used: {error}") from error

    @classmethod
    def named_by(cls, settings: Settings) -> Certificates | None:
        """Those that the settings name, or None if they name none.

        Raises:
            SettingError: some of the three are named and others are not, or a file cannot be used.
        """
        given = {name: getattr(settings, name) for name in _FILES}
        if not any(given.values()):
            return None
        for name, path in given.items():
            if path is None:
                raise SettingError(name, "is not set, and the other two files of the three are")
        return cls(*given.values())

    def current(self) -> Material:
        """What the files hold now; looked at each second at most. Half-replaced files are read when they are whole."""
        with self._lock:
            if time.monotonic() - self._looked >= _LOOK_SECONDS:
                self._looked = time.monotonic()
                self._look()
            return self._material

    def server_credentials(self) -> grpc.ServerCredentials:
        """For a server that lets in who has a certificate of the authority; each new connection gets today's files."""
        given = self.current()

        def fetch() -> Any:
            nonlocal given
            found = self.current()
            if found.reading == given.reading:
                return None  # to gRPC: as before
            given = found
            return _configuration(found)

        return grpc.dynamic_ssl_server_credentials(
            _configuration(given), fetch, require_client_authentication=True
        )

    @staticmethod
    def channel_credentials(material: Material) -> grpc.ChannelCredentials:
        """For a channel that shows the certificate and trusts the authority alone."""
        return grpc.ssl_channel_credentials(material.authority, material.key, material.certificate)

    def _look(self) -> None:
        try:
            stamp = self._stamps()
            if stamp == self._stamp:
                return
            found = self._read(self._material.reading + 1)
        except (SettingError, ValueError) as error:
            _log.warning("certificate files not read anew; those known are used", error=str(error))
            return
        self._stamp, self._material = stamp, found
        _log.info("certificate files read anew")

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        found: list[tuple[int, int, int]] = []
        for name, path in zip(_FILES, self._paths, strict=True):
            try:
                about = path.stat()
            except OSError as error:
                raise SettingError(name, f"cannot be read: {path}: {error.strerror}") from error
            found.append((about.st_ino, about.st_mtime_ns, about.st_size))
        return tuple(found)

    def _read(self, reading: int) -> Material:
        parts: list[bytes] = []
        for name, path in zip(_FILES, self._paths, strict=True):
            try:
                parts.append(path.read_bytes())
            except OSError as error:
                raise SettingError(name, f"cannot be read: {path}: {error.strerror}") from error
        found = Material(*parts, reading=reading)
        found.check()
        return found


def _configuration(material: Material) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration(
        [(material.key, material.certificate)], root_certificates=material.authority
    )
