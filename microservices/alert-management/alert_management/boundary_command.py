"""`muster boundaries import FILE`: counties, zones and districts from a GeoJSON file larger than a request may be."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from alert_management.database import SCHEMA
from alert_management.schemas.answers import BoundariesImported
from alert_management.schemas.requests import ImportBoundaries
from alert_management.service.boundaries import replace_boundaries
from muster_core.auth import system_actor
from muster_core.database import Database
from muster_core.errors import DomainError
from muster_core.http.routing import strict_json
from muster_core.settings import Settings

_MOST_BYTES = 200_000_000


def boundaries(words: Sequence[str]) -> int:
    """Run the command; answers the exit status: 0 all were taken, 1 none was."""
    parser = argparse.ArgumentParser(prog="muster boundaries", description="Named areas.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "take a GeoJSON FeatureCollection in the place of all boundaries of its kind"
    command = commands.add_parser("import", help=about, description=about)
    command.add_argument("file", type=Path)
    command.add_argument("--organization", type=UUID, required=True, help="whose they are, by id")
    command.add_argument("--kind", required=True, help="what they are, such as county")
    command.add_argument("--code", required=True, metavar="PROPERTY", help="which holds the code")
    command.add_argument("--name", required=True, metavar="PROPERTY", help="which holds the name")
    asked = parser.parse_args(words)
    try:
        done = asyncio.run(_import(asked.organization, _read(asked)))
    except (DomainError, OSError, ValidationError, asyncpg.PostgresError) as error:
        return _refused(error)
    print(f"{done.imported} boundaries of kind {done.kind} imported.")  # noqa: T201 - a command's answer
    return 0


def _read(asked: argparse.Namespace) -> ImportBoundaries:
    file: Path = asked.file
    if file.stat().st_size > _MOST_BYTES:
        raise OSError(f"{file} has more than {_MOST_BYTES:,} bytes")
    return ImportBoundaries(
        kind=asked.kind,
        code_property=asked.code,
        name_property=asked.name,
        collection=strict_json(file.read_bytes()),
    )


async def _import(organization: UUID, request: ImportBoundaries) -> BoundariesImported:
    settings = Settings()
    assert settings.database_url is not None, "the host names the database before commands run"
    database = Database(settings.database_url.get_secret_value(), 2)
    try:
        async with database.session(SCHEMA, system_actor("alert-management")) as session:
            return await replace_boundaries(session, organization, request)
    finally:
        await database.close()


def _refused(error: Exception) -> int:
    detail = error.detail if isinstance(error, DomainError) else str(error)
    lines = [f"muster: Nothing was imported: {detail}"]
    if isinstance(error, DomainError):
        lines += [f"  {one['pointer']}: {one['detail']}" for one in error.errors]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201 - a command's answer
    return 1
