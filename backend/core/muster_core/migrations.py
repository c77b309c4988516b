"""Migrations: one Alembic history per service, run in order of service by `muster migrate`.

A service's folder holds `migrations/versions/` only; the environment is this one.
"""

from __future__ import annotations

import importlib.resources
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.config import Config
    from sqlalchemy import Connection

    from muster_core.database import Database
    from muster_core.microservice import Microservice

LOCK_TIMEOUT = "5s"


def versions_folder(service: Microservice) -> Path:
    """Where a service's revisions lie."""
    return Path(str(importlib.resources.files(service.package))) / "migrations" / "versions"


def head_revision(service: Microservice) -> str:
    """The newest revision, by file name (`0001_initial.py`): cheap enough to ask at every start."""
    return max(path.stem for path in versions_folder(service).glob("[0-9]*.py"))


async def pending(database: Database, services: Iterable[Microservice]) -> list[Microservice]:
    """The services whose schema is not at their newest revision."""
    behind: list[Microservice] = []
    async with database.engine.connect() as connection:
        for service in services:
            exists = await connection.scalar(
                text(f"SELECT to_regclass('{service.schema}.alembic_version')")
            )
            current = (
                await connection.scalar(
                    text(f"SELECT version_num FROM {service.schema}.alembic_version")  # noqa: S608
                )
                if exists
                else None
            )
            if current != head_revision(service):
                behind.append(service)
    return behind


async def migrate(database: Database, services: Iterable[Microservice]) -> list[str]:
    """Bring every service's schema to its newest revision; answers the names of those that were behind."""
    behind = await pending(database, services)
    for service in behind:
        async with database.engine.begin() as connection:
            await connection.run_sync(upgrade, service)
    return [service.name for service in behind]


def config(service: Microservice, connection: Connection | None = None) -> Config:
    """Alembic's configuration for a service."""
    from alembic.config import Config  # noqa: PLC0415 - a warm start does without Alembic

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "alembic_environment"))
    made.set_main_option("version_locations", str(versions_folder(service)))
    made.set_main_option("path_separator", "os")
    made.attributes.update(connection=connection, service=service)
    return made


def upgrade(connection: Connection, service: Microservice, revision: str = "head") -> None:
    """Run a service's migrations on a connection, in its transaction."""
    from alembic import command  # noqa: PLC0415 - a warm start does without Alembic

    command.upgrade(config(service, connection), revision)


def downgrade(connection: Connection, service: Microservice, revision: str = "base") -> None:
    """Take a service's migrations back, where data allows."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(config(service, connection), revision)


def differences(connection: Connection, service: Microservice) -> list[object]:
    """What the models say and the migrated schema does not, for `alembic check`'s purpose."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    def of_service(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "schema" or name == service.schema

    def ours(
        _object: object, name: str | None, kind: str, _reflected: bool, _other: object
    ) -> bool:
        return not (kind == "table" and name == "alembic_version")

    context = MigrationContext.configure(
        connection,
        opts={
            "include_schemas": True,
            "version_table_schema": service.schema,
            "include_name": of_service,
            "include_object": ours,
            "compare_server_default": False,
        },
    )
    return list(compare_metadata(context, service.base.metadata))
