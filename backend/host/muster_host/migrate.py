"""Bringing every service's schema to its newest revision, and checking that models and migrations agree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.microservice import Microservice
    from muster_core.settings import Settings


def _database_url(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def migrate_all(services: Sequence[Microservice], settings: Settings) -> list[str]:
    """Migrate what is behind; answers the names of those services."""
    from muster_core.database import Database  # noqa: PLC0415
    from muster_core.migrations import migrate  # noqa: PLC0415

    async def work() -> list[str]:
        database = Database(_database_url(settings), 2)
        try:
            return await migrate(database, services)
        finally:
            await database.close()

    return asyncio.run(work())


def differences_of(services: Sequence[Microservice], settings: Settings) -> dict[str, list[object]]:
    """By service, what its models say and its migrated schema does not."""
    from muster_core.database import Database  # noqa: PLC0415
    from muster_core.migrations import differences  # noqa: PLC0415

    async def work() -> dict[str, list[object]]:
        database = Database(_database_url(settings), 2)
        found: dict[str, list[object]] = {}
        try:
            for service in services:
                async with database.engine.connect() as connection:
                    found[service.name] = await connection.run_sync(differences, service)
        finally:
            await database.close()
        return {name: differing for name, differing in found.items() if differing}

    return asyncio.run(work())


def declare_queues(services: Sequence[Microservice], settings: Settings) -> None:
    """On RabbitMQ, have every queue before the first message that belongs in it; else nothing.

    Raises:
        HostError: the broker does not answer, or has a queue of the same name that is declared differently.
    """
    if settings.broker_url is None:
        return
    from muster_core.microservice import declare_topology  # noqa: PLC0415
    from muster_host.errors import HostError  # noqa: PLC0415

    try:
        asyncio.run(declare_topology(services, settings.broker_url.get_secret_value()))
    except Exception as error:
        raise HostError(
            f"The queues cannot be declared on RabbitMQ: {type(error).__name__} {error}."
        ) from error
