"""A token bucket: so many a second, and a second's worth at once."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """Says how long each message has to wait for its turn.

    A `rate` of 10 lets 10 through at once, then one each 100 ms.
    """

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._burst = max(1.0, rate)
        self._clock = clock
        self._tokens, self._at = self._burst, clock()

    def reserve(self, patience: float) -> float | None:
        """Take a token, if need be one of the future: seconds until it is there, or None beyond `patience`."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        wait = max(0.0, (1.0 - self._tokens) / self.rate)
        if wait > patience:
            return None
        self._tokens -= 1.0
        return wait

    def hold(self, seconds: float) -> None:
        """Let nobody through for so long: the provider asked for it."""
        now = self._clock()
        self._tokens = min(self._tokens, 1.0 - seconds * self.rate)
        self._at = now

    @property
    def wait(self) -> float:
        """Seconds until the next token."""
        tokens = min(self._burst, self._tokens + (self._clock() - self._at) * self.rate)
        return max(0.0, (1.0 - tokens) / self.rate)
