"""From a published alert to the last receipt, with a provider on loopback that speaks Twilio's protocol."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muster.alerts.v1 import messages


async def test_everyone_in_the_area_gets_it_once_and_nobody_else(
    desk: Any, provider: Any, places: Any
) -> None:
    await desk.subscribe(3)
    await desk.subscribe(2, at=places.in_there)

    told = await desk.publish(headline="Leave by Route 178")
    assert await desk.work() == 4

    assert provider.bodies == ["Leave by Route 178"] * 3
    assert len({one["To"] for one in provider.taken}) == 3
    assert await desk.states(told) == {"accepted": 3}
    assert await desk.work() == 0
    assert len(provider.taken) == 3


async def test_the_same_event_again_changes_nothing(desk: Any, provider: Any) -> None:
    await desk.subscribe(2)
    told = await desk.publish()
    await desk.publish(alert_id=told.alert_id)
    await desk.work()
    assert len(provider.taken) == 2


async def test_each_reads_it_in_their_language(desk: Any, provider: Any) -> None:
    for language in ("es-MX", "fr", "en-GB"):
        await desk.subscribe(1, language=language)
    words = {"sender_name": "Kern County", "event": "Fire"}
    texts = [
        {**words, "language": "en-US", "headline": "Fire", "short": "Leave now"},
        {**words, "language": "es-US", "headline": "Incendio", "short": "Salga ahora"},
    ]
    await desk.publish(texts=texts)
    await desk.work()
    assert sorted(provider.bodies) == ["Leave now", "Leave now", "Salga ahora"]


async def test_who_lies_in_two_areas_is_told_once_and_counted_for_the_first(
    desk: Any, provider: Any, places: Any
) -> None:
    await desk.subscribe(2)
    await desk.subscribe(1, at=places.in_there)
    await desk.publish(areas=[places.here, places.here, places.there])
    await desk.work()
    assert len(provider.taken) == 3
    chunks = await desk.rows("SELECT piece, size FROM notification.chunks ORDER BY piece")
    assert chunks == [{"piece": 0, "size": 2}, {"piece": 2, "size": 1}]


async def test_chunks_hold_500_and_are_all_worked_off(desk: Any, provider: Any) -> None:
    await desk.subscribe(1)
    await desk.sql(
        "INSERT INTO notification.contact_points (id, subscription_id, channel, address_sealed, address_index,"
        " language, active, verified_at, exercise, at, min_severity, tz)"
        " SELECT uuidv7(), subscription_id, channel, address_sealed, uuidv7(), language,"
        " active, verified_at, exercise, at, min_severity, tz"
        " FROM notification.contact_points, generate_series(1, 1100)"
    )
    told = await desk.publish()
    await desk.work()
    sizes = await desk.rows("SELECT size FROM notification.chunks ORDER BY id")
    assert sorted(row["size"] for row in sizes) == [101, 500, 500]
    # Their addresses were copied from another row, and do not open: each is told as failed, and the others went out.
    assert await desk.states(told) == {"accepted": 1, "failed": 1100}


async def test_a_provider_that_is_down_is_left_for_the_second_at_once(
    desk: Any, providers: Any
) -> None:
    first, second = providers
    first.always = "down"
    await desk.subscribe(30)
    told = await desk.publish()
    began = datetime.now(UTC)
    await desk.work()
    assert await desk.states(told) == {"accepted": 30}
    assert len(second.taken) == 30
    assert first.taken == []
    assert datetime.now(UTC) - began < timedelta(seconds=30)


async def test_while_every_provider_is_down_nothing_is_lost(desk: Any, providers: Any) -> None:
    for one in providers:
        one.always = "down"
    await desk.subscribe(3)
    told = await desk.publish()
    await desk.work()
    assert await desk.states(told) == {"pending": 3}
    (chunk,) = await desk.rows("SELECT state, due_at > now() AS rests FROM notification.chunks")
    assert chunk == {"state": "open", "rests": True}

    for one in providers:
        one.always = "ok"
    desk.hire()
    await desk.later()
    await desk.tick()
    await desk.work()
    assert await desk.states(told) == {"accepted": 3}


@pytest.mark.parametrize(("severity", "times"), [("Extreme", 2), ("Minor", 1)])
async def test_a_lost_answer_is_in_doubt_and_asked_again_if_lives_hang_on_it(
    desk: Any, provider: Any, severity: str, times: int
) -> None:
    provider.script = ["hang up"]
    await desk.subscribe(1)
    told = await desk.publish(severity=severity)
    await desk.work()
    assert await desk.states(told) == {"in_doubt": 1}

    await desk.later()
    await desk.tick()
    await desk.work()
    assert len(provider.taken) == times
    assert await desk.states(told) == {"accepted" if times == 2 else "in_doubt": 1}


async def test_a_provider_that_knows_our_key_is_asked_again_without_a_second_message(
    desk: Any, provider: Any
) -> None:
    provider.honours_key = True
    desk.hire()
    provider.script = ["hang up"]
    await desk.subscribe(1)
    told = await desk.publish(severity="Minor")
    await desk.work()
    assert await desk.states(told) == {"in_doubt": 1}
    await desk.later()
    await desk.tick()
    await desk.work()
    assert await desk.states(told) == {"accepted": 1}
    assert len(provider.taken) == 1


async def test_who_said_stop_to_the_provider_is_not_asked_again(desk: Any, provider: Any) -> None:
    provider.always = "refuse"
    await desk.subscribe(1)
    told = await desk.publish()
    await desk.work()
    assert await desk.states(told) == {"failed": 1}
    (point,) = await desk.rows("SELECT active FROM notification.contact_points")
    assert point == {"active": False}


async def test_nothing_goes_out_after_it_expires(desk: Any, provider: Any) -> None:
    await desk.subscribe(2)
    told = await desk.publish(expires=datetime.now(UTC) + timedelta(milliseconds=200))
    await asyncio.sleep(0.3)
    await desk.work()
    await desk.tick()
    assert provider.taken == []
    assert await desk.states(told) == {"expired": 2}
    (broadcast,) = await desk.rows("SELECT finished_at FROM notification.broadcasts")
    assert broadcast["finished_at"] is not None


async def test_what_expires_while_a_chunk_is_in_hand_is_not_begun(desk: Any, provider: Any) -> None:
    desk.options(slice=2)
    await desk.subscribe(4)
    provider.always = "late"
    told = await desk.publish(expires=datetime.now(UTC) + timedelta(seconds=1))
    working = asyncio.create_task(desk.work())
    await asyncio.sleep(1.2)
    provider.release.set()
    await working
    await desk.tick()
    assert len(provider.taken) == 2
    assert await desk.states(told) == {"accepted": 2, "expired": 2}


async def test_quiet_hours_hold_a_minor_alert_and_never_an_extreme_one(
    desk: Any, provider: Any
) -> None:
    now = datetime.now(UTC)
    soon = (now + timedelta(hours=1)).time().replace(tzinfo=None)
    await desk.subscribe(1, quiet=((now - timedelta(hours=1)).time().replace(tzinfo=None), soon))
    expires = now + timedelta(hours=3)
    minor = await desk.publish(severity="Minor", expires=expires, headline="Minor")
    extreme = await desk.publish(severity="Extreme", expires=expires, headline="Extreme")
    await desk.work()
    assert provider.bodies == ["Extreme"]
    assert await desk.states(minor) == {"held": 1}
    assert await desk.states(extreme) == {"accepted": 1}

    await desk.sql("UPDATE notification.contact_points SET quiet_from = NULL, quiet_until = NULL")
    await desk.later()
    await desk.tick()
    await desk.work()
    assert provider.bodies == ["Extreme", "Minor"]


async def test_a_cap_holds_for_minor_alerts_and_never_for_severe_ones(
    desk: Any, provider: Any
) -> None:
    await desk.subscribe(1, per_day=2)
    told: list[Any] = []
    for number in range(3):
        told.append(await desk.publish(severity="Minor", headline=f"Minor {number}"))
        await desk.work()
    assert await desk.states(told[-1]) == {"suppressed": 1}
    await desk.publish(severity="Severe", headline="Severe")
    await desk.work()
    assert provider.bodies == ["Minor 0", "Minor 1", "Severe"]


async def test_an_exercise_reaches_the_sink_and_no_provider(
    desk: Any, provider: Any, places: Any
) -> None:
    await desk.subscribe(2)
    await desk.subscribe(3, exercise=True)
    said: list[str] = []
    for status in ("Exercise", "Test"):
        told = await desk.publish(status=status, exercise=status == "Exercise")
        await desk.work()
        assert await desk.states(told) == {"accepted": 3}
        said.append(messages.sms(told, told.texts[0]))
    assert provider.taken == []
    kept = await desk.rows("SELECT DISTINCT text FROM notification.sink_messages ORDER BY text")
    assert [row["text"] for row in kept] == said
    assert [text.partition(": ")[0] for text in said] == ["EXERCISE EXERCISE EXERCISE", "TEST"]


@pytest.mark.parametrize("msg_type", ["Alert", "Update"])
async def test_what_was_previewed_is_what_arrives(desk: Any, provider: Any, msg_type: str) -> None:
    await desk.subscribe(1)
    told = await desk.publish(msg_type=msg_type)
    await desk.work()
    assert [one["Body"] for one in provider.taken] == [messages.sms(told, told.texts[0])]
    assert provider.taken[0]["Body"].startswith("Update: ") == (msg_type == "Update")


async def test_a_worker_that_died_is_replaced_when_its_lease_ends(desk: Any, provider: Any) -> None:
    await desk.subscribe(3)
    told = await desk.publish()
    provider.always = "late"
    dying = asyncio.create_task(desk.work())
    await provider.holds()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await desk.states(told) == {"sending": 3}
    await desk.tick()
    assert await desk.states(told) == {"sending": 3}

    provider.always = "ok"
    desk.hire()
    await desk.sql("UPDATE notification.chunks SET leased_until = now()")
    await desk.tick()
    assert await desk.states(told) == {"in_doubt": 3}
    await desk.later()
    await desk.tick()
    await desk.work()
    assert await desk.states(told) == {"accepted": 3}


async def test_the_late_write_of_a_paused_worker_is_refused(desk: Any, provider: Any) -> None:
    await desk.subscribe(2)
    told = await desk.publish(severity="Minor")
    provider.always = "late"
    paused = asyncio.create_task(desk.work())
    await provider.holds()
    await desk.sql("UPDATE notification.chunks SET leased_until = now()")
    await desk.tick()
    assert await desk.states(told) == {"in_doubt": 2}
    provider.release.set()
    await paused
    assert await desk.states(told) == {"in_doubt": 2}


async def test_progress_is_told_and_then_the_end(desk: Any, deliver: Any) -> None:
    await desk.subscribe(3)
    await desk.publish()
    await desk.tick()
    await desk.work()
    deliver.tasks.clear()
    await desk.tick()
    await desk.tick()
    events = await deliver.outbox("notification")
    assert [event.type for event in events] == ["muster.broadcast.finished.v1"]
    assert events[0].data["reached"] == 3
    assert events[0].summary == 'finished "Evacuate now": 3 of 3 reached'
