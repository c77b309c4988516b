"""Identity may be away once its keys are known: no gateway takes the other services out of service for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from muster_core.auth import IdentityGateway
from muster_core.runtime import Runtime
from muster_testing.people import TestIdentity


class Leaving(TestIdentity):
    """An identity that can go away."""

    away = False

    async def signing_keys(self) -> Sequence[dict[str, Any]]:
        if self.away:
            raise TimeoutError
        return await super().signing_keys()


@pytest.fixture
def identity() -> Leaving:
    return Leaving()


@pytest.fixture
def identity_gateway(identity: Leaving) -> Callable[[Runtime], IdentityGateway]:
    return lambda _runtime: identity


async def _ready(app: FastAPI) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://muster.test") as client:
        return await client.get("/readyz")


async def test_a_process_that_knows_the_keys_is_ready_without_identity(
    app: FastAPI, identity: Leaving
) -> None:
    assert (await _ready(app)).status_code == 200
    identity.away = True
    assert (await _ready(app)).status_code == 200


async def test_a_process_that_knows_no_key_is_not_ready_without_identity(
    app: FastAPI, identity: Leaving
) -> None:
    identity.away = True
    answer = await _ready(app)
    assert answer.status_code == 503
    assert "identity" in answer.json()["missing"]
    identity.away = False
    assert (await _ready(app)).status_code == 200


async def test_a_process_that_drains_is_not_ready_and_serves_on(
    app: FastAPI, runtime: Runtime
) -> None:
    runtime.draining.set()
    answer = await _ready(app)
    assert answer.status_code == 503
    assert "this process" in answer.json()["missing"]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://muster.test") as client:
        assert (await client.get("/healthz")).status_code == 200
