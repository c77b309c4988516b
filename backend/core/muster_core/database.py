"""PostgreSQL: one pool of sessions for writes, one of bare connections for reads, and what to do when it is away.

A session is a transaction: it begins when opened and commits when its block ends without an error. Nobody else
commits. Reads that build their JSON in SQL go through `Reader`, in autocommit, without the ORM.

A request (work within a `deadline`) holds a connection no longer than it has time left, and requests together hold at
most four fifths of each pool: the relay, the consumers and the tasks go on while requests are turned away. Work that
must never wait behind anyone, such as sending alerts, takes a `Database` of its own.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakSet

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session, SessionTransaction

from muster_core.errors import DomainError, UnavailableError
from muster_core.holds import Hold, places, seconds_left
from muster_core.metrics import DATABASE_REFUSALS
from muster_core.outages import (
    FULL,
    RETRY_SECONDS,
    OutcomeUnknownError,
    is_outage,
    sqlstate,
    unavailable,
)
from muster_core.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy import Connection
    from sqlalchemy.pool import ConnectionPoolEntry

    from muster_core.auth import Actor

    Driver = asyncpg.Connection[Any]

# A statement that runs longer than this holds a connection others wait for, and so does one whose asker has gone.
_SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "client_connection_check_interval": "2s",
    "jit": "off",
}
_POOL_WAIT_SECONDS = 3.0
_CONNECT_SECONDS = 1.5
_CLOSE_SECONDS = 2.0
# PostgreSQL itself ends a statement after 15 s: whoever has no answer by now has lost the other side.
_FORGOTTEN_SECONDS = 20.0


class _PlainConnection(asyncpg.Connection):
    """A pooled connection that nothing is ever set on, so that handing it back costs no round trip."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


def asyncpg_url(url: str) -> URL:
    """A postgresql:// URL as SQLAlchemy's asyncpg dialect wants it."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def plain_url(url: str) -> str:
    """A postgresql:// URL as asyncpg and psql want it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Reader:
    """Reads in autocommit on a bare connection; JSON made by PostgreSQL is handed on as bytes."""

    def __init__(self, url: str, size: int, pulse: Pulse | None = None) -> None:
        """Nothing is connected before the first read."""
        self._url = plain_url(url)
        self._size = size
        self._pulse = pulse
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()
        self._places = places(size)
        self._connections: WeakSet[Driver] = WeakSet()

    @property
    def in_use(self) -> tuple[int, int]:
        """Connections in use, and how many there may be."""
        pool = self._pool
        return (0 if pool is None else pool.get_size() - pool.get_idle_size()), self._size

    async def open(self) -> asyncpg.Pool[Any]:
        """Connect the pool, unless it is."""
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,  # made when wanted: no connection is restored while nobody asks
                    max_size=self._size,
                    connect=self._connect,
                    connection_class=_PlainConnection,
                    server_settings=_SERVER_SETTINGS,
                    timeout=_CONNECT_SECONDS,
                    command_timeout=15,
                    max_inactive_connection_lifetime=300,
                )
            return self._pool

    async def close(self) -> None:
        """Close every connection, politely if that is quick."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), _CLOSE_SECONDS)
            except TimeoutError:
                pool.terminate()

    def drop(self) -> None:
        """Let go of every connection at once: whoever waits on one hears that it is lost."""
        for connection in tuple(self._connections):
            connection.terminate()

    async def _connect(self, *given: Any, **named: Any) -> Driver:
        connection: Driver = await asyncpg.connect(*given, **named)
        self._connections.add(connection)
        return connection

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        _refuse_silent(self._pulse)
        seconds = seconds_left()
        hold = None
        if seconds is not None:
            hold = Hold(self._places)
            await hold.begin(seconds)
        try:
            pool = self._pool or await self.open()
            connection = await pool.acquire(timeout=seconds or _POOL_WAIT_SECONDS)
            if hold is not None:
                # What the pool's proxy wraps: it can be dropped whatever becomes of the proxy.
                hold.use(connection._con)  # noqa: SLF001
            try:
                yield connection
            except TimeoutError:
                connection.terminate()  # giving it back would wait for the cancellation's answer
                raise
            finally:
                # One that is dropped in this very moment has given itself back already.
                with suppress(asyncpg.InternalClientError):
                    await pool.release(connection)
            if self._pulse is not None:
                self._pulse.heard_at = time.monotonic()
        except Exception as error:
            if (told := _told(error, hold)) is None:
                raise
            raise told from error
        finally:
            if hold is not None:
                hold.end()

    async def fetch_json(self, sql: str, *arguments: object) -> bytes | None:
        """The text of the first column of the first row as bytes, or None without a row."""
        async with self._connection() as connection:
            value: str | None = await connection.fetchval(sql, *arguments)
        return None if value is None else value.encode()

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        """All rows, as asyncpg records."""
        async with self._connection() as connection:
            return await connection.fetch(sql, *arguments)

    async def execute(self, sql: str, *arguments: object) -> None:
        """Run one statement in autocommit, such as NOTIFY."""
        async with self._connection() as connection:
            await connection.execute(sql, *arguments)


class _Transaction(Session):
    """SQLAlchemy's session, with what a request holds in `info`."""


