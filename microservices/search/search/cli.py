"""`muster search rebuild | status | verify`: the index as an operator sees it."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TextIO

import asyncpg

from muster.identity.v1.gateway import GrpcIdentity
from muster.search.v1.sources import SOURCES
from muster_core.errors import DomainError
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from search.database import SCHEMA
from search.engines.choosing import close_engines, engines_of
from search.engines.port import EngineDownError, Tallies, Tally
from search.repository import state
from search.service import rebuilding, status
from search.service.comparing import differing, summed

_WAIT_SECONDS = 15.0
_NOTHING = Tally(0, 0)


def search(words: Sequence[str]) -> int:
    """Run the command; answers the exit status: 0 all is well, 1 it is not, 2 it cannot be told."""
    parser = argparse.ArgumentParser(prog="muster search", description="The search index.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("rebuild", _rebuild, "build the index anew from the services, and wait until it answers"),
        (
            "status",
            _status,
            "say which engine answers, how far it is behind, and how a rebuild goes",
        ),
        (
            "verify",
            _verify,
            "compare what the services have with what is stored and what is searched",
        ),
    ):
        commands.add_parser(name, help=about, description=about).set_defaults(run=run)
    run: Callable[[Runtime], Awaitable[int]] = parser.parse_args(words).run
    try:
        return asyncio.run(_with_runtime(run))
    except asyncpg.UndefinedTableError:
        return _cannot("this database has no search index yet; `muster migrate` makes one")
    except (DomainError, EngineDownError) as error:
        return _cannot(str(error))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        return _cannot(f"the database cannot be read: {error or type(error).__name__}")


async def _with_runtime(run: Callable[[Runtime], Awaitable[int]]) -> int:
    runtime = Runtime(Settings(), GrpcIdentity)
    try:
        return await run(runtime)
    finally:
        await close_engines(runtime)
        await runtime.close()


async def _rebuild(runtime: Runtime) -> int:
    reads = runtime.database(SCHEMA).reader
    async with runtime.session(SCHEMA, rebuilding.ACTOR) as session:
        await rebuilding.request_rebuild(session, rebuilding.ACTOR)
    wanted = await state.open_rebuild(reads)
    if wanted is None:
        return _cannot(
            "the rebuild was over before it could be watched; see `muster search status`"
        )
    said, began = "", time.monotonic()
    while True:
        latest: Any = await state.latest_rebuild(reads)
        phase = _line(status.rebuild_of(latest))
        if phase != said:
            _say(phase, sys.stderr)
            said = phase
        if latest["state"] in {"done", "failed"}:
            return 0 if latest["state"] == "done" else 1
        if latest["state"] == "wanted" and time.monotonic() - began > _WAIT_SECONDS:
            return _cannot(
                "no process takes the rebuild up; one that serves search with the face 'consumers' will"
            )
        await asyncio.sleep(0.5)


async def _status(runtime: Runtime) -> int:
    reads = runtime.database(SCHEMA).reader
    found = await status.read_status(reads, engines_of(runtime), rebuilding.ACTOR)
    _say(f"Answers: {found['engine']}{'' if found['built'] else ' (not built yet: PostgreSQL)'}")
    _say(f"Behind:  {found['behind_seconds']:.1f} s, {found['pending']} changes")
    _say("Stored:  " + ", ".join(f"{n} {kind}" for kind, n in found["documents"].items()))
    _say("Rebuild: " + (_line(found["rebuild"]) if found["rebuild"] else "never"))
    return 0


async def _verify(runtime: Runtime) -> int:
    engines = engines_of(runtime)
    copies: dict[str, Tallies] = {"stored": await engines.postgresql.tallies()}
    if engines.elasticsearch is not None:
        await engines.elasticsearch.refresh(engines.elasticsearch.read_alias)
        copies["searched"] = await engines.elasticsearch.tallies()
    wrong = 0
    for source in SOURCES:
        theirs = (await rebuilding.stream_of(runtime, source)).tallies
        for kind in source.kinds:
            its = {place: tally for place, tally in theirs.items() if place[0] == kind}
            cells = [f"service {_cell(its, kind)}"]
            for name, copy in copies.items():
                ours = {place: tally for place, tally in copy.items() if place[0] == kind}
                count = len(differing(its, ours))
                wrong += count
                cells.append(
                    f"{name} {_cell(ours, kind)}"
                    + (f" ({count} of 256 buckets differ)" if count else "")
                )
            _say(f"{kind:14}" + "  ".join(cells))
    _say(
        "Every copy is equal."
        if not wrong
        else "Copies differ. While writes go on some always do: try again, or rebuild."
    )
    return 1 if wrong else 0


def _cell(tallies: Tallies, kind: str) -> str:
    tally = summed(tallies).get(kind, _NOTHING)
    return f"{tally.count} {tally.digest:x}"


def _line(rebuild: dict[str, Any]) -> str:
    told = "; ".join(
        f"{name} {its['documents']}"
        for name, its in rebuild["progress"].items()
        if isinstance(its, dict) and "documents" in its
    )
    problem = f": {rebuild['problem']}" if rebuild["problem"] else ""
    return f"{rebuild['phase']}{problem}{f' ({told})' if told else ''}"


def _cannot(why: str) -> int:
    _say(f"muster: {why}.", sys.stderr)
    return 2


def _say(line: str, out: TextIO = sys.stdout) -> None:
    print(line, file=out)
