"""Web push: a message only its browser can read (RFC 8291), and proof of who sends it (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD: Final = 4096
LONGEST: Final = RECORD - 17 - 86
"""Bytes of text that fit into the one record which push services must take (RFC 8291, 4)."""
_TOKEN_SECONDS: Final = 12 * 3600
_RENEW_SECONDS: Final = 3600


def encrypt(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push, `aes128gcm` in one record.

    Key and salt are new for each message; they are given for known answers only.

    Raises:
        ValueError: the browser's key is no point of P-256, or the text is too long.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{len(text)} bytes do not fit into a push of {LONGEST}.")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    key = key or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    ours = public_bytes(key)
    shared = key.exchange(ec.ECDH(), theirs)
    secret = _hkdf(auth, b"WebPush: info\x00" + p256dh + ours, 32, shared)
    content_key = _hkdf(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
    nonce = _hkdf(salt, b"Content-Encoding: nonce\x00", 12, secret)
    sealed = AESGCM(content_key).encrypt(nonce, text + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + sealed


class Vapid:
    """Our key as an application server.

    A token holds for one push service and half a day; it is signed once and used again.
    """

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, subject: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._key, self._subject, self._clock = key, subject, clock
        self.public = base64url(public_bytes(key))
        """What a browser needs to subscribe (`applicationServerKey`)."""
        self._tokens: dict[str, tuple[float, str]] = {}

    def authorization(self, origin: str) -> str:
        """The header for a push service."""
        now = self._clock()
        ends, token = self._tokens.get(origin, (0.0, ""))
        if ends - now < _RENEW_SECONDS:
            ends = now + _TOKEN_SECONDS
            token = self._token(origin, int(ends))
            if len(self._tokens) > 1000:
                self._tokens.clear()
            self._tokens[origin] = (ends, token)
        return f"vapid t={token}, k={self.public}"

    def _token(self, origin: str, ends: int) -> str:
        parts = (
            {"typ": "JWT", "alg": "ES256"},
            {"aud": origin, "exp": ends, "sub": self._subject},
        )
        told = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        r, s = decode_dss_signature(self._key.sign(told.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{told}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """A P-256 key, from base64url of its 32 bytes or PEM.

    Raises:
        ValueError: it is none.
    """
    if "BEGIN" in text:
        key = serialization.load_pem_private_key(text.encode(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("The VAPID key must be of the curve P-256.")
        return key
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(raw) != 32:
        raise ValueError("The VAPID key must be base64url of 32 bytes, or PEM.")
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public point, uncompressed: 65 bytes."""
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _hkdf(salt: bytes, info: bytes, length: int, secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
