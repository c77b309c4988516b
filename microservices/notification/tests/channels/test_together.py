"""Every provider as one process, as the browser's story of a warning has them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from muster_testing.providers.sns import SECRET
from muster_testing.providers.twilio import TOKEN
from notification.channels.port import ChannelName, Message, OutcomeState
from notification.channels.real import real
from notification.channels.world import RealWorldPermit
from notification.settings import Settings

NewMessage = Callable[..., Message]


@pytest.fixture
async def told(tmp_path: Path) -> AsyncGenerator[dict[str, Any]]:
    """What the process says of itself."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "muster_testing.providers.together", tmp_path),
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        yield json.loads(await asyncio.wait_for(child.stdout.readline(), 60))
    finally:
        child.terminate()
        assert await asyncio.wait_for(child.wait(), 20) == 0


async def test_an_installation_with_its_settings_reaches_everybody_and_the_desk_tells_whom(
    told: dict[str, Any],
    message: NewMessage,
    permit: RealWorldPermit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in told["environment"].items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    senders = real(settings)
    async with httpx.AsyncClient(base_url=told["desk"], trust_env=False) as desk:
        browser = await desk.post("/push/_subscribe", content=settings.push_public_key or "")
        hook = json.dumps({**told["hook"], "url": f"{told['hook']['url']}/partner"})
        ways = [
            (ChannelName.SMS, "+15555550123"),
            (ChannelName.EMAIL, "ada@example.org"),
            (ChannelName.WEB_PUSH, browser.text),
            (ChannelName.WEBHOOK, hook),
        ]
        try:
            for channel, to in ways:
                (outcome,) = await senders.by_channel[channel][0].send([message(to)], permit)
                assert outcome.state is OutcomeState.ACCEPTED, (channel, outcome)
            await desk.post("/twilio/_knobs", json={"error_rate": 1})
            first, second = senders.by_channel[ChannelName.SMS]
            (ill,) = await first.send([message()], permit)
            (well,) = await second.send([message("+17603750123")], permit)
        finally:
            await senders.close()
        taken = (await desk.get("/taken")).json()
        assert (await desk.get("/nobody/_record")).status_code == 404

    assert (ill.state, well.state) == (OutcomeState.RETRY, OutcomeState.ACCEPTED)
    assert [(one["provider"], one["to"]) for one in taken] == [
        ("twilio", "+15555550123"),
        ("mail", "ada@example.org"),
        ("push", httpx.URL(browser.json()["endpoint"]).path),
        ("hook", "/partner"),
        ("sns", "+17603750123"),
    ]
    assert "Go to high ground" in taken[1]["more"]["body"]
    assert taken[2]["more"]["title"] == "Flash flood warning"
    # Passwords are in files, none in the environment that others on a machine may read.
    assert not {TOKEN, SECRET} & set(told["environment"].values())
