"""The clock: each tick once, however many clocks run, and never without its work."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest_asyncio
from sqlalchemy import text

from muster_core.beat import Beat
from muster_core.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from muster_core.database import Reader
    from muster_core.runtime import Runtime
    from muster_core.tasks import TaskContext

timed = Tasks("board")


@timed.every(3600, "hourly")
async def hourly(context: TaskContext) -> None:
    """Due once an hour."""


@timed.every(0.5, "often")
async def often(context: TaskContext) -> None:
    """Due twice a second."""


@timed.task("never")
async def never(context: TaskContext) -> None:
    """Not the clock's."""


@pytest_asyncio.fixture
async def reads(runtime: Runtime) -> AsyncIterator[Reader]:
    yield runtime.database("board").reader
    await runtime.close()


async def started(reads: Reader, task: str) -> int:
    (row,) = await reads.fetch(
        "SELECT count(*) AS n FROM board.outbox WHERE kind = 'task' AND body::json->>'task' = $1",
        task,
    )
    return int(row["n"])


async def test_a_task_is_started_once_in_its_interval(runtime: Runtime, reads: Reader) -> None:
    beat = Beat(runtime, "board", timed.all)
    assert "board.hourly" in await beat.tick()
    assert "board.hourly" not in await beat.tick()
    # A clock that was killed and started anew has forgotten; the table has not.
    assert "board.hourly" not in await Beat(runtime, "board", timed.all).tick()
    assert await started(reads, "board.hourly") == 1
    assert await started(reads, "board.never") == 0


async def test_two_clocks_at_once_start_it_once(runtime: Runtime, reads: Reader) -> None:
    clocks = [Beat(runtime, "board", timed.all) for _ in range(4)]
    for _ in range(5):
        await asyncio.gather(*(clock.tick() for clock in clocks))
        await asyncio.sleep(0.5)
    assert await started(reads, "board.hourly") == 1
    # Five looks half a second apart fall into at least five slots, and at most six.
    assert 5 <= await started(reads, "board.often") <= 6


async def test_a_clock_runs_by_itself_and_outlives_a_failure(
    runtime: Runtime, reads: Reader
) -> None:
    await reads.execute("ALTER TABLE board.tick RENAME TO lost")
    beat = Beat(runtime, "board", timed.all)
    await beat.start()
    try:
        await asyncio.sleep(0.7)
        assert await started(reads, "board.hourly") == 0
        await reads.execute("ALTER TABLE board.lost RENAME TO tick")
        await asyncio.sleep(3)
        assert await started(reads, "board.often") >= 3
    finally:
        await beat.close()
    assert await started(reads, "board.hourly") == 1


async def test_a_slot_and_its_work_are_saved_together(runtime: Runtime, reads: Reader) -> None:
    async with runtime.session("board") as session:
        await session.execute(
            text(
                "CREATE FUNCTION board.full() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"
            )
        )
        await session.execute(
            text(
                "CREATE TRIGGER no_space BEFORE INSERT ON board.outbox FOR EACH ROW EXECUTE FUNCTION board.full()"
            )
        )
    beat = Beat(runtime, "board", timed.all)
    for _ in range(2):
        with contextlib.suppress(Exception):
            await beat.tick()
    assert await reads.fetch("SELECT 1 FROM board.tick") == []
    await reads.execute("DROP TRIGGER no_space ON board.outbox")
    assert "board.hourly" in await beat.tick()
