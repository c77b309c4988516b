"""PostgreSQL: one pool of sessions for writes, one of bare connections for reads, and a listener.

A session is a transaction: it begins when opened and commits when its block ends without an error. Nobody else
commits. Reads that build their JSON in SQL go through `Reader`, in autocommit, without the ORM.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from muster_core.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from muster_core.auth import Actor

# A statement that runs longer than this holds a connection others wait for.
_SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
}
_POOL_WAIT_SECONDS = 3.0
_CLOSE_SECONDS = 2.0


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

    def __init__(self, url: str, size: int) -> None:
        """Nothing is connected before the first read."""
        self._url = plain_url(url)
        self._size = size
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> asyncpg.Pool[Any]:
        """Connect the pool, unless it is."""
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=1,
                    max_size=self._size,
                    connection_class=_PlainConnection,
                    server_settings=_SERVER_SETTINGS,
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

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        pool = self._pool or await self.open()
        try:
            connection = await pool.acquire(timeout=_POOL_WAIT_SECONDS)
        except TimeoutError as error:
            raise UnavailableError("The database is busy; try again.", retry_after=2) from error
        try:
            yield connection
        finally:
            await pool.release(connection)

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
            connect_args={"server_settings": _SERVER_SETTINGS, "timeout": 5},
        )
        self.reader = Reader(url, pool)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

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
        """
        async with self._sessions() as session:
            session.info.update(schema=schema, actor=actor, announced=False)
            async with session.begin():
                yield session
            if committed is not None and session.info["announced"]:
                committed(schema)

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.close()
        await self.engine.dispose()
