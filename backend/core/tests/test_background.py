"""What runs beside requests ends when it is told to."""

from __future__ import annotations

import asyncio

from muster_core.background import end


async def test_a_task_that_swallows_a_cancellation_is_ended_all_the_same() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 2:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                swallowed += 1
        await asyncio.sleep(60)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task), 5)

    assert swallowed == 2
    assert task.cancelled()


async def test_a_loop_that_was_woken_in_the_same_moment_ends() -> None:
    woken = asyncio.Event()

    async def looks_now_and_then() -> None:
        while True:
            await asyncio.wait_for(woken.wait(), 60)
            woken.clear()

    task = asyncio.create_task(looks_now_and_then())
    await asyncio.sleep(0.01)
    woken.set()
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task), 5)

    assert task.cancelled()


async def test_what_a_task_raised_is_no_hindrance() -> None:
    async def fails() -> None:
        raise RuntimeError("x")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await end(task)

    assert task.done()
