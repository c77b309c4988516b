"""Rates and breakers, on a clock of the test's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from muster_testing.providers.knobs import Knobs
from muster_testing.providers.twilio import twilio_server
from notification.channels.bucket import Bucket
from notification.channels.health import LONGEST_REST, Breaker, Pulse
from notification.channels.port import ChannelName, Message, OutcomeState
from notification.channels.world import RealWorldPermit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(
    rate=st.floats(min_value=1, max_value=1000),
    gaps=st.lists(st.floats(min_value=0, max_value=0.5), min_size=1, max_size=200),
)
def test_no_second_sees_more_than_the_rate_and_its_burst(rate: float, gaps: list[float]) -> None:
    clock = Clock()
    bucket = Bucket(rate, clock=clock)
    turns: list[float] = []
    for gap in gaps:
        clock.now += gap
        wait = bucket.reserve(1e9)
        assert wait is not None
        turns.append(clock.now + wait)

    for start in turns:
        within = [turn for turn in turns if start <= turn < start + 1]
        assert len(within) <= 2 * max(1, rate) + 1


def test_who_would_wait_too_long_is_told_when_to_come_again() -> None:
    clock = Clock()
    bucket = Bucket(10, clock=clock)

    waits = [bucket.reserve(1) for _ in range(30)]

    assert waits[:10] == [0] * 10
    assert all(wait is not None and 0 < wait <= 1 for wait in waits[10:20])
    assert waits[20:] == [None] * 10
    assert bucket.wait == pytest.approx(1.1)


def test_a_breaker_opens_rests_tries_once_and_closes() -> None:
    clock = Clock()
    pulse = Pulse("sms", "twilio", 10, clock=clock)
    for _ in range(4):
        pulse.failed("unreachable")
    pulse.succeeded()
    assert pulse.breaker is Breaker.CLOSED

    for _ in range(5):
        assert pulse.enter()
        pulse.failed("unreachable")
    assert (pulse.breaker, pulse.enter()) == (Breaker.OPEN, False)

    clock.now += 5
    assert pulse.breaker is Breaker.HALF_OPEN
    assert pulse.enter()
    assert not pulse.ready(), "one trial at a time"
    pulse.failed("timed-out")
    assert pulse.breaker is Breaker.OPEN
    assert pulse.rests == pytest.approx(10)

    clock.now += 10
    assert pulse.enter()
    pulse.succeeded()
    assert pulse.breaker is Breaker.CLOSED


def test_rests_grow_to_a_minute_and_a_trial_that_never_came_back_does_not_block() -> None:
    clock = Clock()
    pulse = Pulse("sms", "twilio", 10, clock=clock)
    for _ in range(5):
        pulse.failed("unreachable")
    for _ in range(10):
        clock.now += LONGEST_REST
        assert pulse.enter()
        pulse.failed("unreachable")
    assert pulse.rests == LONGEST_REST

    clock.now += LONGEST_REST
    assert pulse.enter()
    clock.now += LONGEST_REST
    assert pulse.enter()


async def test_a_provider_that_recovers_is_found_again_within_its_rest(
    set_up: Any,
    twilio_settings: Any,
    message: Callable[..., Message],
    permit: RealWorldPermit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notification.channels.health.FIRST_REST", 0.3)
    async with twilio_server(Knobs(error_rate=1)) as twilio:
        async with set_up(**twilio_settings(twilio.url)) as senders:
            sender = senders.by_channel[ChannelName.SMS][0]
            await sender.send([message() for _ in range(8)], permit)
            assert not sender.ready()

            twilio.knobs.error_rate = 0
            await asyncio.sleep(0.35)
            assert sender.ready()
            found = await sender.send([message()], permit)

        assert found[0].state is OutcomeState.ACCEPTED
        assert sender.health().breaker is Breaker.CLOSED
        assert sender.health().last_success is not None


async def test_a_process_keeps_to_its_rate(
    set_up: Any,
    twilio_settings: Any,
    message: Callable[..., Message],
    permit: RealWorldPermit,
) -> None:
    async with twilio_server() as twilio:
        async with set_up(**twilio_settings(twilio.url, twilio_rate=20)) as senders:
            began = time.monotonic()
            await senders.by_channel[ChannelName.SMS][0].send([message() for _ in range(40)], permit)
            took = time.monotonic() - began

    assert took >= 0.95
    assert len(twilio.record.all) == 40


async def test_what_happened_is_counted(
    set_up: Any,
    twilio_settings: Any,
    message: Callable[..., Message],
    permit: RealWorldPermit,
) -> None:
    def count(outcome: str) -> float:
        labels = {"channel": "sms", "provider": "twilio", "outcome": outcome}
        return REGISTRY.get_sample_value("muster_channel_messages_total", labels) or 0.0

    before = count("accepted"), count("failed")
    async with (
        twilio_server() as twilio,
        set_up(**twilio_settings(twilio.url)) as senders,
    ):
        messages = [message(), message("+15005550001"), message()]
        await senders.by_channel[ChannelName.SMS][0].send(messages, permit)

    assert (count("accepted"), count("failed")) == (before[0] + 2, before[1] + 1)
