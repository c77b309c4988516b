"""When what the work needs is away, as opposed to the work being wrong; and how to say so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import sqlalchemy.exc

from muster_core.errors import UnavailableError
from muster_core.logs import get_logger

T = TypeVar("T")

RETRY_SECONDS = 2
_AGAIN_SECONDS = 0.5
_log = get_logger(__name__)
# SQLSTATE: connection lost, resources used up (disk full too), shutdown or crash, the disk failed, a standby.
_AWAY = ("08", "53", "57P", "58030", "25006")
FULL = "53100"
"""SQLSTATE of a full disk."""
_STANDBY = "25006"


class OutcomeUnknownError(UnavailableError):
    """The database went away in the very moment of saving: it is saved or it is not, and nobody can say which."""

    code = "outcome-unknown"
    title = "Perhaps saved"


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's five characters for what went wrong, or nothing."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def is_outage(error: BaseException) -> bool:
    """Whether the same work may succeed later without anybody changing it.

    A statement that is wrong is none, nor one that PostgreSQL ended because it ran too long or waited for a lock.
    """
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return error.connection_invalidated or sqlstate(error).startswith(_AWAY) or _closed(error)
    if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError)):
        return sqlstate(error).startswith(_AWAY) or _closed(error)
    return isinstance(error, (OSError, TimeoutError, UnavailableError, sqlalchemy.exc.TimeoutError))


def _closed(error: BaseException) -> bool:
    """The driver's own word for a connection that has ended; its other interface errors are mistakes of ours."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    translated = getattr(cause, "__cause__", None) or cause
    return (
        isinstance(translated, asyncpg.InterfaceError)
        and not isinstance(translated, asyncpg.DataError)
        and "clos" in str(translated)
    )


def unavailable(error: BaseException) -> UnavailableError:
    """An outage of the database as the caller hears it, with what an operator can do where we know."""
    if isinstance(error, UnavailableError):
        return error
    state = sqlstate(error)
    if state == FULL:
        detail = "The database's disk is full: nothing was changed, and reading goes on. Space must be made there."
    elif state == _STANDBY:
        detail = "The database takes no changes now: nothing was changed, and reading goes on. Try again."
    elif isinstance(error, sqlalchemy.exc.TimeoutError):
        detail = "The database is busy: nothing was changed. Try again."
    else:
        detail = "The database does not answer now: nothing was changed. Try again."
    return UnavailableError(detail, retry_after=RETRY_SECONDS)


async def when_it_answers(work: Callable[[], Awaitable[T]], *, seconds: float = 30.0) -> T:
    """What a process needs before it can serve: tried again while the database is away, or slow to take connections.

    Raises:
        Exception: the work is wrong, or the database was still away after `seconds`.
    """
    limit = time.monotonic() + seconds
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_outage(error) or time.monotonic() > limit:
                raise
            _log.warning("waiting for the database", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)
