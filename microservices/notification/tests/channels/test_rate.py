"""What a message costs on the whole way to Twilio, against a bare client posting the same bodies to the same server."""

from __future__ import annotations

import asyncio
import base64
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from muster_testing.providers.twilio import ACCOUNT, TOKEN
from notification.channels.failover import send_by_choice
from notification.channels.port import ChannelName, Message, OutcomeState
from notification.channels.sink import senders_for
from notification.channels.twilio_sms import TwilioSms
from notification.channels.world import Real, RealWorldPermit

pytestmark = [pytest.mark.serial, pytest.mark.timeout(300)]
MESSAGES, AT_ONCE, PAIRS = 1000, 64, 5


async def bare(url: str, bodies: list[bytes]) -> float:
    """Seconds of processor time for posting them and nothing else."""
    secret = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    headers = {
        "Authorization": f"Basic {secret}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    left: Iterator[bytes] = iter(bodies)
    address = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for body in left:
                async with session.post(address, data=body, headers=headers) as response:
                    await response.read()
                    assert response.status == 201

        began = time.process_time()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return time.process_time() - began


async def test_the_whole_path_costs_no_more_than_a_bare_client(
    set_up: Any,
    twilio_settings: Any,
    message: Callable[..., Message],
    permit: RealWorldPermit,
) -> None:
    """By processor time, as the clock of a busy machine says little; 1 is as quick, 0.7 is what was promised."""
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "muster_testing.providers", "twilio"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        url = (await asyncio.wait_for(server.stdout.readline(), 60)).decode().strip()
        ratios: list[float] = []
        for _ in range(PAIRS):
            messages = [message(f"+1555{number:07d}") for number in range(MESSAGES)]
            async with set_up(**twilio_settings(url, twilio_concurrency=AT_ONCE)) as senders:
                sender = senders.by_channel[ChannelName.SMS][0]
                assert isinstance(sender, TwilioSms)
                bodies = [sender.body(one).encode() for one in messages]
                choices = senders_for(Real(permit, senders.by_channel))[ChannelName.SMS]
                began = time.process_time()
                outcomes = await send_by_choice(choices, messages)
                ours = time.process_time() - began
            assert {one.state for one in outcomes} == {OutcomeState.ACCEPTED}
            ratios.append(await bare(url, bodies) / ours)
    finally:
        server.terminate()
        await server.wait()

    assert statistics.median(ratios) >= 1, ratios
