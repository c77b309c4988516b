"""One-time codes (RFC 6238) as authenticator apps make them: 30 s steps, six digits, each used once."""

from __future__ import annotations

import hmac

import pyotp
from pyotp.hotp import HOTP
from pyotp.totp import TOTP

STEP_SECONDS = 30
ISSUER = "Muster"


def new_secret() -> str:
    """A secret of 160 bits, in base32."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, username: str) -> str:
    """The otpauth:// URI that an authenticator app reads, as text or from a QR code."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    return HOTP(secret).at(step)


def matching_step(secret: str, code: str, now: float, last_step: int) -> int | None:
    """The step a code belongs to, or None: within one step of `now` (Unix s) and after the last used."""
    current = int(now // STEP_SECONDS)
    found: int | None = None
    for step in (current - 1, current, current + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and step > last_step:
            found = step
    return found
