"""PostgreSQL behind a link that fails: what requests are told, what is let go of, and how fast it comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from muster_core import database as database_module
from muster_core.errors import UnavailableError
from muster_core.microservice import Microservice, create_app, running
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_host.engines import Postgres
from muster_testing.faults.proxy import (
    BlackHole,
    CutAfter,
    Delay,
    HalfOpen,
    Link,
    Mode,
    Network,
    Pass,
    Refuse,
)
from muster_testing.people import actor_with_role
from muster_testing.plugin import client_for

pytestmark = [pytest.mark.faults, pytest.mark.serial]
DEADLINE = 2.0
SLACK = 0.7


@pytest.fixture
def link(postgres: Postgres) -> Iterator[Link]:
    with Network() as network:
        yield network.before(str(postgres.sockets / ".s.PGSQL.5432"))


@pytest.fixture
def settings(settings: Settings, link: Link) -> Settings:
    """The test's settings, with the database behind the link."""
    direct = urlsplit(settings.database_url.get_secret_value() if settings.database_url else "")
    url = f"postgresql://{direct.username}:{direct.password}@{link.host}:{link.port}{direct.path}"
    return settings.model_copy(update={"database_url": SecretStr(url)})


async def _timed(work: Any) -> tuple[float, httpx.Response]:
    began = time.monotonic()
    response = await work
    return time.monotonic() - began, response


def _is_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) >= 1
    assert response.json()["code"] == "unavailable"


async def _recovered(client: httpx.AsyncClient, within: float) -> float:
    began = time.monotonic()
    while True:
        answers = [
            await client.get("/incidents"),
            await client.post("/incidents", json={"name": "After the storm"}),
        ]
        if all(answer.is_success for answer in answers):
            return time.monotonic() - began
        assert time.monotonic() - began < within, [answer.text for answer in answers]
        await asyncio.sleep(0.05)


def _connected(postgres: Postgres) -> int:
    return int(
        postgres.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'test_%'", "postgres"
        )
    )


@pytest.fixture
async def warm(as_commander: httpx.AsyncClient) -> httpx.AsyncClient:
    """The commander, whose connections are made."""
    answers: list[httpx.Response] = []
    for _ in range(10):  # a busy machine may need a moment to connect so often
        answers = await asyncio.gather(
            *(as_commander.post("/incidents", json={"name": f"Before {n}"}) for n in range(4)),
            *(as_commander.get("/incidents") for _ in range(4)),
        )
        if all(answer.is_success for answer in answers):
            break
        await asyncio.sleep(1)
    else:
        pytest.fail(f"it is not ready: {[answer.text for answer in answers]}")
    return as_commander


async def test_requests_to_a_silent_database_fail_at_their_deadline_and_then_at_once(
    warm: httpx.AsyncClient,
    link: Link,
    runtime: Runtime,
    postgres: Postgres,
    anonymous: httpx.AsyncClient,
) -> None:
    link.set(BlackHole())
    answers = await asyncio.gather(
        *(_timed(warm.post("/incidents", json={"name": f"Silent {n}"})) for n in range(3)),
        *(_timed(warm.get("/incidents")) for _ in range(3)),
    )
    for seconds, response in answers:
        _is_unavailable(response)
        assert seconds < DEADLINE + SLACK

    # By now it is known to be silent: nobody waits any more.
    for work in (warm.get("/incidents"), warm.post("/incidents", json={"name": "At once"})):
        seconds, response = await _timed(work)
        _is_unavailable(response)
        assert seconds < 0.3

    assert (await anonymous.get("http://muster.test/healthz")).is_success
    seconds, ready = await _timed(anonymous.get("http://muster.test/readyz"))
    assert ready.status_code == 503
    assert seconds < 0.5

    link.set(Pass())
    assert await _recovered(warm, 5) < 5
    assert (await anonymous.get("http://muster.test/readyz")).is_success
    # What hung was let go of: no more connections than the pools, the pulse and the listener have.
    assert _connected(postgres) <= 2 * runtime.settings.database_pool + 2
    names = {incident["name"] for incident in (await warm.get("/incidents")).json()["items"]}
    assert not {name for name in names if name.startswith(("Silent", "At once"))}


