from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from muster_testing.authority import Authority
from muster_testing.providers.twilio import ACCOUNT, TOKEN
from notification.channels.options import ChannelSettings
from notification.channels.port import Address, Message
from notification.channels.real import RealSenders, real
from notification.channels.world import RealWorldPermit, permit_for


@dataclass(frozen=True)
class Broadcast:
    """As the delivery engine stores it."""

    id: UUID
    exercise: bool = False
    status: str = "Actual"


@pytest.fixture
def broadcast() -> Broadcast:
    return Broadcast(uuid4())


@pytest.fixture
def permit(broadcast: Broadcast) -> RealWorldPermit:
    return permit_for(broadcast)


NewMessage = Callable[..., Message]


@pytest.fixture
def message(broadcast: Broadcast) -> NewMessage:
    """A flood warning to somebody; each has a key of its own."""
    serial = itertools.count(1)

    def make(to: str = "+15555550123", **more: Any) -> Message:
        given: dict[str, Any] = {
            "key": f"delivery-{next(serial)}",
            "broadcast": broadcast.id,
            "recipient": Address(to),
            "subject": "Flash flood warning",
            "text": "Flash flood in Cedar Creek. Go to high ground now.",
            "thread": "thread-1",
            "severity": "Extreme",
            "expires": datetime.now(UTC) + timedelta(hours=2),
            "url": "https://warnings.example/warnings/1",
        }
        return Message(**{**given, **more})

    return make


Set = Callable[..., Any]


@pytest.fixture
def set_up() -> Set:
    """The senders that these settings make, closed at the end."""

    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncGenerator[RealSenders]:
        senders = real(ChannelSettings(**settings))
        try:
            yield senders
        finally:
            await senders.close()

    return opened


@pytest.fixture
def twilio_settings() -> Callable[..., dict[str, Any]]:
    def make(url: str, **more: Any) -> dict[str, Any]:
        return {
            "twilio_url": url,
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_from": "+15555550100",
            "twilio_rate": 100_000,
            **more,
        }

    return make


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)
