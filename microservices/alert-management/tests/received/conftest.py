"""What the tests of others' alerts share: a publisher that behaves as told, its documents, and a poller run by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from alert_management.feed_settings import FeedSettings
from alert_management.main import service
from muster_core.microservice import Microservice
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.feed_server import FeedServer

Json = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
RIVER = "38.0,-121.0 38.0,-120.0 39.0,-120.0 39.0,-121.0 38.0,-121.0"
NEARLY_THE_RIVER = "38.1,-121.0 38.1,-120.0 39.0,-120.0 39.0,-121.0 38.1,-121.0"
FAR_AWAY = "10.0,10.0 10.0,11.0 11.0,11.0 11.0,10.0 10.0,10.0"


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service alone."""
    return [service]


def stamp(moment: datetime) -> str:
    """An instant as CAP writes it."""
    return moment.isoformat().replace("Z", "+00:00")


def cap(identifier: str = "A-1", **changes: Any) -> str:
    """A CAP 1.2 message: a flood warning of NWS, an hour old and good for six more."""
    said: Json = {
        "sender": "nws@example.org",
        "sent": NOW - timedelta(hours=1),
        "status": "Actual",
        "msg_type": "Alert",
        "references": list[tuple[str, str, datetime]](),
        "event": "Flood Warning",
        "severity": "Severe",
        "headline": "River flood near Stockton",
        "expires": NOW + timedelta(hours=6),
        "polygon": RIVER,
        "geocodes": list[tuple[str, str]](),
        "area": "San Joaquin County",
    } | changes
    references = " ".join(f"{s},{i},{stamp(t)}" for s, i, t in said["references"])
    told = f"<references>{references}</references>" if references else ""
    expires = f"<expires>{stamp(said['expires'])}</expires>" if said["expires"] else ""
    polygon = f"<polygon>{said['polygon']}</polygon>" if said["polygon"] else ""
    codes = "".join(
        f"<geocode><valueName>{name}</valueName><value>{value}</value></geocode>"
        for name, value in said["geocodes"]
    )
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>{said['sender']}</sender>"
        f"<sent>{stamp(said['sent'])}</sent><status>{said['status']}</status>"
        f"<msgType>{said['msg_type']}</msgType><scope>Public</scope>{told}"
        f"<info><language>en-US</language><category>Met</category><event>{said['event']}</event>"
        f"<urgency>Expected</urgency><severity>{said['severity']}</severity>"
        f"<certainty>Likely</certainty>{expires}<headline>{said['headline']}</headline>"
        f"<description>Water rises.</description><area><areaDesc>{said['area']}</areaDesc>"
        f"{polygon}{codes}</area></info></alert>"
    )


def atom(*entries: str, updated: str = "2026-07-01T12:00:00+00:00") -> bytes:
    """An Atom feed whose entries are XML of ours: CAP messages, or links."""
    inside = "".join(
        entry
        if entry.startswith("<entry")
        else f'<entry><id>e{number}</id><content type="text/xml">{entry}</content></entry>'
        for number, entry in enumerate(entries)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:feed</id><title>Alerts</title><updated>{updated}</updated>{inside}</feed>"
    ).encode()


def link(url: str, updated: str = "2026-07-01T12:00:00+00:00") -> str:
    """An Atom entry that only points to a CAP document."""
    return (
        f"<entry><id>{url}</id><title>Alert</title><updated>{updated}</updated>"
        f'<link href="{url}" type="application/cap+xml"/></entry>'
    )


def nws(identifier: str = "urn:oid:1.2.3", **changes: Any) -> Json:
    """A feature as api.weather.gov writes it; changes are to its properties."""
    geometry = changes.pop(
        "geometry",
        {
            "type": "Polygon",
            "coordinates": [[[-121, 38], [-120, 38], [-120, 39], [-121, 39], [-121, 38]]],
        },
    )
    said: Json = {
        "id": identifier,
        "areaDesc": "San Joaquin; Stanislaus",
        "geocode": {"SAME": ["006077"], "UGC": ["CAZ019"]},
        "references": list[Json](),
        "sent": stamp(NOW - timedelta(hours=1)),
        "effective": stamp(NOW - timedelta(hours=1)),
        "onset": stamp(NOW),
        "expires": stamp(NOW + timedelta(hours=6)),
        "status": "Actual",
        "messageType": "Alert",
        "category": "Met",
        "severity": "Severe",
        "certainty": "Likely",
        "urgency": "Expected",
        "event": "Flood Warning",
        "sender": "w-nws.webmaster@noaa.gov",
        "senderName": "NWS Sacramento CA",
        "headline": "Flood Warning issued by NWS Sacramento CA",
        "description": "Water rises.",
        "instruction": "Turn around.",
        "response": "Avoid",
        "parameters": {"VTEC": ["/O.NEW.KSTO.FL.W.0001/"]},
    } | changes
    return {"id": identifier, "type": "Feature", "geometry": geometry, "properties": said}


