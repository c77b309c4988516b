"""The public feeds at 200 requests a second, beside a bare server that answers the same bytes at the same rate."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import subprocess
import sys
from collections.abc import Generator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from alert_management.domain.life import AlertStatus
from alert_management.domain.words import MsgType, Severity
from alert_management.models import Alert
from bench.load import Connection, Outcome, steady
from bench.process import UNLIMITED, environment_of, process, ready, settings_of
from bench.report import Row
from muster.alerts.v1.events import AlertPublished
from muster_core.auth import system_actor
from muster_core.identifiers import uuid7
from muster_host.application import make_runtime
from muster_host.engines import embedded_postgres, embedded_valkey

PORT, BARE_PORT = 18955, 18956
ADDRESS, BARE = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{BARE_PORT}"
KINDS = ("atom", "rss", "geojson")
ALERTS = 50
CORNERS = 100
RATE = 200
SECONDS = 20
CLIENTS = 32
_ORGANIZATION = UUID("01980000-0000-7000-8000-00000000000a")
_SAID = (
    "Fire is moving down the creek. Leave by Route 178 now, and take your neighbours with you. " * 4
)


def measure(folder: Path) -> list[Row]:
    """Every third of each feed, and every other with the ETag that is known already, as readers poll."""
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_valkey(folder / "valkey") as cache,
    ):
        environment = environment_of(folder, server, cache, MUSTER_PORT=str(PORT), **UNLIMITED)
        asyncio.run(_publish(environment))
        with process(environment, folder, "serve", "--faces", "api,rpc"):
            asyncio.run(ready(ADDRESS, 60))
            ours, body = asyncio.run(_ours())
        (folder / "body").write_bytes(body)
        with _bare(folder / "body"):
            asyncio.run(ready(BARE, 60, path="/"))
            bare = asyncio.run(steady(BARE, lambda _: _get("/"), CLIENTS, RATE, SECONDS))
    good = ours.statuses.get(200, 0) + ours.statuses.get(304, 0)
    p99, limit = ours.percentile(0.99), bare.percentile(0.99)
    return [
        Row(
            f"the feeds of {ALERTS} alerts at {RATE}/s, half of it 304, from when it was due, p99",
            f"{p99 * 1000:.0f} ms",
            f"bare uvicorn, the Atom feed's bytes, {limit * 1000:.0f} ms",
            f"{p99 / limit:.1f} times",
            "under 100 ms, none refused",
            p99 >= 0.1 or good != RATE * SECONDS,
        )
    ]


async def _ours() -> tuple[Outcome, bytes]:
    tags: list[bytes] = []
    bodies: list[bytes] = []
    connection = Connection(ADDRESS)
    for kind in KINDS:
        status, body = await connection.send(_get(f"/api/v1/feeds/alerts.{kind}"))
        if status != 200 or body.count(b"Leave by Route 178") < ALERTS:
            raise RuntimeError(f"{kind}: {status}, {len(body)} bytes")
        bodies.append(body)
        tags.append(connection.header(b"etag"))
    connection.close()

    def make(number: int) -> bytes:
        kind = number // 2 % len(KINDS)
        return _get(f"/api/v1/feeds/alerts.{KINDS[kind]}", tags[kind] if number % 2 else b"")

    return await steady(ADDRESS, make, CLIENTS, RATE, SECONDS), bodies[0]


def _get(path: str, tag: bytes = b"") -> bytes:
    known = b"If-None-Match: " + tag + b"\r\n" if tag else b""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode() + known + b"\r\n"


async def _publish(environment: dict[str, str]) -> None:
    """Write alerts as publishing leaves them; the service itself would want a person's second factor for each."""
    runtime = make_runtime(settings_of(environment))
    try:
        async with runtime.session("alert_management", system_actor("bench")) as session:
            session.add_all([_alert(number) for number in range(ALERTS)])
    finally:
        await runtime.close()


def _alert(number: int) -> Alert:
    told = _told(number)
    return Alert(
        id=told.alert_id,
        organization_id=_ORGANIZATION,
        thread_id=told.thread_id,
        msg_type=MsgType.ALERT,
        exercise=False,
        test=False,
        status=AlertStatus.PUBLISHED,
        revision=1,
        version=1,
        content={},
        headline=told.headline,
        hazard="wildfire",
        severity=Severity.SEVERE,
        drafted_at=told.sent,
        drafted_by_id=_ORGANIZATION,
        drafted_by_name="Bench",
        number=1,
        identifier=told.identifier,
        sender=told.sender,
        sent=told.sent,
        expires=told.expires,
        cap=b"<alert/>" * 500,
        told=told.model_dump(mode="json"),
    )


def _told(number: int) -> AlertPublished:
    alert_id = uuid7()
    turns = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    ring = [
        [-118 + number * 0.3 + 0.1 * math.cos(turn), 35.4 + 0.1 * math.sin(turn)] for turn in turns
    ]
    return AlertPublished.model_validate(
        {
            "alert_id": alert_id, "thread_id": alert_id, "headline": f"Leave by Route 178 ({number})", "version": 1,
            "identifier": f"bench.{alert_id}", "sender": "bench@example.org", "sent": datetime.now(UTC),
            "msg_type": "Alert", "status": "Actual", "category": ["Fire"], "hazard": "wildfire", "severity": "Severe",
            "urgency": "Immediate", "certainty": "Observed", "expires": datetime.now(UTC) + timedelta(hours=1),
            "texts": [
                {
                    "language": "en", "sender_name": "Bench", "event": "Fire", "description": _SAID,
                    "headline": f"Leave by Route 178 ({number})", "short": "Leave by Route 178 now.",
                }
            ],
            "areas": [{"description": "Kern", "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}],
            "url": f"https://warnings.example.org/warnings/{alert_id}",
        }
    )  # fmt: skip


async def bare(scope: MutableMapping[str, Any], _receive: Any, send: Any) -> None:
    """The barest application that answers as many bytes."""
    if scope["type"] != "http":
        return
    body = _BODY or b"-"
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


_BODY = Path(os.environ["BENCH_BODY"]).read_bytes() if "BENCH_BODY" in os.environ else b""


@contextlib.contextmanager
def _bare(body: Path) -> Generator[None]:
    words = ["uvicorn", "bench.feeds:bare", "--port", str(BARE_PORT), "--log-level", "warning"]
    running = subprocess.Popen(
        [sys.executable, "-m", *words, "--lifespan", "off"],
        env={**os.environ, "BENCH_BODY": str(body)},
    )
    try:
        yield
    finally:
        running.terminate()
        running.wait()
