"""The local providers as processes of their own: what the crash story, the browser story and the bench lean on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from muster_testing.providers.knobs import Fate, Knobs, read_record
from muster_testing.providers.twilio import ACCOUNT, TOKEN, twilio_server
from muster_testing.providers.web import Request, Response, served_by
from notification.channels.callbacks.twilio import HEADER, TwilioCallbacks
from notification.channels.port import ChannelName, InboundText, Message, OutcomeState, Receipt
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]
PUBLIC = "https://warnings.example/callbacks/twilio"


@asynccontextmanager
async def process(*words: str) -> AsyncGenerator[str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "muster_testing.providers", *words, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        line = await asyncio.wait_for(child.stdout.readline(), 60)
        yield line.decode().strip()
    finally:
        child.terminate()
        assert await asyncio.wait_for(child.wait(), 20) == 0


async def test_a_process_serves_keeps_a_record_and_changes_its_mind(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit, tmp_path: Path
) -> None:
    file = tmp_path / "got.jsonl"
    async with (
        process("twilio", "--record", str(file), "--honours-key") as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
        set_up(**twilio_settings(url, twilio_honours_key=True)) as senders,
    ):
        sender = senders.by_channel[ChannelName.SMS][0]
        first = message()
        (accepted,) = await sender.send([first], permit)
        await client.post("/_knobs", json={"lost_rate": 1})
        (lost,) = await sender.send([message()], permit)
        assert (await client.post("/_knobs", json={"no such": 1})).status_code == 400
        told = (await client.get("/_record")).text.splitlines()

    assert (accepted.state, lost.state) == (OutcomeState.ACCEPTED, OutcomeState.RETRY)
    record = read_record(file)
    assert [(got.fate, got.key) for got in record] == [
        (Fate.TAKEN, first.key),
        (Fate.LOST, "delivery-2"),
    ]
    assert len(told) == 2
    assert record[0].at <= record[1].at
    assert all(got.effect for got in record)


@pytest.mark.parametrize("provider", ["mail", "push", "hook", "sns"])
async def test_every_provider_starts_as_a_process(provider: str) -> None:
    async with process(provider) as url:
        assert url.startswith("smtp://" if provider == "mail" else "http://")


async def test_it_reports_and_answers_as_twilio_does_signed_for_the_outside_address(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    heard: list[Receipt | InboundText | None] = []
    callbacks = TwilioCallbacks(TOKEN, PUBLIC, ACCOUNT)

    async def hear(request: Request) -> Response:
        query = request.target.partition("?")[2]
        fields = list(httpx.QueryParams(request.body.decode()).multi_items())
        heard.append(callbacks.read(query, fields, request.headers.get(HEADER.lower())))
        return Response(204)

    async with (
        served_by(hear) as inside,
        twilio_server(Knobs(callbacks=True, lost_rate=1), callback_base=inside) as twilio,
        set_up(**twilio_settings(twilio.url, twilio_callback_url=PUBLIC)) as senders,
    ):
        sent = message()
        (outcome,) = await senders.by_channel[ChannelName.SMS][0].send([sent], permit)
        await twilio.reported()
        assert await twilio.say(PUBLIC, "+15555550123", "OK & thanks") == 204

    # The answer was lost; the key in the callback's address settles it.
    assert outcome.state is OutcomeState.IN_DOUBT
    receipts = [one for one in heard if isinstance(one, Receipt)]
    assert [(one.state, one.key) for one in receipts] == [
        ("sent", sent.key),
        ("delivered", sent.key),
    ]
    text = heard[-1]
    assert isinstance(text, InboundText)
    assert text.text == "OK & thanks"
