"""What the tests of hazard-monitoring share: a feed that behaves as told, and a poller run by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import FastAPI

from hazard_monitoring.main import service
from hazard_monitoring.settings import Settings
from muster_core.microservice import Microservice
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.feed_server import FeedServer

Json = dict[str, Any]
Poll = Callable[[], Awaitable[Json]]


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """This service alone."""
    return [service]


def quake(external_id: str = "ci38457511", **changes: Any) -> Json:
    """An event as USGS writes it: Ridgecrest, magnitude 7.1; changes are to its properties."""
    ids = changes.pop("also", ())
    coordinates = changes.pop("at", [-117.599, 35.77, 8.0])
    properties: Json = {
        "mag": 7.1,
        "place": "18km W of Searles Valley, CA",
        "time": 1562383193040,
        "updated": 1562383500000,
        "ids": "," + ",".join((external_id, *ids)) + ",",
        "status": "automatic",
        "tsunami": 0,
        "alert": None,
        "type": "earthquake",
        "magType": "mw",
        "title": "M 7.1 - 18km W of Searles Valley, CA",
        "url": f"https://earthquake.usgs.gov/earthquakes/eventpage/{external_id}",
    }
    return {
        "type": "Feature",
        "id": external_id,
        "properties": properties | changes,
        "geometry": {"type": "Point", "coordinates": coordinates},
    }


def summary(*features: Any, generated: int = 1562384000000) -> bytes:
    """A summary document."""
    document = {
        "type": "FeatureCollection",
        "metadata": {"generated": generated},
        "features": features,
    }
    return json.dumps(document).encode()


@pytest_asyncio.fixture
async def feed() -> AsyncIterator[FeedServer]:
    """A feed on loopback."""
    async with FeedServer(path="/summary/all_day.geojson", body=summary()).serving() as served:
        yield served


@pytest.fixture
def runtime(runtime: Runtime, feed: FeedServer) -> Runtime:
    """The surroundings, told to poll the test's feed."""
    runtime.override_settings(
        Settings(
            usgs_url=feed.url,
            poll_seconds=60,
            most_bytes=4_000_000,
            read_seconds=0.4,
            total_seconds=1.2,
        )
    )
    return runtime


@pytest.fixture
def poll(app: FastAPI, runtime: Runtime, deliver: Delivery) -> Poll:
    """Call it to have every feed polled now, as tick and worker would; answers the USGS feed."""

    async def polled() -> Json:
        reader = runtime.database("hazard_monitoring").reader
        await reader.execute("UPDATE hazard_monitoring.feed SET next_poll_at = now()")
        deliver.tasks.clear()
        await deliver.run("hazard_monitoring.tick")
        await deliver()
        for work in deliver.tasks:
            await deliver.run(work["task"], **work["arguments"])
        rows = await reader.fetch("SELECT * FROM hazard_monitoring.feed WHERE key = 'usgs'")
        return dict(rows[0])

    return polled


@dataclass
class Story:
    """Shorthands for what the tests say again and again."""

    runtime: Runtime
    deliver: Delivery

    async def rows(self, table: str) -> list[Json]:
        reader = self.runtime.database("hazard_monitoring").reader
        found = await reader.fetch(f"SELECT * FROM hazard_monitoring.{table}")
        return [dict(row) for row in found]

    async def announced(self) -> list[str]:
        events = await self.deliver.outbox("hazard_monitoring")
        return [event.type.removeprefix("muster.").removesuffix(".v1") for event in events]

    async def know_organization(self, organization: UUID, area: Json | None) -> None:
        from hazard_monitoring.service import proposals  # noqa: PLC0415
        from hazard_monitoring.tasks import ACTOR  # noqa: PLC0415

        async with self.runtime.session("hazard_monitoring", ACTOR) as session:
            await proposals.know_organization(
                session,
                ACTOR,
                organization_id=organization,
                name="Kern County Emergency Services",
                area=area,
                version=1,
                recent=Settings().recent,
            )


@pytest.fixture
def story(app: FastAPI, runtime: Runtime, deliver: Delivery) -> Story:
    """Look into the service from behind."""
    return Story(runtime, deliver)


KERN: Json = {
    "type": "Polygon",
    "coordinates": [
        [[-120.19, 34.79], [-117.62, 34.79], [-117.62, 35.8], [-120.19, 35.8], [-120.19, 34.79]]
    ],
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Made:
    """The factories, as a fixture: test folders are no packages to import from."""

    quake = staticmethod(quake)
    summary = staticmethod(summary)
    kern = KERN


@pytest.fixture
def make() -> type[Made]:
    """Factories of documents."""
    return Made