def collection(*features: Any, updated: str = "2026-07-01T12:00:00+00:00") -> bytes:
    """The document around them."""
    return json.dumps(
        {"type": "FeatureCollection", "features": features, "updated": updated}
    ).encode()


@pytest_asyncio.fixture
async def publisher() -> AsyncIterator[FeedServer]:
    """A publisher on loopback."""
    async with FeedServer(path="/alerts", body=atom()).serving() as served:
        yield served


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    """The surroundings, which let feeds have addresses on loopback."""
    runtime.override_settings(
        FeedSettings(
            allow_loopback=True,
            most_bytes=4_000_000,
            most_linked=3,
            read_seconds=0.5,
            total_seconds=3,
            linked_seconds=5,
        )
    )
    return runtime


@dataclass
class Story:
    """Shorthands for what the tests say again and again."""

    runtime: Runtime
    deliver: Delivery
    client: httpx.AsyncClient

    async def listen(
        self, server: FeedServer, kind: str = "cap", name: str = "Weather service", **more: Any
    ) -> str:
        asked = {"name": name, "kind": kind, "url": server.url, **more}
        answer = await self.client.post("/alert-feeds", json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def poll(self) -> list[Json]:
        """Have every feed polled now, as tick and worker would; answers the feeds as they are shown."""
        reader = self.runtime.database("alert_management").reader
        await reader.execute("UPDATE alert_management.alert_feed SET next_poll_at = now()")
        self.deliver.tasks.clear()
        await self.deliver.run("alert_management.alert_feeds_tick")
        await self.deliver()
        for work in list(self.deliver.tasks):
            if work["task"] == "alert_management.poll_alert_feed":
                await self.deliver.run(work["task"], **work["arguments"])
        return list((await self.client.get("/alert-feeds")).json()["items"])

    async def received(self, **query: Any) -> list[Json]:
        answer = await self.client.get("/received-alerts", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def take(self, *messages: str, **query: Any) -> list[Json]:
        """Import these, one after the other; answers what each became."""
        found: list[Json] = []
        for message in messages:
            answer = await self.client.post(
                "/alerts/import",
                params=query,
                content=message.encode(),
                headers={"Content-Type": "application/cap+xml"},
            )
            assert answer.status_code == 201, answer.text
            found += answer.json()["items"]
        return found

    async def threads(self) -> list[set[str]]:
        """The identifiers in each thread."""
        found: dict[str, set[str]] = {}
        for one in await self.received(limit=500):
            found.setdefault(one["thread_id"], set()).add(one["identifier"])
        return sorted(found.values(), key=sorted)

    async def rows(self, table: str) -> list[Json]:
        reader = self.runtime.database("alert_management").reader
        return [dict(row) for row in await reader.fetch(f"SELECT * FROM alert_management.{table}")]

    async def announced(self) -> list[str]:
        events = await self.deliver.outbox("alert_management")
        return [event.type.removeprefix("muster.").removesuffix(".v1") for event in events]


@pytest.fixture
def story(
    app: FastAPI,
    runtime: Runtime,
    deliver: Delivery,
    sign_in: Callable[..., httpx.AsyncClient],
) -> Story:
    """The Administrator, who manages feeds and drafts alerts, with a look behind the service."""
    return Story(runtime, deliver, sign_in("administrator"))


class Made:
    """The factories, as a fixture: test folders are no packages to import from."""

    cap = staticmethod(cap)
    atom = staticmethod(atom)
    link = staticmethod(link)
    nws = staticmethod(nws)
    collection = staticmethod(collection)
    now = NOW
    river = RIVER
    nearly_the_river = NEARLY_THE_RIVER
    far_away = FAR_AWAY


@pytest.fixture
def make() -> type[Made]:
    """Factories of documents."""
    return Made
