"""The key file that wraps what the database must not hold readable: signing keys and TOTP secrets."""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muster_core.key_files import KeyFileError, read_or_create

_NONCE_BYTES = 12
_VERSION = b"\x01"


def load_or_create(path: Path) -> WrappingKey:
    """The key in a file; one is made, readable by its owner only, where there is none.

    Raises:
        KeyFileError: the file does not hold a 32-byte key in base64.
    """
    return WrappingKey(read_or_create(path), path)


class WrappingKey:
    """AES-256-GCM under the key of the file; each secret is bound to what it is for."""

    def __init__(self, key: bytes, path: Path | None = None) -> None:
        self._path = path
        self._cipher = AESGCM(_derive(key, b"muster identity wrapping"))
        self._chain = _derive(key, b"muster identity refresh tokens")

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        """Encrypt; `purpose` such as `signing_key:<kid>` is authenticated with it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Decrypt.

        Raises:
            KeyFileError: another key wrapped it, or for another purpose, or it was changed.
        """
        nonce, text = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, purpose.encode())
        except (InvalidTag, ValueError) as error:
            where = self._path or "in use"
            raise KeyFileError(
                f"The wrapping key {where} does not open {purpose}: put back the key file that"
                " belongs to this database."
            ) from error

    def successor(self, token: bytes) -> bytes:
        """The 32 bytes that follow a refresh token: only this installation can tell them."""
        mac = hmac.HMAC(self._chain, hashes.SHA256())
        mac.update(token)
        return mac.finalize()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key)
