"""How long a partner's system is asked again, and when it is given up."""

from __future__ import annotations

from enum import StrEnum

# Five seconds, then ever longer, for a day in all: a partner may be down for a night.
_PAUSES = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 28_800.0)


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


def pause_after(attempts: int, dice: float) -> float | None:
    """Seconds until the next attempt after so many, give or take a fifth by `dice` (0 to 1); None: give up."""
    if attempts > len(_PAUSES):
        return None
    return _PAUSES[attempts - 1] * (0.8 + 0.4 * dice)


def is_final(status: int) -> bool:
    """Whether a partner's answer says that asking again will never help: it is gone (410)."""
    return status == 410
