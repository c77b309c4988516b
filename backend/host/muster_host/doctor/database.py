"""PostgreSQL and what lies in it: revisions, outboxes, dead letters, the clock's ticks, feeds, the journal."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import asyncpg

from activity_log.repository import walks
from hazard_monitoring.repository import reads as hazard_reads
from muster_core.database import Reader, plain_url
from muster_core.errors import UnavailableError
from muster_core.migrations import head_revision
from muster_core.polling import FeedState, freshness
from muster_host.doctor.findings import Finding, Place, Run, fail, off, ok, short, warn

_VERSION = 18
_EXTENSIONS = ("cube", "earthdistance", "pg_trgm", "unaccent")
_CONNECT_SECONDS = 1.5
_LEAST_CONNECTIONS = 10
_OLD_SECONDS, _VERY_OLD_SECONDS = 30.0, 600.0
_SKEW_SECONDS = 0.5
_OVERDUE_SECONDS = 60.0
_UNVERIFIED = timedelta(minutes=15)


@asynccontextmanager
async def _connected(place: Place) -> AsyncGenerator[Any]:
    assert place.database_url is not None
    connection: Any = await asyncpg.connect(plain_url(place.database_url), timeout=_CONNECT_SECONDS)
    try:
        yield connection
    finally:
        connection.terminate()  # a polite goodbye would wait for a server that is silent


def _asking(about: str) -> Callable[[Run], Run]:
    """For a check that needs the database: without one, or before it is migrated, there is nothing to check."""

    def decorate(check: Run) -> Run:
        @wraps(check)
        async def asked(place: Place) -> Sequence[Finding]:
            if place.database_url is None:
                return [off(about, "the embedded PostgreSQL does not run now")]
            try:
                return await check(place)
            except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
                return [off(about, "its tables are not there yet: see migrations")]
            except (asyncpg.PostgresError, asyncpg.InterfaceError, UnavailableError, OSError):
                return [off(about, "PostgreSQL cannot be asked")]

        return asked

    return decorate


@_asking("PostgreSQL")
async def postgres(place: Place) -> Sequence[Finding]:
    """Reachable, of a version we test with, with what our migrations need and connections left."""
    try:
        async with _connected(place) as connection:
            before = time.time()
            row = await connection.fetchrow(
                "SELECT current_setting('server_version_num')::int / 10000 AS version,"
                " extract(epoch FROM clock_timestamp())::float8 AS now,"
                " current_setting('max_connections')::int AS most,"
                " (SELECT count(*) FROM pg_stat_activity) AS used,"
                " ARRAY(SELECT name FROM pg_available_extensions)::text[] AS extensions"
            )
            after = time.time()
    except asyncpg.PostgresError as error:
        return [fail("PostgreSQL", f"refuses us: {short(error)}", "look at MUSTER_DATABASE_URL")]
    except OSError as error:
        remedy = "start it, or correct MUSTER_DATABASE_URL"
        return [fail("PostgreSQL", f"cannot be reached ({short(error)})", remedy)]
    missing = [name for name in _EXTENSIONS if name not in row["extensions"]]
    findings = [ok("PostgreSQL", f"version {row['version']}, answers in {after - before:.3f} s")]
    if missing:
        remedy = "install PostgreSQL's contrib modules"
        findings = [fail("PostgreSQL", f"lacks the extensions {', '.join(missing)}", remedy)]
    elif row["version"] < _VERSION:
        seen = f"version {row['version']}; Muster is tested with {_VERSION}"
        findings = [warn("PostgreSQL", seen, "upgrade it")]
    left, seen = row["most"] - row["used"], f"{row['used']} of {row['most']} in use"
    if left < _LEAST_CONNECTIONS:
        remedy = "raise max_connections, or lower MUSTER_DATABASE_POOL"
        findings.append(fail("database connections", seen, remedy))
    else:
        findings.append(ok("database connections", seen))
    skew = row["now"] - (before + after) / 2
    if abs(skew) > _SKEW_SECONDS + (after - before):
        seen = f"the database's clock is {skew:+.1f} s off this machine's"
        findings.append(warn("clock", seen, "synchronize both by NTP"))
    else:
        findings.append(ok("clock", f"as the database's, within {max(abs(skew), 0.001):.3f} s"))
    return findings


@_asking("migrations")
async def migrations(place: Place) -> Sequence[Finding]:
    """Every schema is at its newest revision."""
    behind: list[str] = []
    async with _connected(place) as connection:
        for service in place.services:
            exists = await connection.fetchval(
                "SELECT to_regclass($1) IS NOT NULL", f"{service.schema}.alembic_version"
            )
            revision = exists and await connection.fetchval(
                f"SELECT version_num FROM {service.schema}.alembic_version"  # noqa: S608 - our own
            )
            if revision != head_revision(service):
                behind.append(f"{service.name} ({revision or 'nothing'})")
    if behind:
        return [fail("migrations", f"not at the newest: {', '.join(behind)}", "`muster migrate`")]
    return [ok("migrations", "every schema is at its newest revision")]


@_asking("outbox")
async def outboxes(place: Place) -> Sequence[Finding]:
    """What was announced is told soon, and nothing was given up."""
    oldest, waiting, dead = 0.0, 0, dict[str, int]()
    async with _connected(place) as connection:
        for service in place.services:
            row = await connection.fetchrow(
                f"SELECT (SELECT count(*) FROM {service.schema}.outbox) AS waiting,"  # noqa: S608
                " coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(written_at)"
                f" FROM {service.schema}.outbox)), 0)::float8 AS age,"
                f" (SELECT count(*) FROM {service.schema}.dead_letter) AS dead"
            )
            oldest, waiting = max(oldest, row["age"]), waiting + row["waiting"]
            if row["dead"]:
                dead[service.name] = row["dead"]
    seen = f"{waiting} rows wait, the oldest for {oldest:.0f} s"
    remedy = "is a relay running, and the broker? See docs/runbooks/outbox-old.md"
    findings = [ok("outbox", seen)]
    if oldest > _VERY_OLD_SECONDS:
        findings = [fail("outbox", seen, remedy)]
    elif oldest > _OLD_SECONDS:
        findings = [warn("outbox", seen, remedy)]
    if dead:
        listed = ", ".join(f"{name}: {count}" for name, count in dead.items())
        findings.append(warn("dead letters", listed, "`muster dead-letters list`"))
    else:
        findings.append(ok("dead letters", "none"))
    return findings


@_asking("beat")
async def clock(place: Place) -> Sequence[Finding]:
    """What is done by the clock is started in time, which takes a beat; and was done, which takes a worker."""
    worst, late = 0.0, ""
    async with _connected(place) as connection:
        for service in place.services:
            rows = await connection.fetch(
                "SELECT task, extract(epoch FROM clock_timestamp() - ticked_at)::float8 AS age"  # noqa: S608
                f" FROM {service.schema}.tick"
            )
            ages = {row["task"]: row["age"] for row in rows}
            for task in service.work:
                age = ages.get(task.name)
                if task.every is not None and age is not None and age - task.every > worst:
                    worst, late = age - task.every, task.name
    if worst > _OVERDUE_SECONDS:
        seen = f"{late} should have been started {worst:.0f} s ago"
        if not place.runs and place.settings.broker_url is None:
            return [off("beat", f"{seen}; Muster does not run now")]
        return [fail("beat", seen, "start the face `beat` (see docs/runbooks/clock-stopped.md)")]
    return [ok("beat", "every task of the clock was started in time")]


@asynccontextmanager
async def _reader(place: Place) -> AsyncGenerator[Reader]:
    assert place.database_url is not None
    reader = Reader(place.database_url, 1)
    try:
        yield reader
    finally:
        reader.drop()  # in use: nobody will wait for it
        await reader.close()


@_asking("feeds")
async def feeds(place: Place) -> Sequence[Finding]:
    """How old the news of each feed is."""
    now = datetime.now(UTC)
    async with _reader(place) as reader:
        polled = await hazard_reads.polled_feeds(reader)
    findings: list[Finding] = []
    for feed in polled:
        age = None if feed.heard_at is None else (now - feed.heard_at).total_seconds()
        state = freshness(age, feed.poll_seconds)
        seen = "never heard" if age is None else f"{state}, heard {age:.0f} s ago"
        if state in {FeedState.STALE, FeedState.UNKNOWN}:
            remedy = "see its last error under Hazards; docs/runbooks/feed-stale.md"
            findings.append(warn(f"feed {feed.key}", seen, remedy))
        else:
            findings.append(ok(f"feed {feed.key}", seen))
    return findings or [off("feeds", "none is polled")]


@_asking("journal")
async def journal(place: Place) -> Sequence[Finding]:
    """What verification found last, and when."""
    now = datetime.now(UTC)
    async with _reader(place) as reader:
        health = await walks.health_now(reader)
    if any(found is False for found, _ in health.walks.values()):
        remedy = "do not repair it: docs/runbooks/journal-broken.md"
        return [fail("journal", "not as it was written", remedy)]
    _, verified_at = health.walks.get("new", (None, None))
    if verified_at is None:
        if health.head_at is None:
            return [off("journal", "no entry yet")]
        return [
            warn("journal", "never verified", "a worker verifies it each minute: is one running?")
        ]
    seen = f"whole, verified {(now - verified_at).total_seconds():.0f} s ago"
    if now - verified_at > _UNVERIFIED and (place.runs or place.settings.broker_url is not None):
        return [warn("journal", seen, "a worker verifies it each minute: is one running?")]
    return [ok("journal", seen)]
