"""UUIDv7 (RFC 9562): unique without a coordinator, and in order of time so that indexes stay compact."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new identifier whose first 48 bits are the time in milliseconds."""
    random = int.from_bytes(os.urandom(10), "big")
    stamp = (time.time_ns() // 1_000_000) & ((1 << 48) - 1)
    value = (
        stamp << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | random & ((1 << 62) - 1)
    )
    return UUID(int=value)