async def test_the_process_ends_in_time_while_the_database_is_silent(
    link: Link, runtime: Runtime, services: list[Microservice]
) -> None:
    before = asyncio.all_tasks()
    async with running(create_app(*services, runtime=runtime)) as app:
        client = client_for(app, actor_with_role("incident-commander"))
        assert (await client.post("/incidents", json={"name": "Before"})).is_success
        assert (await client.get("/incidents")).is_success
        link.set(BlackHole())
        requests = [asyncio.create_task(client.get("/incidents")) for _ in range(3)]
        await asyncio.sleep(0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 8
    for request in requests:
        _is_unavailable(await request)
    await client.aclose()
    await asyncio.sleep(0.1)
    assert not {task.get_name() for task in asyncio.all_tasks() - before}


async def test_a_connection_whose_other_side_was_forgotten_is_given_up_and_replaced(
    warm: httpx.AsyncClient, link: Link
) -> None:
    link.set(HalfOpen())
    link.set(Pass())
    await _recovered(warm, 12)


async def test_a_refused_database_is_503_at_once_and_back_within_five_seconds(
    warm: httpx.AsyncClient, link: Link
) -> None:
    link.set(Refuse())
    for _ in range(5):
        for work in (warm.get("/incidents"), warm.post("/incidents", json={"name": "No"})):
            seconds, response = await _timed(work)
            _is_unavailable(response)
            assert seconds < DEADLINE
    link.set(Pass())
    assert await _recovered(warm, 5) < 5


async def test_a_slow_database_sheds_requests_and_leaves_the_rest_of_the_pool_to_others(
    warm: httpx.AsyncClient, link: Link, runtime: Runtime
) -> None:
    link.set(Delay(0.05))
    requests = [
        asyncio.create_task(_timed(warm.post("/incidents", json={"name": f"Slow {n}"})))
        for n in range(40)
    ]
    await asyncio.sleep(0.3)
    # All that requests may hold is held; a relay, a consumer or a task still gets its connection.
    began = time.monotonic()
    async with runtime.session("incident_management") as session:
        await session.execute(text("SELECT 1"))
    others = time.monotonic() - began
    answers = await asyncio.gather(*requests)
    shed = [response for _, response in answers if not response.is_success]
    for response in shed:
        # Whose time is up while it is being committed is told that nobody knows.
        assert response.status_code == 503
        assert response.json()["code"] in {"unavailable", "outcome-unknown"}
        assert int(response.headers["retry-after"]) >= 1
    assert shed, "nothing was shed"
    assert len(shed) < len(answers), "nothing was served"
    assert max(seconds for seconds, _ in answers) < DEADLINE + SLACK
    assert others < 3
    link.set(Pass())
    await _recovered(warm, 5)


@pytest.mark.parametrize(
    ("meets", "saved"), [(CutAfter(0), True), (Refuse(), False)], ids=["answer lost", "never sent"]
)
async def test_a_lost_commit_is_called_unknown_and_a_repetition_settles_it(
    warm: httpx.AsyncClient, link: Link, runtime: Runtime, meets: Mode, saved: bool
) -> None:
    engine = runtime.database("incident_management").engine.sync_engine

    coming = [meets]

    def meet(_connection: object) -> None:
        if coming:
            link.set(coming.pop())

    event.listen(engine, "commit", meet)
    key = {"Idempotency-Key": "settled-once"}
    body = {"name": "Said twice, done once"}
    unknown = await warm.post("/incidents", json=body, headers=key)
    assert (unknown.status_code, unknown.json()["code"]) == (503, "outcome-unknown")
    assert "nothing was changed" not in unknown.json()["detail"]
    assert int(unknown.headers["retry-after"]) >= 1

    link.set(Pass())
    await _recovered(warm, 5)
    again = await warm.post("/incidents", json=body, headers=key)
    assert again.status_code == 201, again.text
    assert ("idempotency-replayed" in again.headers) is saved
    found = (await warm.get("/incidents")).json()["items"]
    assert [incident["name"] for incident in found].count(body["name"]) == 1


async def _forgotten_midway(runtime: Runtime, link: Link) -> None:
    async with runtime.session("incident_management") as session:
        await session.execute(text("SELECT 1"))
        link.set(HalfOpen())
        link.set(Pass())
        await session.execute(text("SELECT 2"))


async def test_work_without_a_deadline_gives_up_a_connection_that_nobody_answers(
    warm: httpx.AsyncClient, link: Link, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers others, so it is not silent: only this connection was forgotten on the way."""
    monkeypatch.setattr(database_module, "_FORGOTTEN_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        await _forgotten_midway(runtime, link)
    assert time.monotonic() - began < 5
    await _recovered(warm, 12)
