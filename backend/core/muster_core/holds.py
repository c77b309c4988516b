"""What a request may hold of a connection pool: one place of its share, for as long as it has time left."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

from muster_core import deadline
from muster_core.errors import UnavailableError
from muster_core.metrics import DATABASE_REFUSALS

if TYPE_CHECKING:
    import asyncpg

    Driver = asyncpg.Connection[Any]

_REQUESTS_SHARE = 0.8
_REQUEST_WAIT_SECONDS = 1.0
# A request that spent its time elsewhere still gets a moment here: it is PostgreSQL's silence that is bounded.
_LEAST_SECONDS = 0.5


class Hold:
    """What a request holds of a pool: its place among the requests, a connection, and until when."""

    __slots__ = ("_places", "_timer", "connection", "late")

    def __init__(self, places: asyncio.Semaphore) -> None:
        self.connection: Driver | None = None
        self.late = False
        self._places = places
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self, seconds: float) -> None:
        """Take a place.

        Raises:
            UnavailableError: requests hold their share of the pool already, and none gave way in time.
        """
        if self._places.locked():
            try:
                async with asyncio.timeout(min(seconds, _REQUEST_WAIT_SECONDS)):
                    await self._places.acquire()
            except TimeoutError as error:
                DATABASE_REFUSALS.labels("busy").inc()
                raise UnavailableError(
                    "The database is busy: nothing was changed. Try again.", retry_after=1
                ) from error
        else:
            await self._places.acquire()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._expire)

    def end(self) -> None:
        """Give the place back."""
        if self._timer is not None:
            self._timer.cancel()
            self._places.release()

    def use(self, connection: Driver) -> None:
        """From now on this is what is dropped when time is up."""
        self.connection = connection
        if self.late:
            connection.terminate()

    def _expire(self) -> None:
        # Dropped, not cancelled: a cancellation asks the server, who may be the one that says nothing.
        self.late = True
        DATABASE_REFUSALS.labels("late").inc()
        if self.connection is not None:
            self.connection.terminate()


def seconds_left() -> float | None:
    """How long the work at hand may hold a connection; None if it is no request."""
    left = deadline.left(math.inf)
    return None if left == math.inf else max(left, _LEAST_SECONDS)


def places(size: int) -> asyncio.Semaphore:
    """The places that requests may take of a pool of `size` connections."""
    return asyncio.Semaphore(max(1, int(size * _REQUESTS_SHARE)))
