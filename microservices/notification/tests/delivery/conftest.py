"""What the stories of delivery share: subscribers in a database, a provider on loopback, and workers run by hand."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from fastapi import FastAPI

from muster.alerts.v1.events import AlertPublished
from muster_core.events import Event
from muster_core.identifiers import uuid7
from muster_core.microservice import Microservice
from muster_core.runtime import Runtime
from muster_core.tasks import TaskContext
from muster_testing.delivery import Delivery
from muster_testing.people import ORGANIZATION
from notification.channels.port import ChannelName
from notification.channels.sender import Pace
from notification.channels.twilio_sms import TwilioAccount, TwilioSms
from notification.consumers import consumers
from notification.main import service
from notification.service.delivery import plant
from notification.service.delivery.options import DeliverySettings
from notification.vault import vault_of

Json = dict[str, Any]
HERE = {"type": "Polygon", "coordinates": [[[-118, 35], [-117, 35], [-117, 36], [-118, 36], [-118, 35]]]}  # fmt: skip
THERE = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]}
IN_HERE, IN_THERE = (-117.5, 35.5), (10.5, 50.5)


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service alone."""
    return [service]


@dataclass
class Provider:
    """A server that takes SMS as Twilio does; it does to the next messages what a test tells it."""

    port: int = 0
    taken: list[Json] = field(default_factory=list[Json])
    """Every message that came, the same one twice if it came twice."""
    script: list[str] = field(default_factory=list[str])
    """What to do with the next messages: `ok`, `down` (500), `slow`, `hang up` after taking it, `refuse`, `late`."""
    always: str = "ok"
    known: dict[str, str] = field(default_factory=dict[str, str])
    release: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    honours_key: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bodies(self) -> list[str]:
        """The short text of each: between who sends it and where there is more."""
        return [one["Body"].rpartition(" https://")[0].rpartition(": ")[2] for one in self.taken]

    async def holds(self) -> None:
        """Once a `late` message has come, and those that were sent with it."""
        async with asyncio.timeout(30):
            await self.held.wait()
        await asyncio.sleep(0.3)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:])}
                body = await reader.readexactly(int(headers["content-length"]))
                form: Json = dict(urllib.parse.parse_qsl(body.decode()))
                form["key"] = headers.get("idempotency-key")
                form["at"] = datetime.now(UTC)
                if not await self._do(form, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _do(self, form: Json, writer: asyncio.StreamWriter) -> bool:
        what = self.script.pop(0) if self.script else self.always
        if what == "down":
            return await _send(writer, "503 Away", {"code": 20500, "message": "away"})
        if what == "refuse":
            return await _send(writer, "400 Bad", {"code": 21610, "message": "they said STOP"})
        if what == "late":
            self.held.set()
            await self.release.wait()
        if form["key"] is None or form["key"] not in self.known:
            self.taken.append(form)
        sid = self.known.setdefault(form["key"] or os.urandom(8).hex(), f"SM{os.urandom(16).hex()}")
        form["sid"] = sid
        if what == "hang up":
            return False
        return await _send(writer, "201 Created", {"sid": sid, "status": "queued"})


async def _send(writer: asyncio.StreamWriter, status: str, body: Json) -> bool:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    await writer.drain()
    return True


@pytest_asyncio.fixture
async def providers() -> AsyncIterator[list[Provider]]:
    """The first choice and the second."""
    made = [Provider(), Provider()]
    servers = [await asyncio.start_server(one.answer, "127.0.0.1", 0) for one in made]
    for one, server in zip(made, servers, strict=True):
        one.port = server.sockets[0].getsockname()[1]
    yield made
    for one, server in zip(made, servers, strict=True):
        one.release.set()
        server.close()


@pytest.fixture
def provider(providers: list[Provider]) -> Provider:
    """The first choice."""
    return providers[0]


@dataclass
class Desk:
    """Publishes alerts, subscribes people and runs workers."""

    runtime: Runtime
    deliver: Delivery
    providers: list[Provider]
    senders: list[TwilioSms] = field(default_factory=list[TwilioSms])
    phones: int = 0
    names: tuple[str, ...] = ("first", "second")

    @property
    def context(self) -> TaskContext:
        return TaskContext(self.runtime, "notification")

    def options(self, **changes: Any) -> None:
        """Change the engine's settings; a new set of hands works by them."""
        self.runtime.override_settings(DeliverySettings(**{"lease_seconds": 20, **changes}))
        self.hire()

    def hire_as(self, name: str) -> Any:
        """The first provider alone, known by this name."""
        self.names, self.providers = (name,), self.providers[:1]
        return self.hire()

    def hire(self) -> Any:
        """A new set of hands, as another worker process has."""
        self.senders = [
            TwilioSms(
                TwilioAccount(one.url, "AC1", "token", "+15550000000", honours_key=one.honours_key),
                Pace(rate=100_000, concurrency=20, batch=500, seconds=3),
                name,
            )
            for name, one in zip(self.names, self.providers, strict=True)
        ]
        return plant.make_pump(self.context, {ChannelName.SMS: self.senders})

    async def subscribe(
        self,
        count: int = 1,
        *,
        at: tuple[float, float] | None = IN_HERE,
        language: str = "en-US",
        exercise: bool = False,
        per_day: int | None = None,
        quiet: tuple[time, time] | None = None,
    ) -> list[UUID]:
        """People with a telephone, who want to be warned of everything."""
        vault = vault_of(self.runtime.settings)
        ids: list[UUID] = []
        for _ in range(count):
            subscription, point = uuid7(), uuid7()
            self.phones += 1
            number = f"+1555{self.phones:07}"
            await self.sql(
                "INSERT INTO notification.subscriptions (id, kind, source, status, language, exercise)"
                " VALUES ($1, 'person', 'public', 'active', $2, $3)",
                subscription,
                language,
                exercise,
            )
            await self.sql(
                "INSERT INTO notification.contact_points (id, subscription_id, channel, address_sealed, address_index,"
                " language, active, verified_at, exercise, at, min_severity, tz, quiet_from, quiet_until, per_day)"
                " VALUES ($1, $2, 'sms', $3, $4, $5, true, now(), $6, $7, 1, 'UTC', $8, $9, $10)",
                point,
                subscription,
                vault.seal_address(number, point),
                vault.index("sms", number),
                language,
                exercise,
                at,
                quiet and quiet[0],
                quiet and quiet[1],
                per_day,
            )
            ids.append(point)
        return ids

    async def publish(self, **changes: Any) -> AlertPublished:
        """Let the service hear of a published alert."""
        told = alert(**changes)
        event = Event(
            id=uuid7(),
            time=datetime.now(UTC),
            type=told.type,
            source="alert-management",
            subject=told.subject(),
            organizationid=told.organization_id,
            exercise=told.exercise,
            requires=told.requires,
            summary=told.summary(),
            data=told.model_dump(mode="json"),
        )
        await self.hear(event)
        return told

    async def hear(self, event: Event) -> None:
        (consumer,) = [one for one in consumers.all if one.wants(event)]
        await consumer.handle(self.runtime, [event])

    async def work(self) -> int:
        """Whatever was called for is done by one process; answers how many calls there were."""
        self.deliver.tasks.clear()
        await self.deliver()
        works = list(self.deliver.tasks)
        for one in works:
            await self.deliver.run(one["task"], **one["arguments"])
        return len(works)

    async def tick(self) -> None:
        await self.deliver.run("notification.tick")

    async def sql(self, sql: str, *values: object) -> None:
        await self.runtime.database("notification").reader.execute(sql, *values)

    async def rows(self, sql: str, *values: object) -> list[Json]:
        found = await self.runtime.database("notification").reader.fetch(sql, *values)
        return [dict(row) for row in found]

    async def states(self, told: AlertPublished) -> dict[str, int]:
        """How many deliveries of an alert are in which state."""
        found = await self.rows(
            "SELECT d.state, count(*) AS n FROM notification.deliveries d"
            " JOIN notification.broadcasts b ON b.id = d.broadcast_id WHERE b.alert_id = $1 GROUP BY 1",
            told.alert_id,
        )
        return {row["state"]: row["n"] for row in found}

    async def later(self) -> None:
        """Whatever rests is due now, and nobody has come to it for a while."""
        await self.sql(
            "UPDATE notification.chunks SET due_at = now(), claimed_at = now() - interval '1 minute'"
            " WHERE state = 'open'"
        )
        await self.sql("UPDATE notification.deliveries SET due_at = now() WHERE due_at IS NOT NULL")


def alert(**changes: Any) -> AlertPublished:
    """A published alert; `areas` as geometries, `headline` also as its SMS."""
    alert_id = changes.pop("alert_id", None) or uuid4()
    headline = changes.pop("headline", "Evacuate now")
    areas = changes.pop("areas", [HERE])
    texts = changes.pop("texts", None) or [
        {"language": "en-US", "sender_name": "Kern County", "event": "Fire", "headline": headline, "short": headline}
    ]  # fmt: skip
    values: Json = {
        "organization_id": ORGANIZATION,
        "alert_id": alert_id,
        "thread_id": alert_id,
        "headline": headline,
        "version": 1,
        "identifier": f"muster.{alert_id}",
        "sender": "muster@example.org",
        "sent": datetime.now(UTC),
        "msg_type": "Alert",
        "status": "Actual",
        "category": ["Fire"],
        "hazard": "",
        "severity": "Extreme",
        "urgency": "Immediate",
        "certainty": "Observed",
        "expires": datetime.now(UTC) + timedelta(hours=1),
        "texts": texts,
        "areas": [
            {"description": f"Area {number}", "geometry": area} for number, area in enumerate(areas)
        ],
        "url": f"https://warnings.example.org/warnings/{alert_id}",
        **changes,
    }
    return AlertPublished.model_validate(values)


@pytest_asyncio.fixture
async def desk(
    app: FastAPI, runtime: Runtime, deliver: Delivery, providers: list[Provider]
) -> AsyncIterator[Desk]:
    """The desk, with one set of hands."""
    made = Desk(runtime, deliver, list(providers))
    made.options()
    yield made
    for sender in made.senders:
        await sender.close()


class Made:
    """Places, as a fixture: test folders are no packages to import from."""

    here, there = HERE, THERE
    in_here, in_there = IN_HERE, IN_THERE


@pytest.fixture
def places() -> type[Made]:
    """Where people are, and are not."""
    return Made


Publish = Callable[..., Awaitable[AlertPublished]]
