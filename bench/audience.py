"""The audience of an area: a million subscribers, counted through gRPC and by the barest SQL that could, turn about."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.process import environment_of, process, settings_of
from bench.report import Row
from muster.notification.v1.notification_pb2 import CountAudienceRequest
from muster.notification.v1.notification_pb2_grpc import NotificationStub
from muster_core.auth import system_actor
from muster_core.errors import UnavailableError
from muster_core.runtime import Runtime
from muster_host.application import make_runtime
from muster_host.engines import Postgres, embedded_postgres, embedded_valkey

SUBSCRIBERS = 1_000_000
PORT = 18954
CORNERS = 500
ASKED = 15
_KM = 1 / 111.2
# West, south, east, north: subscribers spread over a country, and all of them packed into the alert's own area.
_COUNTRY = (-125.0, 25.0, -67.0, 49.0)
_TOWN = (-101.0, 39.6, -99.0, 40.4)
_AT = (-100.0, 40.0)

_SEED = """
    SET search_path TO notification;
    TRUNCATE subscriptions CASCADE;
    WITH s AS (
        INSERT INTO subscriptions (id, kind, source, status, language, exercise)
        SELECT uuidv7(), 'person', 'public', 'active', 'en', false FROM generate_series(1, {count})
        RETURNING id
    )
    INSERT INTO contact_points (id, subscription_id, channel, address_sealed, address_index, single, language, active,
        verified_at, exercise, at, min_severity, hazards, tz)
    SELECT uuidv7(), id, CASE WHEN random() < 0.7 THEN 'sms' ELSE 'email' END, decode(repeat('a5', 115), 'hex'),
        gen_random_uuid(), true, 'en', true, now(), false,
        point(
            round(({west} + random() * ({east} - {west}))::numeric, 4),
            round(({south} + random() * ({north} - {south}))::numeric, 4)
        ),
        1, CASE WHEN random() < 0.8 THEN NULL ELSE ARRAY['flood', 'fire'] END, 'UTC'
    FROM s
"""


def measure(folder: Path) -> list[Row]:
    """Both crowds, each counted both ways."""
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_valkey(folder / "valkey") as cache,
    ):
        environment = environment_of(folder, server, cache, MUSTER_PORT=str(PORT))
        rows = [_figure(server, environment, folder, "spread over a country", _COUNTRY, ratio=3.0)]
        rows.append(_figure(server, environment, folder, "all of them in it", _TOWN, ratio=None))
        return rows


def _figure(
    server: Postgres,
    environment: dict[str, str],
    folder: Path,
    crowd: str,
    where: tuple[float, float, float, float],
    *,
    ratio: float | None,
) -> Row:
    west, south, east, north = where
    # The index is made after the rows, as a million of them come by no other way at once.
    index = server.query(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_contact_points_alone'"
    ).strip()
    server.query("DROP INDEX notification.ix_contact_points_alone")
    server.query(_SEED.format(count=SUBSCRIBERS, west=west, south=south, east=east, north=north))
    server.query(index)
    server.query("VACUUM ANALYZE notification.contact_points")
    with process(environment, folder, "serve", "--faces", "rpc"):
        ours, bare, found = asyncio.run(_turn_about(environment))
    times = ours / bare
    over = ratio is not None and times > ratio
    return Row(
        f"audience of a 300 km area of {CORNERS} corners, {SUBSCRIBERS:,} subscribers {crowd} ({found:,} found)",
        f"{ours * 1000:.0f} ms",
        f"count(*) with the bare polygon {bare * 1000:.0f} ms",
        f"{times:.2f} times",
        "under 1 s" + (f" and at most {ratio:g} times" if ratio else ""),
        ours >= 1.0 or over,
    )


def _area() -> dict[str, Any]:
    """A ragged area, 300 km across."""
    radius = 150 * _KM
    ring: list[list[float]] = []
    for number in range(CORNERS):
        turn = 2 * math.pi * number / CORNERS
        far = radius * (0.9 + 0.1 * math.sin(13 * turn))
        ring.append(
            [
                _AT[0] + far * math.cos(turn) / math.cos(math.radians(_AT[1])),
                _AT[1] + far * math.sin(turn),
            ]
        )
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


async def _turn_about(environment: dict[str, str]) -> tuple[float, float, int]:
    """Medians of counting by gRPC and of the bare count, in turns; and how many were found."""
    runtime = make_runtime(settings_of(environment))
    area = _area()
    request = CountAudienceRequest(area=json.dumps(area), severity="Severe", hazard="flood")
    ring = area["coordinates"][0][:-1]
    polygon = f"({','.join(f'({x!r},{y!r})' for x, y in ring)})"
    found = 0

    async def through() -> None:
        nonlocal found
        found = await _count(runtime, request)

    async def bare() -> None:
        await runtime.database("notification").reader.fetch(
            "SELECT count(*) FROM notification.contact_points"
            " WHERE at <@ CAST(CAST($1 AS text) AS polygon) AND active AND single",
            polygon,
        )

    ours: list[float] = []
    limits: list[float] = []
    try:
        await _answering(through)
        for _ in range(ASKED):
            ours.append(await _timed(through))
            limits.append(await _timed(bare))
    finally:
        await runtime.close()
    return statistics.median(ours), statistics.median(limits), found


async def _count(runtime: Runtime, request: CountAudienceRequest) -> int:
    stub = runtime.rpc.stub(NotificationStub, "notification")
    actor = system_actor("alert-management")
    return (await runtime.rpc.call(stub.CountAudience, request, actor=actor)).people


async def _answering(ask: Callable[[], Awaitable[None]]) -> None:
    """Wait until the process answers, and until what it reads is in memory."""
    deadline, answers = time.monotonic() + 60, 0
    while answers < 3:
        try:
            await ask()
            answers += 1
        except UnavailableError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


async def _timed(ask: Callable[[], Awaitable[None]]) -> float:
    started = time.perf_counter()
    with contextlib.suppress(UnavailableError):  # it took as long as a call may take
        await ask()
    return time.perf_counter() - started
