"""From the outbox to the consumers: at least once on the way, once in effect."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from muster_core.events import Event, UnknownEventError
from muster_core.ports.in_process import InProcessBroker
from muster_core.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from fastapi import FastAPI

    from muster_core.database import Reader
    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery


@pytest.fixture
def reads(app: FastAPI) -> Reader:
    return app.state.runtime.database("board").reader


async def copies(reads: Reader) -> list[int]:
    return [row["copies"] for row in await reads.fetch("SELECT copies FROM board.pin ORDER BY id")]


async def test_a_fact_is_heard_once(
    as_commander: httpx.AsyncClient, deliver: Delivery, reads: Reader
) -> None:
    await as_commander.post("/pins", json={"text": "One"})

    assert await deliver() == 1
    assert await deliver() == 0
    assert await copies(reads) == [1]


async def test_a_redelivery_has_no_second_effect(
    as_commander: httpx.AsyncClient, deliver: Delivery, reads: Reader
) -> None:
    await as_commander.post("/pins", json={"text": "One"})
    rows = await reads.fetch("SELECT kind, body FROM board.outbox")
    await deliver()
    for row in rows:
        await reads.execute(
            "INSERT INTO board.outbox (kind, body) VALUES ($1, $2)", row["kind"], row["body"]
        )

    assert await deliver() == 1
    assert await copies(reads) == [1]


async def test_poison_is_set_aside_and_the_others_go_on(
    as_commander: httpx.AsyncClient, deliver: Delivery, reads: Reader
) -> None:
    for words in ("before", "poison", "after"):
        await as_commander.post("/pins", json={"text": words})
    await reads.execute("INSERT INTO board.outbox (kind, body) VALUES ('event', '{}')")

    await deliver()

    assert await copies(reads) == [1, 0, 1]
    letters = await reads.fetch("SELECT consumer, attempts, error FROM board.dead_letter")
    assert {(letter["consumer"], letter["attempts"]) for letter in letters} == {
        ("board.count_copies", 5),
        ("relay", 1),
    }
    assert await deliver() == 0


async def test_work_is_started_through_the_outbox(
    as_commander: httpx.AsyncClient, deliver: Delivery, reads: Reader
) -> None:
    await as_commander.post("/pins", json={"text": "work"})
    await deliver()

    (work,) = deliver.tasks
    assert (work["task"], work["lane"]) == ("board.copy", "default")
    await deliver.run(work["task"], **work["arguments"])
    assert await copies(reads) == [101]


async def test_the_relay_wakes_at_once_and_two_of_them_deliver_once(
    as_commander: httpx.AsyncClient, runtime: Runtime, reads: Reader
) -> None:
    from muster_core.listener import Listener  # noqa: PLC0415
    from muster_core.relay import WAKE_CHANNEL  # noqa: PLC0415

    heard: list[str] = []
    heard_at: list[float] = []

    class Recorder(InProcessBroker):
        async def publish(self, events: Sequence[Event]) -> None:
            for event in events:
                heard.append(event.data["text"])
                heard_at.append(time.monotonic())

    async def start(_works: Sequence[dict[str, object]]) -> None:
        raise AssertionError

    relays = [Relay(runtime, ["board"], Recorder(runtime), start) for _ in range(2)]
    listener = Listener(runtime.database("board").url)
    for relay in relays:
        listener.on(WAKE_CHANNEL, relay.wake)
        await relay.start()
    await listener.start()
    await asyncio.sleep(0.3)
    try:
        sent = time.monotonic()
        for number in range(20):
            await as_commander.post("/pins", json={"text": str(number)})
        # Heard comes before gone: the row leaves with the commit that follows.
        while len(heard) < 20 or await reads.fetch("SELECT 1 FROM board.outbox"):
            assert time.monotonic() < sent + 10
            await asyncio.sleep(0.005)
    finally:
        await listener.close()
        for relay in relays:
            await relay.close()
    assert heard == [str(number) for number in range(20)]
    assert await reads.fetch("SELECT 1 FROM board.outbox") == []


async def test_an_envelope_of_strangers_is_refused() -> None:
    for text in ("", "{}", "[]", '{"specversion": "2.0"}'):
        with pytest.raises(UnknownEventError):
            Event.from_json(text)
