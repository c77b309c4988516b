"""Addresses and names at rest: AES-256-GCM under a data key of their own, which the key file's key wraps.

What is sealed is bound to where it lies (`table:id:field`): a copy in another row opens nothing. An address is found
again by its blind index, an HMAC that only this installation can make. Who has the database without the key file has
neither.
"""

from __future__ import annotations

import hmac
import json
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from muster_core.key_files import KeyFileError, key_file, read_or_create

if TYPE_CHECKING:
    from muster_core.settings import Settings

_VERSION = b"\x01"
_NONCE = 12
_KEY = 32
_TAG = 16
_WRAPPED = _NONCE + _KEY + _TAG
SHORTEST = len(_VERSION) + _WRAPPED + _NONCE + _TAG


class Vault:
    """Seals, opens and indexes under the key of the file."""

    def __init__(self, key: bytes, path: Path | None = None) -> None:
        """`key` of 32 bytes; everything used is derived from it for its purpose."""
        self._path = path
        self._wrapping = AESGCM(_derive(key, b"muster notification wrapping"))
        self._blind = _derive(key, b"muster notification blind index")
        self._links = _derive(key, b"muster notification links")
        self._codes = _derive(key, b"muster notification codes")

    def seal(self, value: str, where: str) -> bytes:
        """Encrypt; `where` is `table:id:field`."""
        bound = where.encode()
        data_key = secrets.token_bytes(_KEY)
        outer, inner = secrets.token_bytes(_NONCE), secrets.token_bytes(_NONCE)
        wrapped = outer + self._wrapping.encrypt(outer, data_key, bound)
        return _VERSION + wrapped + inner + AESGCM(data_key).encrypt(inner, value.encode(), bound)

    def open(self, sealed: bytes, where: str) -> str:
        """Decrypt.

        Raises:
            KeyFileError: another key sealed it, or for another place, or it was changed.
        """
        bound = where.encode()
        wrapped, rest = sealed[1 : 1 + _WRAPPED], sealed[1 + _WRAPPED :]
        try:
            data_key = self._wrapping.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
            return AESGCM(data_key).decrypt(rest[:_NONCE], rest[_NONCE:], bound).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyFileError(
                f"The key file {self._path or 'in use'} does not open {where}: put back the key file that belongs"
                " to this database."
            ) from error

    def seal_address(self, address: str, contact_point_id: UUID) -> bytes:
        """A contact point's address as it is stored."""
        return self.seal(address, f"contact_points:{contact_point_id}:address")

    def open_address(self, sealed: bytes, contact_point_id: UUID) -> str:
        """A contact point's address as its channel takes it (channels/port.py: `Address`).

        Raises:
            KeyFileError: it does not open.
        """
        return self.open(sealed, f"contact_points:{contact_point_id}:address")

    def seal_details(self, details: dict[str, Any], subscription_id: UUID) -> bytes:
        """What is known of a subscriber beside the addresses."""
        return self.seal(json.dumps(details), f"subscriptions:{subscription_id}:details")

    def open_details(self, sealed: bytes | None, subscription_id: UUID) -> dict[str, Any]:
        """The way back; empty without any."""
        if sealed is None:
            return {}
        return cast(
            "dict[str, Any]",
            json.loads(self.open(sealed, f"subscriptions:{subscription_id}:details")),
        )

    def index(self, channel: str, address: str) -> UUID:
        """The blind index of an address: equal for equal ones, and no help to whoever has the database alone."""
        mac = hmac.digest(self._blind, f"{channel}\x00{address}".encode(), "sha256")
        return UUID(bytes=mac[:16])

    def code(self, contact_point_id: UUID, seed: bytes) -> str:
        """The six digits that confirm a contact point: they follow from the stored seed for us alone."""
        mac = hmac.digest(self._codes, contact_point_id.bytes + seed, "sha256")
        return f"{int.from_bytes(mac[:8]) % 1_000_000:06}"

    def subject(self, kind: str, value: str) -> bytes:
        """What stands for an address or a network where askings are counted."""
        return hmac.digest(self._blind, f"asking\x00{kind}\x00{value}".encode(), "sha256")

    def sign_link(self, message: bytes) -> bytes:
        """16 bytes that only this installation can make for a link's content."""
        return hmac.digest(self._links, message, "sha256")[:16]


def vault_of(settings: Settings) -> Vault:
    """The vault of an installation.

    Raises:
        KeyFileError: the key file holds no key.
    """
    return _opened(key_file(settings))


@lru_cache(maxsize=16)
def _opened(path: Path) -> Vault:
    return Vault(read_or_create(path), path)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY, salt=None, info=purpose).derive(key)
