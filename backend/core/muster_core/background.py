"""Tasks that run beside requests, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

_AGAIN_SECONDS = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and wait until every one has ended; what they raised is dropped.

    Cancelled again until it holds: `asyncio.wait_for` of Python 3.11 forgets a cancellation that comes in the moment
    in which what it waits for is done, and a loop around it would go on for ever.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_AGAIN_SECONDS)
    for task in tasks:
        with contextlib.suppress(Exception, asyncio.CancelledError):
            task.result()
