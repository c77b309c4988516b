"""An Update or a Cancel never overtakes its Alert, and nothing of what it overtook goes out after it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest


async def test_an_update_supersedes_what_was_not_begun(desk: Any, provider: Any) -> None:
    await desk.subscribe(3)
    first = await desk.publish(headline="One")
    second = await desk.publish(
        headline="Two", thread_id=first.alert_id, alert_id=uuid4(), number=2, msg_type="Update"
    )
    await desk.work()
    await desk.tick()
    assert provider.bodies == ["Two"] * 3
    assert await desk.states(first) == {"superseded": 3}
    assert await desk.states(second) == {"accepted": 3}


async def test_an_update_waits_until_what_is_being_sent_of_its_alert_is_through(
    desk: Any, provider: Any
) -> None:
    desk.options(slice=2, urgent_hands=2)
    await desk.subscribe(4)
    provider.always = "late"
    first = await desk.publish(headline="One")
    working = asyncio.create_task(desk.work())
    await provider.holds()
    second = await desk.publish(
        headline="Two", thread_id=first.alert_id, alert_id=uuid4(), number=2, msg_type="Update"
    )
    await desk.work()
    assert await desk.states(second) == {}

    provider.always = "ok"
    provider.release.set()
    await working
    assert await desk.states(first) == {"accepted": 2, "superseded": 2}
    await desk.tick()
    await desk.work()
    assert await desk.states(second) == {"accepted": 4}
    assert provider.bodies == ["One"] * 2 + ["Two"] * 4


async def test_an_alert_that_comes_after_its_update_is_not_sent(desk: Any, provider: Any) -> None:
    await desk.subscribe(2)
    thread = uuid4()
    await desk.publish(headline="Two", thread_id=thread, number=2, msg_type="Update")
    late = await desk.publish(headline="One", alert_id=thread, thread_id=thread, number=1)
    await desk.work()
    await desk.tick()
    assert provider.bodies == ["Two"] * 2
    assert await desk.states(late) == {"superseded": 2}


async def test_a_cancel_goes_to_those_who_were_warned_and_to_nobody_else(
    desk: Any, provider: Any
) -> None:
    await desk.subscribe(2)
    first = await desk.publish(headline="One")
    await desk.work()
    await desk.subscribe(2)
    cancel = await desk.publish(
        headline="Over", thread_id=first.alert_id, alert_id=uuid4(), number=2, msg_type="Cancel"
    )
    await desk.work()
    assert provider.bodies == ["One"] * 2 + ["Over"] * 2
    assert await desk.states(cancel) == {"accepted": 2}


async def test_a_cancel_before_anything_was_sent_goes_to_nobody(desk: Any, provider: Any) -> None:
    await desk.subscribe(2)
    first = await desk.publish(headline="One")
    cancel = await desk.publish(
        headline="Over", thread_id=first.alert_id, alert_id=uuid4(), number=2, msg_type="Cancel"
    )
    await desk.work()
    await desk.tick()
    assert provider.taken == []
    assert await desk.states(first) == {"superseded": 2}
    assert await desk.states(cancel) == {}
    rows = await desk.rows("SELECT finished_at IS NULL AS open FROM notification.broadcasts")
    assert rows == [{"open": False}] * 2


@pytest.mark.parametrize("msg_type", ["Update", "Cancel"])
async def test_messages_of_other_threads_do_not_wait(
    desk: Any, provider: Any, msg_type: str
) -> None:
    await desk.subscribe(1)
    provider.always = "late"
    first = await desk.publish(headline="One")
    working = asyncio.create_task(desk.work())
    await provider.holds()
    provider.always = "ok"
    await desk.publish(
        headline="Over", thread_id=first.alert_id, alert_id=uuid4(), number=2, msg_type=msg_type
    )
    other = await desk.publish(headline="Other")
    await desk.work()
    await asyncio.sleep(1)
    assert await desk.states(other) == {"accepted": 1}
    provider.release.set()
    await working


async def test_an_extreme_alert_goes_before_minor_ones_that_wait(desk: Any, provider: Any) -> None:
    desk.options(slice=1, bulk_hands=1)
    await desk.subscribe(30)
    provider.always = "late"
    await desk.publish(severity="Minor", headline="Minor")
    bulk = asyncio.create_task(desk.work())
    await provider.holds()
    provider.always = "ok"
    extreme = await desk.publish(severity="Extreme", headline="Extreme")
    provider.release.set()
    await desk.work()
    assert await desk.states(extreme) == {"accepted": 30}
    before = provider.bodies[: provider.bodies.index("Extreme")]
    assert len(before) <= 3
    await bulk
