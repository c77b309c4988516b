"""`muster journal verify`: walks every chain and names the first bad entry."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

import asyncpg

from activity_log.service.integrity import Report, verify_journal
from muster_core.database import Database
from muster_core.settings import Settings


def journal(words: Sequence[str]) -> int:
    """Run the command; answers the exit status: 0 the journal is whole, 1 it is not, 2 it cannot be told."""
    parser = argparse.ArgumentParser(prog="muster journal", description="The journal.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "walk every chain from its first entry, and name the first one that is not as written"
    commands.add_parser("verify", help=about, description=about)
    parser.parse_args(words)
    try:
        report = asyncio.run(_verify())
    except asyncpg.UndefinedTableError:
        return _cannot_tell("this database has no journal yet; `muster migrate` makes one")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        return _cannot_tell(f"the database cannot be read: {error or type(error).__name__}")
    out = sys.stdout if report.problem is None else sys.stderr
    print(report, file=out)
    return 0 if report.problem is None else 1


def _cannot_tell(why: str) -> int:
    print(f"muster: The journal was not verified: {why}.", file=sys.stderr)  # noqa: T201 - a command's answer
    return 2


async def _verify() -> Report:
    settings = Settings()
    assert settings.database_url is not None, "the host names the database before commands run"
    database = Database(settings.database_url.get_secret_value(), 2)
    try:
        return await verify_journal(database, settings.home)
    finally:
        await database.close()
