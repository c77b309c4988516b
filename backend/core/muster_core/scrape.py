"""What is looked up for /metrics when somebody asks, rather than counted while it happens."""

from __future__ import annotations

import asyncio
import platform
import shutil
import time
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography import x509

from muster_core.background import end
from muster_core.logs import get_logger
from muster_core.metrics import (
    BUILD,
    CERTIFICATE_EXPIRY,
    DATABASE_CONNECTIONS,
    DATABASE_LIMIT,
    DATABASE_UP,
    DEAD_LETTERS,
    DISK_FREE,
    DISK_SIZE,
    FACE,
    GAUGES_FAILED,
    LOOP_LAG,
    OUTBOX_AGE,
    OUTBOX_DEPTH,
    TICK_OVERDUE,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Sequence

    from sqlalchemy.pool import QueuePool

    from muster_core.database import Database
    from muster_core.microservice import Microservice
    from muster_core.runtime import Runtime

PROBE_SECONDS = 2.0
_LAG_EVERY_SECONDS = 0.5
_log = get_logger(__name__)


async def look_up(runtime: Runtime, services: Sequence[Microservice]) -> None:
    """Set every gauge of this process, within `PROBE_SECONDS`: a silent database must not hold up the scrape."""
    _note_process(runtime)
    await asyncio.gather(
        *(_service(runtime, service) for service in services), return_exceptions=True
    )


async def _service(runtime: Runtime, service: Microservice) -> None:
    schema = service.schema
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            (row,) = await runtime.database(schema).reader.fetch(
                "SELECT count(*) AS depth,"  # noqa: S608 - our own schema
                " coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0)::float8 AS age,"
                f" (SELECT count(*) FROM {schema}.dead_letter) AS dead FROM {schema}.outbox"
            )
            OUTBOX_DEPTH.labels(schema).set(row["depth"])
            OUTBOX_AGE.labels(schema).set(row["age"])
            DEAD_LETTERS.labels(schema).set(row["dead"])
            await _note_ticks(runtime, service)
            DATABASE_UP.labels(schema).set(1)
            if service.gauges is not None:
                await service.gauges(runtime)
    except Exception as error:  # noqa: BLE001 - a gauge keeps its last value; these two say that it is old
        if not isinstance(error, TimeoutError):
            _log.warning("gauges not read", schema=schema, error=type(error).__name__)
        DATABASE_UP.labels(schema).set(0)
        GAUGES_FAILED.labels(schema).inc()


async def _note_ticks(runtime: Runtime, service: Microservice) -> None:
    rows = await runtime.database(service.schema).reader.fetch(
        "SELECT task, extract(epoch FROM clock_timestamp() - ticked_at)::float8 AS age"  # noqa: S608
        f" FROM {service.schema}.tick"
    )
    ages = {row["task"]: row["age"] for row in rows}
    late = [
        ages[task.name] - task.every
        for task in service.work
        if task.every is not None and task.name in ages
    ]
    if late:
        TICK_OVERDUE.labels(service.schema).set(max(0.0, *late))


def _note_process(runtime: Runtime) -> None:
    with suppress(OSError):
        disk = shutil.disk_usage(runtime.settings.home)
        DISK_FREE.set(disk.free)
        DISK_SIZE.set(disk.total)
    for pool, in_use, most in pools(runtime.database("")):
        DATABASE_CONNECTIONS.labels(pool).set(in_use)
        DATABASE_LIMIT.labels(pool).set(most)
    for name, file in _certificates(runtime):
        with suppress(OSError, ValueError):
            CERTIFICATE_EXPIRY.labels(name).set(expiry_of(file))


def _certificates(runtime: Runtime) -> Iterable[tuple[str, Path]]:
    for name in ("rpc_certificate_file", "rpc_ca_file"):
        file: Path | None = getattr(runtime.settings, name, None)
        if file is not None:
            yield name.removesuffix("_file"), file


def expiry_of(file: Path) -> float:
    """When the first certificate of a PEM file ends, in Unix time.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no certificate.
    """
    certificate = x509.load_pem_x509_certificates(file.read_bytes())[0]
    return certificate.not_valid_after_utc.timestamp()


def pools(database: Database) -> list[tuple[str, int, int]]:
    """The pools of a database as (name, connections in use, most)."""
    writing = cast("QueuePool", database.engine.pool)
    return [
        ("write", writing.checkedout(), writing.size()),
        ("read", *database.reader.in_use),
    ]


@asynccontextmanager
async def watched(services: Sequence[Microservice], faces: Iterable[str]) -> AsyncGenerator[None]:
    """Say what this process is, and measure how late its event loop is, for the length of a block."""
    shown = note_faces(services, faces)
    watching = asyncio.create_task(measure_lag(), name="loop lag")
    try:
        yield
    finally:
        await end(watching)
        for labels in shown:
            with suppress(KeyError):
                FACE.remove(*labels)


def note_faces(services: Sequence[Microservice], faces: Iterable[str]) -> list[tuple[str, str]]:
    """Say what this process is; answers the labels of its faces."""
    BUILD.labels(version("muster-core"), platform.python_version()).set(1)
    shown = [(service.schema, face) for service in services for face in sorted(faces)]
    for labels in shown:
        FACE.labels(*labels).set(1)
    return shown


async def measure_lag() -> None:
    """Measure how late the event loop is, until cancelled."""
    while True:
        due = time.perf_counter() + _LAG_EVERY_SECONDS
        await asyncio.sleep(_LAG_EVERY_SECONDS)
        LOOP_LAG.observe(max(0.0, time.perf_counter() - due))
