"""Deliveries: as many a second as a bare client posts; a million recipients chosen; the urgent ones first."""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp
import asyncpg
from pydantic import SecretStr

from bench.process import environment_of, process
from bench.report import NOTHING, Row
from muster.alerts.v1.events import AlertPublished
from muster_core.auth import system_actor
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_core.tasks import TaskContext
from muster_host.application import make_runtime
from muster_host.engines import embedded_postgres, embedded_valkey
from muster_testing.providers.twilio import ACCOUNT, TOKEN
from notification.channels.port import ChannelName
from notification.channels.sender import Pace
from notification.channels.twilio_sms import TwilioAccount, TwilioSms
from notification.domain.delivery import Lane
from notification.service.delivery import intake, plant
from notification.service.delivery.options import DeliverySettings
from notification.vault import vault_of

SCHEMA = "notification"
MINOR = 1_000_000
EXTREME = 10_000
MEASURED = 10_000
ROUNDS = 3
CONCURRENCY = 64
_BATCH = 10_000
_WORDS = "Leave by Route 178 now. Fire is near."
# Where the million live, where the ten thousand do, and where those whose deliveries are counted do.
PLACES = {"minor": (-117.5, 35.5), "extreme": (-100.5, 40.5), "measured": (-80.5, 30.5)}


def measure(folder: Path) -> list[Row]:
    """Ours and bare turn by turn; then a million wait and ten thousand go first."""
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_valkey(folder / "valkey") as cache,
        _provider() as url,
    ):
        environment = environment_of(
            folder,
            server,
            cache,
            MUSTER_NOTIFICATION_TWILIO_URL=url,
            MUSTER_NOTIFICATION_TWILIO_ACCOUNT_SID=ACCOUNT,
            MUSTER_NOTIFICATION_TWILIO_AUTH_TOKEN=TOKEN,
            MUSTER_NOTIFICATION_TWILIO_FROM="+15555550100",
            MUSTER_NOTIFICATION_TWILIO_RATE="100000",
            MUSTER_NOTIFICATION_TWILIO_CONCURRENCY=str(CONCURRENCY),
        )
        settings = Settings(
            home=folder / "home",
            database_url=SecretStr(server.url),
            rpc_address=f"unix:{folder}/rpc.sock",
        )
        ours, bare = asyncio.run(_throughput(settings, url))
        server.query(
            "TRUNCATE notification.deliveries, notification.chunks, notification.broadcasts CASCADE"
        )
        chosen = asyncio.run(_a_million(settings))
        with (
            process(environment, folder, "serve", "--faces", "relay,consumers,beat"),
            process(environment, folder, "worker", "notification", "--threads", "4"),
        ):
            first, last = asyncio.run(_urgent(settings))
    return [
        Row(
            "deliveries to a local provider, each in a row of its own",
            f"{ours:,.0f}/s",
            f"bare aiohttp {bare:,.0f}/s",
            f"{ours / bare:.0%}",
            "at least 70%, and 1,000/s",
            ours < 0.7 * bare or ours < 1_000,
        ),
        Row(
            f"an alert taken in: {MINOR:,} recipients chosen and cut into chunks",
            f"{chosen:.1f} s",
            NOTHING,
            "-",
            "under 10 s",
            chosen >= 10,
        ),
        Row(
            f"{EXTREME:,} recipients of an Extreme alert handed over while {MINOR:,} Minor ones wait",
            f"{last:.1f} s",
            NOTHING,
            f"the first after {first:.1f} s",
            "60 s, the first 10 s",
            last >= 60 or first >= 10,
        ),
    ]


async def _throughput(settings: Settings, url: str) -> tuple[float, float]:
    runtime = make_runtime(settings)
    sender = _sender(url)
    try:
        runtime.override_settings(DeliverySettings())
        numbers = await _people(settings, "measured", MEASURED)
        pump = plant.make_pump(TaskContext(runtime, SCHEMA), {ChannelName.SMS: [sender]})
        bodies = [
            urlencode({"To": to, "From": "+15555550100", "Body": _WORDS, "ValidityPeriod": 3600})
            for to in numbers
        ]
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(ROUNDS):
            async with runtime.session(SCHEMA, plant.ACTOR) as session:
                told = _alert("measured", "Extreme")
                await intake.take_in(session, plant.ACTOR, told, DeliverySettings())
            began = time.perf_counter()
            await pump.run(Lane.URGENT, 100)
            ours.append(MEASURED / (time.perf_counter() - began))
            done = await _accepted(runtime, told.alert_id)
            if done != MEASURED:
                raise RuntimeError(f"only {done} of {MEASURED} were accepted")
            bare.append(MEASURED / await _post(url, bodies))
    finally:
        await sender.close()
        await runtime.close()
    return statistics.median(ours), statistics.median(bare)


async def _post(url: str, bodies: Sequence[str]) -> float:
    """The same bodies to the same server by a bare client with as many requests in flight; answers the seconds."""
    target = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    waiting = iter(bodies)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    async def work(session: aiohttp.ClientSession) -> None:
        for body in waiting:
            async with session.post(target, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status != 201:
                    raise RuntimeError(f"{answer.status} {await answer.text()}")

    connector = aiohttp.TCPConnector(limit=CONCURRENCY)
    auth = aiohttp.BasicAuth(ACCOUNT, TOKEN)
    async with aiohttp.ClientSession(connector=connector, auth=auth) as session:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENCY):
                group.create_task(work(session))
        return time.perf_counter() - began


