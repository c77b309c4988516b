"""The time that is left: what one request asks of others never takes longer than it may take itself.

Whoever begins the work (the HTTP edge, the gRPC server) says how long it may take; whoever asks another service further
down passes on what is left of it.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class Deadline:
    """A moment on the monotonic clock, or none. Work started on the side holds the same one, and sees it lifted."""

    __slots__ = ("_at",)

    def __init__(self, seconds: float | None) -> None:
        """`seconds` from now; None: no end."""
        self._at = None if seconds is None else time.monotonic() + seconds

    def left(self, most: float) -> float:
        """Seconds that are left, at most `most`; never below zero."""
        return most if self._at is None else max(0.0, min(most, self._at - time.monotonic()))

    def lift(self) -> None:
        """From now on there is no end: the answer has begun, or the work outlives its request."""
        self._at = None


_NONE = Deadline(None)
_current: ContextVar[Deadline] = ContextVar("muster_deadline", default=_NONE)


@contextmanager
def deadline(seconds: float | None) -> Generator[Deadline]:
    """Within the block, work may take `seconds`, and no longer than the work around it may."""
    outer = _current.get()
    inner = Deadline(seconds if seconds is None else outer.left(seconds))
    token = _current.set(inner)
    try:
        yield inner
    finally:
        inner.lift()
        _current.reset(token)


def left(most: float) -> float:
    """Seconds that the work at hand may still take, at most `most`; zero when its time is up."""
    return _current.get().left(most)