@event.listens_for(_Transaction, "after_begin")
def _begun(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    hold: Hold | None = session.info.get("hold")
    if hold is not None:
        hold.use(cast("Driver", connection.connection.driver_connection))


class Database:
    """One PostgreSQL database as a process uses it; services with the same URL share it."""

    def __init__(self, url: str, pool: int = 20) -> None:
        """Nothing is connected before first use."""
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=_POOL_WAIT_SECONDS,
            # Parameters may be personal, and errors are logged.
            hide_parameters=True,
            pool_recycle=1800,
            connect_args={"server_settings": _SERVER_SETTINGS, "timeout": _CONNECT_SECONDS},
        )
        self.pulse = Pulse(plain_url(url), self._fell_silent, self._drop_forgotten)
        self.reader = Reader(url, pool, self.pulse)
        self._sessions = async_sessionmaker(
            self.engine, sync_session_class=_Transaction, expire_on_commit=False
        )
        self._places = places(pool)
        self._connections: WeakSet[Driver] = WeakSet()
        self._asked: dict[Driver, float] = {}
        engine = self.engine.sync_engine
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "checkout", self._checked_out)
        event.listen(engine, "checkin", self._checked_in)
        for asks in ("before_cursor_execute", "commit", "rollback"):
            event.listen(engine, asks, self._asks)
        event.listen(engine, "after_cursor_execute", self._answered)

    def start(self) -> None:
        """Follow whether the database answers, until `close`."""
        self.pulse.start()

    @asynccontextmanager
    async def session(
        self,
        schema: str,
        actor: Actor | None = None,
        *,
        committed: Callable[[str], None] | None = None,
    ) -> AsyncGenerator[AsyncSession]:
        """One transaction of the service that owns `schema`, on behalf of `actor`.

        `committed(schema)` is called after a commit that announced something, to wake the relay.

        Raises:
            UnavailableError: the database is away, silent or busy; nothing was changed.
            OutcomeUnknownError: it went away while the transaction was being committed.
        """
        _refuse_silent(self.pulse)
        seconds = seconds_left()
        hold = None
        if seconds is not None:
            hold = Hold(self._places)
            await hold.begin(seconds)
        committing = False
        try:
            async with self._sessions() as session:
                session.info.update(schema=schema, actor=actor, announced=False, hold=hold)
                async with session.begin():
                    yield session
                    await session.flush()
                    committing = True
            self.pulse.heard_at = time.monotonic()
        except Exception as error:
            if (told := _told(error, hold, committing=committing)) is None:
                raise
            raise told from error
        finally:
            if hold is not None:
                hold.end()
        if committed is not None and session.info["announced"]:
            committed(schema)

    async def close(self) -> None:
        """Close every connection, politely if that is quick."""
        await self.reader.close()
        try:
            await asyncio.wait_for(self.engine.dispose(), _CLOSE_SECONDS)
        except TimeoutError:
            self._drop()
        await self.pulse.close()

    def _fell_silent(self) -> None:
        DATABASE_REFUSALS.labels("silent").inc()
        self.reader.drop()
        self._drop()

    def _drop(self) -> None:
        for connection in tuple(self._connections):
            connection.terminate()

    def _drop_forgotten(self) -> None:
        """A connection whose other side is gone without a word: nobody else would ever notice."""
        late = time.monotonic() - _FORGOTTEN_SECONDS
        for connection, since in tuple(self._asked.items()):
            if since < late:
                del self._asked[connection]
                DATABASE_REFUSALS.labels("late").inc()
                connection.terminate()

    def _asks(self, connection: Connection, *_: object) -> None:
        if not connection.invalidated:
            driver = cast("Driver", connection.connection.driver_connection)
            self._asked[driver] = time.monotonic()

    def _answered(self, connection: Connection, *_: object) -> None:
        self._asked.pop(cast("Driver", connection.connection.driver_connection), None)

    def _checked_in(self, connection: Any, _entry: ConnectionPoolEntry) -> None:
        if connection is not None:
            self._asked.pop(connection.driver_connection, None)

    def _connected(self, connection: Any, _entry: ConnectionPoolEntry) -> None:
        self._connections.add(connection.driver_connection)

    def _checked_out(self, connection: Any, _entry: ConnectionPoolEntry, _proxy: object) -> None:
        if connection.driver_connection.is_closed():
            # Lost while nobody used it: the pool makes another, and no request pays for it.
            raise DisconnectionError


def _refuse_silent(pulse: Pulse | None) -> None:
    if pulse is not None and pulse.silent:
        DATABASE_REFUSALS.labels("silent").inc()
        raise UnavailableError(
            "The database does not answer now: nothing was changed. Try again.",
            retry_after=RETRY_SECONDS,
        )


def _told(
    error: Exception, hold: Hold | None, *, committing: bool = False
) -> UnavailableError | None:
    """What an outage is to whoever asked; None if it is none."""
    if isinstance(error, DomainError) or not (is_outage(error) or (hold is not None and hold.late)):
        return None
    if committing:
        DATABASE_REFUSALS.labels("outcome unknown").inc()
        return OutcomeUnknownError(
            "The connection to the database was lost in the moment of saving: perhaps this is saved, perhaps not."
            " Repeat it with the same Idempotency-Key, or look before you repeat it.",
            retry_after=RETRY_SECONDS,
        )
    DATABASE_REFUSALS.labels("full" if sqlstate(error) == FULL else "away").inc()
    return unavailable(error)
