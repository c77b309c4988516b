"""Seals: chain heads signed with an Ed25519 key that lies outside the database.

Whoever can write the database can write a chain anew from any entry on, with hashes that fit. They cannot sign it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from activity_log.domain.chain import instant

KEY_FILE = "journal-seal.key"


@dataclass(frozen=True, slots=True)
class SealedHead:
    """What a seal says: at this time the chain ended here."""

    organization_id: UUID
    sequence: int
    position: int
    hash: bytes
    sealed_at: datetime

    def canonical(self) -> bytes:
        """What is signed: JSON with sorted keys, no spaces."""
        return json.dumps(
            {
                "hash": self.hash.hex(),
                "organization_id": str(self.organization_id),
                "position": self.position,
                "sealed_at": instant(self.sealed_at),
                "sequence": self.sequence,
            },
            separators=(",", ":"),
        ).encode()


class SealKey:
    """The key that seals the journal, kept in HOME/secrets with mode 0600; it belongs in the backup."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public = private.public_key()
        self.id = hashlib.sha256(self._public.public_bytes_raw()).hexdigest()[:16]

    @classmethod
    def load(cls, home: Path) -> SealKey | None:
        """The key of this installation, or None if it never sealed."""
        try:
            pem = (home / "secrets" / KEY_FILE).read_bytes()
        except FileNotFoundError:
            return None
        private = load_pem_private_key(pem, None)
        if not isinstance(private, Ed25519PrivateKey):
            raise TypeError(f"{home / 'secrets' / KEY_FILE} is not an Ed25519 key.")
        return cls(private)

    @classmethod
    def load_or_make(cls, home: Path) -> SealKey:
        """The key of this installation, made now if there is none; of two processes one makes it."""
        found = cls.load(home)
        if found is not None:
            return found
        folder = home / "secrets"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        written = folder / f".{KEY_FILE}.{os.getpid()}"
        with os.fdopen(
            os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link is made once or not at all: nobody ever reads half a key, and the first one stays.
        with contextlib.suppress(FileExistsError):
            (folder / KEY_FILE).hardlink_to(written)
        written.unlink()
        made = cls.load(home)
        assert made is not None
        return made

    def sign(self, head: SealedHead) -> bytes:
        """64 bytes."""
        return self._private.sign(head.canonical())

    def signed(self, head: SealedHead, signature: bytes) -> bool:
        """Whether this key signed it."""
        try:
            self._public.verify(signature, head.canonical())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as it is stored, and the hash that the journal now has at its place (None: no such entry)."""

    head: SealedHead
    key_id: str
    signature: bytes
    found: bytes | None


def broken_seal(key: SealKey | None, seals: Sequence[Seal]) -> tuple[Seal, str] | None:
    """The first seal that does not fit the journal, and why."""
    for seal in seals:
        if key is None or seal.key_id != key.id:
            return seal, (
                f"it was sealed with key {seal.key_id}, which is not the key in"
                f" HOME/secrets/{KEY_FILE}: restore that file to verify the seal"
            )
        if not key.signed(seal.head, seal.signature):
            return seal, "its seal is not one that we signed"
        if seal.found is None:
            return seal, "the entry was sealed and is missing: the chain was cut short"
        if seal.found != seal.head.hash:
            return seal, "the entry is not the one that was sealed: the chain was written anew"
    return None
