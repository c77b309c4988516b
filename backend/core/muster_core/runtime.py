"""What a process holds while it lives: databases, cache, gRPC channels, keys. Made once, closed once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from muster_core.auth import IdentityGateway, TokenVerifier
from muster_core.background import end
from muster_core.cached import drop_what
from muster_core.database import Database
from muster_core.logs import get_logger
from muster_core.ports.cache import open_cache
from muster_core.relay import Waker
from muster_core.rpc import Rpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.auth import Actor
    from muster_core.settings import ServiceSettings, Settings

S = TypeVar("S", bound="ServiceSettings")
_REVOCATIONS_SECONDS = 1.0
_log = get_logger(__name__)


class Runtime:
    """The surroundings of the services in one process."""

    def __init__(self, settings: Settings, identity: Callable[[Runtime], IdentityGateway]) -> None:
        """`identity` makes the gateway to the identity service, usually over `self.rpc`."""
        if settings.database_url is None:
            message = "MUSTER_DATABASE_URL is not set, and no embedded PostgreSQL was started."
            raise RuntimeError(message)
        self.settings = settings
        self._database = Database(settings.database_url.get_secret_value(), settings.database_pool)
        self.cache = open_cache(
            settings.cache_url.get_secret_value() if settings.cache_url else None
        )
        self.rpc = Rpc(settings)
        self.identity = identity(self)
        self.tokens = TokenVerifier(self.identity, settings.issuer)
        self.waker = Waker(self)
        self.draining = asyncio.Event()
        """Set when the process has been asked to stop: it says that it is not ready, and still serves for a while."""
        self.stopping = asyncio.Event()
        """Set when that while is over: whatever has no end of its own, such as a stream, ends now."""
        self._settings: dict[type[Any], Any] = {}
        self._revocations: asyncio.Task[None] | None = None

    def database(self, schema: str) -> Database:  # noqa: ARG002 - one database today; a URL per schema when a country needs it
        """The database in which a service's schema lies."""
        return self._database

    @asynccontextmanager
    async def session(
        self, schema: str, actor: Actor | None = None
    ) -> AsyncGenerator[AsyncSession]:
        """One transaction of a service.

        It commits when the block ends; then the relay is woken, and what the commit made wrong in the cache is dropped.
        """
        database = self.database(schema)
        async with database.session(schema, actor, committed=self.waker.wake) as session:
            yield session
        types: set[str] | None = session.info.get("announced_types")
        if types:
            await drop_what(self, types)

    def service_settings(self, kind: type[S]) -> S:
        """A service's own settings, read from the environment once."""
        if kind not in self._settings:
            self._settings[kind] = kind()
        return cast("S", self._settings[kind])

    def override_settings(self, settings: ServiceSettings) -> None:
        """Use these instead of the environment's: for tests and the embedded host."""
        self._settings[type(settings)] = settings

    async def start(self) -> None:
        """Begin to follow whether the database answers, and revocations."""
        self._database.start()
        self._revocations = asyncio.create_task(self._follow_revocations(), name="revocations")

    async def close(self) -> None:
        """Let go of everything."""
        if self._revocations is not None:
            await end(self._revocations)
        await self.waker.close()
        await self.rpc.close()
        await self.cache.close()
        await self._database.close()

    async def _follow_revocations(self) -> None:
        told = False
        while True:
            try:
                await self.tokens.refresh_revocations()
                told = False
            except Exception as error:  # noqa: BLE001 - what is known stays in force; say so once
                if not told:
                    _log.warning(
                        "identity does not answer", error=f"{type(error).__name__}: {error}"[:300]
                    )
                told = True
            await asyncio.sleep(_REVOCATIONS_SECONDS)