def _sender(url: str) -> TwilioSms:
    account = TwilioAccount(url, ACCOUNT, TOKEN, "+15555550100")
    return TwilioSms(account, Pace(rate=100_000, concurrency=CONCURRENCY, batch=500, seconds=10))


async def _a_million(settings: Settings) -> float:
    """Subscribe the people, and let a Minor alert be taken in; answers how long that transaction took, in seconds."""
    runtime = make_runtime(settings)
    try:
        await _people(settings, "extreme", EXTREME)
        await _people(settings, "minor", MINOR)
        began = time.perf_counter()
        async with runtime.session(SCHEMA, plant.ACTOR) as session:
            await intake.take_in(session, plant.ACTOR, _alert("minor", "Minor"), DeliverySettings())
        return time.perf_counter() - began
    finally:
        await runtime.close()


async def _urgent(settings: Settings) -> tuple[float, float]:
    """Publish an Extreme alert once the Minor one is being sent: seconds until its first and its last delivery."""
    runtime = make_runtime(settings)
    reader = runtime.database(SCHEMA).reader
    try:
        begun = "SELECT 1 FROM notification.deliveries WHERE state = 'accepted' LIMIT 1"
        while not await reader.fetch(begun):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.5)
        told = _alert("extreme", "Extreme")
        async with runtime.session("alert_management", system_actor("alert-management")) as session:
            await announce(session, told)
        began = time.perf_counter()
        first = 0.0
        while (done := await _accepted(runtime, told.alert_id)) < EXTREME:
            if done and not first:
                first = time.perf_counter() - began
            if time.perf_counter() - began > 300:
                raise RuntimeError(f"only {done} of {EXTREME} were handed over in 300 s")
            await asyncio.sleep(0.1)
        last = time.perf_counter() - began
        return first or last, last
    finally:
        await runtime.close()


async def _accepted(runtime: Runtime, alert_id: UUID) -> int:
    rows = await runtime.database(SCHEMA).reader.fetch(
        "SELECT coalesce(sum(c.accepted), 0) AS n FROM notification.chunks c"
        " JOIN notification.broadcasts b ON b.id = c.broadcast_id WHERE b.alert_id = $1",
        alert_id,
    )
    return int(rows[0]["n"])


async def _people(settings: Settings, where: str, count: int) -> list[str]:
    """People with a telephone, about a place; answers their numbers."""
    assert settings.database_url is not None
    vault = vault_of(settings)
    chance = random.Random(7)
    longitude, latitude = PLACES[where]
    prefix = f"+1{200 + sorted(PLACES).index(where)}"
    numbers: list[str] = []
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        settings.database_url.get_secret_value()
    )
    now = datetime.now(UTC)
    try:
        for start in range(0, count, _BATCH):
            subscriptions: list[tuple[object, ...]] = []
            points: list[tuple[object, ...]] = []
            for number in range(start, min(count, start + _BATCH)):
                phone = f"{prefix}{number:07}"
                numbers.append(phone)
                subscription, point = uuid7(), uuid7()
                east, north = chance.uniform(-0.4, 0.4), chance.uniform(-0.4, 0.4)
                at = asyncpg.Point(longitude + east, latitude + north)
                subscriptions.append((subscription, "person", "public", "active", "en", False))
                points.append(
                    (point, subscription, "sms", vault.seal_address(phone, point), vault.index("sms", phone), "en",
                     True, now, False, at, 1, "UTC")
                )  # fmt: skip
            await connection.copy_records_to_table(
                "subscriptions",
                schema_name=SCHEMA,
                records=subscriptions,
                columns=("id", "kind", "source", "status", "language", "exercise"),
            )
            await connection.copy_records_to_table(
                "contact_points",
                schema_name=SCHEMA,
                records=points,
                columns=(
                    "id", "subscription_id", "channel", "address_sealed", "address_index", "language", "active",
                    "verified_at", "exercise", "at", "min_severity", "tz",
                ),
            )  # fmt: skip
        await connection.execute(f"ANALYZE {SCHEMA}.contact_points, {SCHEMA}.subscriptions")
    finally:
        await connection.close()
    return numbers


def _alert(where: str, severity: str) -> AlertPublished:
    longitude, latitude = PLACES[where]
    west, east, south, north = longitude - 0.5, longitude + 0.5, latitude - 0.5, latitude + 0.5
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    alert_id = uuid4()
    return AlertPublished.model_validate(
        {
            "alert_id": alert_id, "thread_id": alert_id, "headline": _WORDS, "version": 1,
            "identifier": f"bench.{alert_id}", "sender": "bench@example.org", "sent": datetime.now(UTC),
            "msg_type": "Alert", "status": "Actual", "category": ["Fire"], "hazard": "", "severity": severity,
            "urgency": "Immediate", "certainty": "Observed", "expires": datetime.now(UTC) + timedelta(hours=1),
            "texts": [
                {"language": "en", "sender_name": "Bench", "event": "Fire", "headline": _WORDS, "short": _WORDS}
            ],
            "areas": [{"description": where, "geometry": {"type": "Polygon", "coordinates": [ring]}}],
            "url": f"https://warnings.example.org/warnings/{alert_id}",
        }
    )  # fmt: skip


@contextlib.contextmanager
def _provider() -> Generator[str]:
    """Twilio on loopback, as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "muster_testing.providers", "twilio"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
