"""How a sender does in this process: its breaker, its rate, its last success and failure."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final


class Breaker(StrEnum):
    """Closed lets everything through, open nothing, half-open one trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Health:
    """What the channels' screen shows of one sender; `rate` is what it handed over a second, over the last minute."""

    channel: str
    provider: str
    breaker: Breaker
    rate: float
    limit: float
    last_success: datetime | None
    last_failure: datetime | None
    last_reason: str | None
    failures: int
    """In a row."""

    def stored(self) -> dict[str, Any]:
        """As JSON, for a table that every process writes its line to."""
        return {
            "channel": self.channel,
            "provider": self.provider,
            "breaker": self.breaker.value,
            "rate": round(self.rate, 2),
            "limit": self.limit,
            "last_success": self.last_success and self.last_success.isoformat(),
            "last_failure": self.last_failure and self.last_failure.isoformat(),
            "last_reason": self.last_reason,
            "failures": self.failures,
        }


FAILURES_TO_OPEN: Final = 5
FIRST_REST: Final = 5.0
LONGEST_REST: Final = 60.0
_WINDOW: Final = 60


class Pulse:
    """Counts what a sender does, and opens its breaker after five failures of the provider in a row.

    Only the provider's own trouble counts (no connection, 5xx, time-out): a number that does not exist says nothing
    about it. An open breaker rests 5 s, doubling to 60 s while trials fail; then one trial decides. With `opens`
    False it counts only.
    """

    def __init__(
        self,
        channel: str,
        provider: str,
        limit: float,
        *,
        opens: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opens = opens
        self._channel, self._provider, self._limit, self._clock = channel, provider, limit, clock
        self._failures = 0
        self._rest = FIRST_REST
        self._opened: float | None = None
        self._trial: float | None = None
        self._seconds: deque[tuple[int, int]] = deque(maxlen=_WINDOW)
        self._success: float | None = None
        self._failure: datetime | None = None
        self._reason: str | None = None

    @property
    def breaker(self) -> Breaker:
        """Its state now."""
        if self._opened is None:
            return Breaker.CLOSED
        rested = self._clock() - self._opened >= self._rest
        return Breaker.HALF_OPEN if rested else Breaker.OPEN

    def ready(self) -> bool:
        """Whether a caller should choose this sender now; asking changes nothing."""
        match self.breaker:
            case Breaker.CLOSED:
                return True
            case Breaker.OPEN:
                return False
            case Breaker.HALF_OPEN:
                return not self._trying()

    def enter(self) -> bool:
        """Whether an attempt may begin; the first one of a half-open breaker is its trial."""
        if not self.ready():
            return False
        if self._opened is not None:
            self._trial = self._clock()
        return True

    @property
    def rests(self) -> float:
        """Seconds until the breaker lets a trial through; 0 if it is not open."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._opened + self._rest - self._clock())

    def succeeded(self, count: int = 1) -> None:
        """The provider answered as it should."""
        self._failures, self._opened, self._trial, self._rest = 0, None, None, FIRST_REST
        self._success = time.time()
        now = int(self._clock())
        if self._seconds and self._seconds[-1][0] == now:
            self._seconds[-1] = (now, self._seconds[-1][1] + count)
        else:
            self._seconds.append((now, count))

    def failed(self, reason: str) -> None:
        """The provider is in trouble."""
        self._failure, self._reason = datetime.now(UTC), reason
        self._failures += 1
        if self._opened is not None and self._trial is not None:
            self._rest = min(LONGEST_REST, self._rest * 2)
            self._opened, self._trial = self._clock(), None
        elif self._opens and self._opened is None and self._failures >= FAILURES_TO_OPEN:
            self._opened = self._clock()

    def refused(self, reason: str) -> None:
        """The provider would not take one message: it is well, and the reason is worth showing."""
        self._failure, self._reason = datetime.now(UTC), reason
        self._failures, self._opened, self._trial, self._rest = 0, None, None, FIRST_REST

    def health(self) -> Health:
        """How it does."""
        now = int(self._clock())
        sent = sum(count for second, count in self._seconds if now - second < _WINDOW)
        return Health(
            channel=self._channel,
            provider=self._provider,
            breaker=self.breaker,
            rate=sent / _WINDOW,
            limit=self._limit,
            last_success=None
            if self._success is None
            else datetime.fromtimestamp(self._success, UTC),
            last_failure=self._failure,
            last_reason=self._reason,
            failures=self._failures,
        )

    def _trying(self) -> bool:
        """Whether a trial is under way; one that never came back is forgotten after the longest rest."""
        return self._trial is not None and self._clock() - self._trial < LONGEST_REST
