"""Calls between services: who asks, what went wrong and how much time is left arrive on the other side."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from muster_core import errors
from muster_core.auth import Actor, system_actor
from muster_core.context import begin_trace, trace_id
from muster_core.deadline import deadline, left
from muster_core.rpc import Rpc, RpcServer, current_caller
from muster_core.settings import Settings
from muster_testing.notes import Notes, NotesStub

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from pathlib import Path

ASKING = system_actor("search")


@asynccontextmanager
async def served(
    notes: Notes, folder: Path, *, grace: float = 0.2
) -> AsyncGenerator[tuple[Rpc, NotesStub]]:
    settings = Settings(rpc_address=f"unix:{folder}/rpc.sock")
    server = RpcServer(settings)
    server.add(notes.add_to, None)
    await server.start()
    rpc = Rpc(settings)
    try:
        yield rpc, rpc.stub(NotesStub, "notes")
    finally:
        await rpc.close()
        await server.close(grace)


async def count_to_three(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
    for number in (b"1", b"2", b"3"):
        yield number


async def test_a_stream_arrives_in_order_and_whole(tmp_path: Path) -> None:
    async with served(Notes(stream=count_to_three), tmp_path) as (rpc, stub):
        got = [message async for message in rpc.stream(stub.stream, b"all", actor=ASKING)]
    assert got == [b"1", b"2", b"3"]


async def test_a_stream_knows_on_whose_behalf_it_runs_and_continues_the_trace(
    tmp_path: Path,
) -> None:
    seen: list[tuple[Actor, str]] = []

    async def note(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        seen.append((current_caller(), trace_id()))
        yield b"noted"

    trace = begin_trace()
    async with served(Notes(stream=note), tmp_path) as (rpc, stub):
        _ = [message async for message in rpc.stream(stub.stream, b"", actor=ASKING)]
        with pytest.raises(errors.UnauthorizedError):
            _ = [message async for message in rpc.stream(stub.stream, b"")]
    assert seen == [(ASKING, trace)]


async def test_what_a_stream_raises_after_some_messages_is_raised_after_them(
    tmp_path: Path,
) -> None:
    async def fails(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        yield b"good"
        raise errors.ForbiddenError("Only a service may read everything.")

    async with served(Notes(stream=fails), tmp_path) as (rpc, stub):
        messages = rpc.stream(stub.stream, b"", actor=ASKING)
        assert await anext(messages) == b"good"
        with pytest.raises(errors.ForbiddenError, match="Only a service"):
            await anext(messages)


async def test_an_unexpected_failure_tells_the_caller_nothing_of_itself(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fails(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        yield b"good"
        raise ZeroDivisionError("the password is swordfish")

    async with served(Notes(stream=fails), tmp_path) as (rpc, stub):
        with pytest.raises(errors.UnavailableError) as raised:
            _ = [message async for message in rpc.stream(stub.stream, b"", actor=ASKING)]
    assert "swordfish" not in str(raised.value)


async def test_a_stream_may_last_longer_than_a_call_but_not_fall_silent(tmp_path: Path) -> None:
    async def slow(request: bytes, _context: Any) -> AsyncIterator[bytes]:
        for _ in range(4):
            await asyncio.sleep(0.4)
            yield b"still here"
        await asyncio.sleep(30 if request == b"silent" else 0)

    async with served(Notes(stream=slow), tmp_path) as (rpc, stub):
        began = time.monotonic()
        got = [message async for message in rpc.stream(stub.stream, b"", idle_seconds=2)]
        assert len(got) == 4
        assert time.monotonic() - began > 1.2
        with pytest.raises(errors.UnavailableError):
            _ = [message async for message in rpc.stream(stub.stream, b"silent", idle_seconds=0.8)]


async def test_a_slow_reader_slows_the_sender_down(tmp_path: Path) -> None:
    sent = 0

    async def endless(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield bytes(100_000)

    async with (
        served(Notes(stream=endless), tmp_path) as (rpc, stub),
        aclosing(rpc.stream(stub.stream, b"", actor=ASKING)) as messages,
    ):
        assert len(await anext(messages)) == 100_000
        await asyncio.sleep(0.5)
        waiting = sent
        await asyncio.sleep(0.5)
        assert sent == waiting
        assert sent < 200, "20 MB lie between a sender and a reader who reads nothing"


async def test_leaving_a_stream_early_ends_the_work_on_the_other_side(tmp_path: Path) -> None:
    ended = asyncio.Event()

    async def endless(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"more"
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async with served(Notes(stream=endless), tmp_path) as (rpc, stub):
        async with aclosing(rpc.stream(stub.stream, b"", actor=ASKING)) as messages:
            await anext(messages)
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_call_passes_on_no_more_time_than_is_left(tmp_path: Path) -> None:
    seen: list[float] = []

    async def get(_request: bytes, _context: Any) -> bytes:
        seen.append(left(1.0))
        return b""

    async with served(Notes(get=get), tmp_path) as (rpc, stub):
        await rpc.call(stub.get, b"")
        with deadline(0.4):
            await rpc.call(stub.get, b"")
        await rpc.call(stub.get, b"", seconds=60)
    assert 0.5 < seen[0] <= 1.0
    assert 0.1 < seen[1] <= 0.41  # gRPC counts in whole milliseconds
    assert 0.5 < seen[2] <= 1.0


async def test_a_slow_answer_is_given_up_on_both_sides_within_a_second(tmp_path: Path) -> None:
    given_up = asyncio.Event()

    async def sleeps(_request: bytes, _context: Any) -> bytes:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            given_up.set()
            raise
        return b""

    async with served(Notes(get=sleeps), tmp_path) as (rpc, stub):
        began = time.monotonic()
        with pytest.raises(errors.UnavailableError):
            await rpc.call(stub.get, b"")
        assert time.monotonic() - began < 1.5
        await asyncio.wait_for(given_up.wait(), 2)


async def test_without_time_left_nothing_is_asked(tmp_path: Path) -> None:
    asked = 0

    async def get(_request: bytes, _context: Any) -> bytes:
        nonlocal asked
        asked += 1
        return b""

    async with served(Notes(get=get), tmp_path) as (rpc, stub):
        with deadline(0.0), pytest.raises(errors.UnavailableError):
            await rpc.call(stub.get, b"")
    assert asked == 0


async def test_fields_at_fault_and_when_to_come_again_travel_with_the_error(tmp_path: Path) -> None:
    async def get(request: bytes, _context: Any) -> bytes:
        if request == b"busy":
            raise errors.TooManyRequestsError("Slow down.", retry_after=7)
        raise errors.InvalidInputError.at("/incident_id", "must be a UUID")

    async with served(Notes(get=get), tmp_path) as (rpc, stub):
        with pytest.raises(errors.InvalidInputError) as wrong:
            await rpc.call(stub.get, b"")
        with pytest.raises(errors.TooManyRequestsError) as busy:
            await rpc.call(stub.get, b"busy")
    assert wrong.value.errors[0]["pointer"] == "/incident_id"
    assert busy.value.retry_after == 7
