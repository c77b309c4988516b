from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from identity_service import bootstrap, passwords
from identity_service.demo import PEOPLE
from identity_service.testing import browser, token, use

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery

Sql = Callable[..., Awaitable[list[Any]]]


async def test_the_demo_is_made_once_and_costs_no_hash_afterwards(
    app: FastAPI, runtime: Runtime, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await bootstrap.ensure_demo(runtime)
    monkeypatch.setattr(bootstrap, "hash_now", lambda _password: pytest.fail("hashed again"))  # type: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    second = await bootstrap.ensure_demo(runtime)

    assert len(first.created) == len(PEOPLE) == 13
    assert second.password == first.password
    assert second.created == ()
    hashes = await sql("SELECT DISTINCT password_hash FROM identity.account")
    assert len(hashes) == 13
    file = runtime.settings.home / "secrets" / "demo.json"
    assert file.stat().st_mode & 0o777 == 0o600
    async with browser(app) as client:
        use(client, await token(client, "neighbour-commander", first.password))
        me = (await client.get("/me")).json()
    assert me["organization"]["name"] == "Inyo County Emergency Services"
    assert not me["must_change_password"]


async def test_a_demo_password_set_later_is_taken_over_and_not_written_down(
    app: FastAPI, runtime: Runtime
) -> None:
    await bootstrap.ensure_demo(runtime)
    again = await bootstrap.ensure_demo(runtime, "demo")

    assert again.created == ()
    kept = json.loads((runtime.settings.home / "secrets" / "demo.json").read_text())
    assert kept["password"] == ""
    async with browser(app) as client:
        assert (await token(client, "dispatcher", "demo")).status_code == 200


async def test_the_exercise_mark_is_set_once(
    app: FastAPI, runtime: Runtime, deliver: Delivery
) -> None:
    await bootstrap.ensure_demo(runtime, "demo")
    await bootstrap.set_exercise(runtime, exercise=True)
    await bootstrap.set_exercise(runtime, exercise=True)

    events = await deliver.outbox("identity")
    updated = [e for e in events if e.type == "muster.organization.updated.v1"]
    assert len(updated) == 2
    assert all(event.exercise for event in updated)
    created = [e for e in events if e.type == "muster.organization.created.v1"]
    assert created[0].data["name"].startswith("Kern")


async def test_without_a_demo_the_first_administrator_gets_a_password_once(
    app: FastAPI, runtime: Runtime, anonymous: httpx.AsyncClient
) -> None:
    first = await bootstrap.ensure_administrator(runtime)

    assert first is not None
    assert await bootstrap.ensure_administrator(runtime) is None
    use(anonymous, await token(anonymous, first.username, first.password))
    assert (await anonymous.get("/me")).json()["must_change_password"]
    new = {"current": first.password, "new": "harbour of nine lamps"}
    assert (await anonymous.post("/me/password", json=new)).status_code == 204
    assert passwords.hash_now("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
