"""The live stream: what one may see, as it is written; a cut connection misses nothing and hears nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from activity_log.service.stream import hub_of
from activity_log.settings import ActivitySettings
from muster_core.auth import Actor, Revocations
from muster_core.runtime import Runtime
from muster_testing.people import FOREIGN_ORGANIZATION, TestIdentity, actor_with_role


class Stream:
    """A client's side of a stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.last_id: str | None = None
        self.comments: list[str] = []

    async def next(self, seconds: float = 5.0) -> dict[str, Any]:
        """The next event; raises StopAsyncIteration at the end of the stream."""
        found: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            while True:
                line = await anext(self._lines)
                if line.startswith(":"):
                    self.comments.append(line)
                elif line:
                    name, _, value = line.partition(": ")
                    found[name] = value
                elif found:
                    self.last_id = found.get("id", self.last_id)
                    return {"event": found["event"], "data": json.loads(found["data"])}

    async def silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes."""
        with contextlib.suppress(TimeoutError):
            return not await self.next(seconds)
        return True


@asynccontextmanager
async def stream(
    address: str, actor: Actor, *, last: str | None = None, token: str = "", **params: Any
) -> AsyncGenerator[Stream]:
    """An open stream after its `ready`."""
    headers = {"Authorization": f"Bearer {token or TestIdentity.shared().token(actor)}"}
    if last is not None:
        headers["Last-Event-ID"] = last
    async with (
        httpx.AsyncClient(timeout=20) as client,
        client.stream(
            "GET", f"{address}/api/v1/stream", headers=headers, params=params
        ) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        opened = Stream(response.aiter_lines())
        ready = await opened.next()
        assert ready["event"] == "ready"
        yield opened


@pytest.fixture
def commander() -> Actor:
    return actor_with_role("incident-commander")


@pytest.fixture
def neighbour() -> Actor:
    return actor_with_role("incident-commander", FOREIGN_ORGANIZATION)


async def test_what_happens_is_told_at_once_with_its_position_as_id(
    live_address: str, story: Any, commander: Actor
) -> None:
    async with stream(live_address, commander) as opened:
        await story.happens(story.declared("Cedar Creek Fire"))
        event = await opened.next()

    assert event["event"] == "muster.incident.declared.v1"
    assert event["data"]["summary"] == 'declared "Cedar Creek Fire" as 2026-000001'
    assert opened.last_id == str(event["data"]["position"])
    assert "hash" not in event["data"]


async def test_cut_again_and_again_a_stream_misses_nothing_and_repeats_nothing(
    live_address: str, story: Any, commander: Actor
) -> None:
    number = 150

    async def write() -> None:
        for n in range(number):
            await story.happens(story.declared(f"{n}"))
            await asyncio.sleep(random.uniform(0, 0.006))

    async def listen() -> list[str]:
        heard: list[str] = []
        last = None
        while len(heard) < number:
            async with stream(live_address, commander, last=last) as opened:
                with contextlib.suppress(TimeoutError):
                    for _ in range(min(random.randint(0, 12), number - len(heard))):
                        event = await opened.next(0.5)
                        heard.append(event["data"]["data"]["incident_name"])
                # The id of `ready` counts too: a connection cut before anything happened resumes as well.
                last = opened.last_id
        return heard

    listeners = [asyncio.create_task(listen()) for _ in range(3)]
    # Everybody is connected once before the first entry.
    await asyncio.sleep(0.3)
    writing = asyncio.create_task(write())
    try:
        async with asyncio.timeout(60):
            heard = await asyncio.gather(*listeners)
    finally:
        await writing

    for one in heard:
        assert one == [str(n) for n in range(number)]


async def test_a_long_absence_is_made_up_for(
    live_address: str, story: Any, commander: Actor
) -> None:
    async with stream(live_address, commander) as opened:
        last = opened.last_id
    for _ in range(6):
        await story.happens(*(story.declared(f"{n}") for n in range(200)))

    async with stream(live_address, commander, last=last) as opened:
        positions = [(await opened.next())["data"]["position"] for _ in range(1200)]
        await story.happens(story.declared("live"))
        assert (await opened.next())["data"]["data"]["incident_name"] == "live"

    assert positions == list(range(1, 1201))


async def test_another_organizations_entries_never_appear(
    live_address: str, story: Any, commander: Actor, neighbour: Actor
) -> None:
    fire = story.declared("Shared later")
    async with (
        stream(live_address, neighbour) as theirs,
        stream(live_address, commander) as ours,
    ):
        await story.happens(fire, story.declared("Theirs", organization_id=FOREIGN_ORGANIZATION))
        assert (await theirs.next())["data"]["data"]["incident_name"] == "Theirs"
        assert (await ours.next())["data"]["data"]["incident_name"] == "Shared later"
        assert await theirs.silent()
        assert await ours.silent()

    async with stream(live_address, neighbour) as theirs:
        await story.happens(story.shared(fire))
        assert (await theirs.next())["event"] == "muster.incident.shared.v1"
        await story.happens(story.assigned(fire, commander, "Incident Commander"))
        assert (await theirs.next())["event"] == "muster.position.assigned.v1"
        await story.happens(story.unshared(fire))
        await story.happens(story.assigned(fire, commander, "Safety Officer"))
        assert await theirs.silent()

    async with stream(live_address, neighbour, last="0") as theirs:
        assert (await theirs.next())["data"]["data"]["incident_name"] == "Theirs"
        assert await theirs.silent()


async def test_the_filters_hold_live_and_on_resuming(
    live_address: str, story: Any, commander: Actor
) -> None:
    played, real = story.declared("Played", exercise=True), story.declared("Real")
    for last in (None, "0"):
        async with (
            stream(live_address, commander, last=last, exercise="true") as exercise,
            stream(live_address, commander, last=last, exercise="false") as live,
            stream(live_address, commander, last=last, incident_id=str(real.incident_id)) as one,
        ):
            if last is None:
                await story.happens(played, real)
            assert (await exercise.next())["data"]["data"]["incident_name"] == "Played"
            assert (await live.next())["data"]["data"]["incident_name"] == "Real"
            assert (await one.next())["data"]["data"]["incident_name"] == "Real"
            for opened in (exercise, live, one):
                assert await opened.silent(0.1)


async def test_entries_that_need_a_permission_are_told_only_to_who_holds_it(
    live_address: str, story: Any, commander: Actor
) -> None:
    auditor = actor_with_role("auditor")
    (event,) = await story.events(story.declared("Secret"))
    secret = event.model_copy(update={"requires": "activity:audit"})
    async with (
        stream(live_address, commander) as one,
        stream(live_address, auditor) as other,
    ):
        await story.hears(secret)
        assert (await other.next())["data"]["data"]["incident_name"] == "Secret"
        assert await one.silent()


async def test_signing_out_ends_the_stream_within_seconds(
    live_address: str, story: Any, commander: Actor
) -> None:
    identity = TestIdentity.shared()
    try:
        async with stream(live_address, commander) as opened:
            assert commander.session_id is not None
            identity.revoked = Revocations(sessions=frozenset({commander.session_id}))
            started = time.monotonic()
            with pytest.raises(StopAsyncIteration):
                await opened.next(5)
            assert time.monotonic() - started < 4
            assert any("signed out" in comment for comment in opened.comments)
    finally:
        identity.revoked = Revocations()


async def test_a_stream_ends_when_its_token_expires(live_address: str, commander: Actor) -> None:
    # Ten seconds of clock skew are allowed for.
    token = TestIdentity.shared().token(commander, exp=int(time.time()) - 8)
    async with stream(live_address, commander, token=token) as opened:
        with pytest.raises(StopAsyncIteration):
            await opened.next(6)
        assert any("fresh token" in comment for comment in opened.comments)


async def test_a_position_that_this_journal_never_had_begins_anew(
    live_address: str, story: Any, commander: Actor
) -> None:
    async with stream(live_address, commander, last="999999999") as opened:
        assert opened.last_id == "0"
        await story.happens(story.declared("First"))
        assert (await opened.next())["data"]["position"] == 1


async def test_a_bad_position_is_refused(live_address: str, commander: Actor) -> None:
    headers = {"Authorization": f"Bearer {TestIdentity.shared().token(commander)}"}
    async with httpx.AsyncClient(headers=headers) as client:
        for bad in ("x", "-1", "9" * 30):
            response = await client.get(
                f"{live_address}/api/v1/stream", headers={"Last-Event-ID": bad}
            )
            assert response.status_code == 422


class TestASlowClient:
    """Whoever does not keep up is let go, and loses nothing by it."""

    @pytest.fixture
    def runtime(self, runtime: Runtime) -> Runtime:
        runtime.override_settings(
            ActivitySettings(stream_buffer_bytes=4096, stream_heartbeat_seconds=1)
        )
        return runtime

    async def test_it_is_closed_with_a_comment_and_resumes(
        self, live_address: str, story: Any, commander: Actor, app: FastAPI
    ) -> None:
        async with stream(live_address, commander) as opened:
            hub = hub_of(app.state.runtime)
            (client,) = hub.clients
            # Stand in for a full connection: more at once than may wait for a client.
            client.feed(b": \n" * 2000)
            with pytest.raises(StopAsyncIteration):
                await opened.next()
            assert any("too slow" in comment for comment in opened.comments)
            last = opened.last_id

        await story.happens(story.declared("Meanwhile"))
        async with stream(live_address, commander, last=last) as opened:
            assert (await opened.next())["data"]["data"]["incident_name"] == "Meanwhile"

    async def test_a_connection_that_takes_nothing_is_cut_off(
        self,
        live_address: str,
        commander: Actor,
        app: FastAPI,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("activity_log.service.stream._SLOW_GRACE_SECONDS", 1.0)
        host, port = live_address.removeprefix("http://").split(":")
        loop = asyncio.get_running_loop()
        token = TestIdentity.shared().token(commander)
        request = f"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        with socket.socket() as stuck:
            stuck.setblocking(False)  # noqa: FBT003 - the socket's own signature
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await loop.sock_connect(stuck, (host, int(port)))
            await loop.sock_sendall(stuck, request.encode())
            assert b"200 OK" in await loop.sock_recv(stuck, 500)
            hub = hub_of(app.state.runtime)
            (client,) = hub.clients
            async with asyncio.timeout(30):
                # What fits is sent until the connection is full; then nothing moves any more.
                while hub.clients:
                    client.feed(b": " + b"x" * 4000 + b"\n\n")
                    await asyncio.sleep(0.005)

    async def test_silence_is_filled_with_heartbeats(
        self, live_address: str, commander: Actor
    ) -> None:
        async with stream(live_address, commander) as opened:
            assert await opened.silent(2.5)
        assert ": heartbeat" in opened.comments


async def test_waiting_streams_hold_no_database_connection(
    live_address: str, story: Any, commander: Actor
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(20):
            await stack.enter_async_context(stream(live_address, commander))
        # The test's pools hold five connections each.
        async with httpx.AsyncClient() as client:
            headers = {"Authorization": f"Bearer {TestIdentity.shared().token(commander)}"}
            response = await client.get(f"{live_address}/api/v1/activity", headers=headers)
        assert response.status_code == 200
        await story.happens(story.declared())
