"""Proving the second factor for a session that is open: what it gives, how long, and who never gets it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from identity_service import totp
from identity_service.testing import SignIn, browser, refreshed, token, use
from muster_core.auth import require_step_up
from muster_core.errors import StepUpRequiredError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.auth import Actor
    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery

Sql = Callable[..., Awaitable[list[Any]]]
CHIEF = "planning-section-chief"


def code_of(secret: str, offset: int = 0) -> str:
    return totp.code_at(secret, int(time.time() // totp.STEP_SECONDS) + offset)


async def enrolled(client: httpx.AsyncClient) -> str:
    """Set up a second factor with the code before the present one, which stays good."""
    secret = (await client.post("/me/totp")).json()["secret"]
    confirmed = await client.post("/me/totp/confirm", json={"code": code_of(secret, -1)})
    if confirmed.status_code == 422:  # the step ended meanwhile
        confirmed = await client.post("/me/totp/confirm", json={"code": code_of(secret, -1)})
    assert confirmed.status_code == 204, confirmed.text
    return secret


async def prove(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/auth/step-up", json={"code": code})


@pytest.fixture
def actor_of(runtime: Runtime) -> Callable[[httpx.AsyncClient], Awaitable[Actor]]:
    """Whom any other service takes a client for."""

    async def verified(client: httpx.AsyncClient) -> Actor:
        return await runtime.tokens.verify(client.headers["Authorization"].removeprefix("Bearer "))

    return verified


ActorOf = Callable[[httpx.AsyncClient], Awaitable["Actor"]]


async def test_a_code_proves_the_session_for_five_minutes_and_refreshing_does_not_renew_it(
    sign_in_as: SignIn, actor_of: ActorOf, sql: Sql
) -> None:
    chief = await sign_in_as(CHIEF)
    secret = await enrolled(chief)
    with pytest.raises(StepUpRequiredError):
        require_step_up(await actor_of(chief))

    answer = await prove(chief, code_of(secret))

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    before = await actor_of(chief)
    proven = await actor_of(use(chief, answer))
    require_step_up(proven)
    assert abs(proven.second_factor_at - time.time()) < 30
    assert (proven.session_id, proven.permissions) == (before.session_id, before.permissions)
    assert (await chief.get("/me")).status_code == 200
    assert (await actor_of(await refreshed(chief))).second_factor_at == proven.second_factor_at

    await sql("UPDATE identity.session SET stepped_up_at = stepped_up_at - interval '301 s'")
    later = await actor_of(await refreshed(chief))
    assert later.second_factor_at == proven.second_factor_at - 301
    with pytest.raises(StepUpRequiredError):
        require_step_up(later)


async def test_signing_in_with_a_code_counts_and_with_a_password_only_does_not(
    town: FastAPI, sign_in_as: SignIn, actor_of: ActorOf, sql: Sql
) -> None:
    with_password = await sign_in_as(CHIEF)
    assert (await actor_of(with_password)).second_factor_at == 0
    secret = await enrolled(with_password)
    assert (await actor_of(await refreshed(with_password))).second_factor_at == 0

    async with browser(town) as phone:
        use(phone, await token(phone, CHIEF, totp=code_of(secret)))
        require_step_up(await actor_of(phone))
        assert (await actor_of(await refreshed(with_password))).second_factor_at == 0
        await sql("UPDATE identity.session SET stepped_up_at = stepped_up_at - interval '301 s'")
        with pytest.raises(StepUpRequiredError):
            require_step_up(await actor_of(await refreshed(phone)))


async def test_a_code_counts_once_however_it_was_used(town: FastAPI, sign_in_as: SignIn) -> None:
    chief = await sign_in_as(CHIEF)
    secret = await enrolled(chief)
    spent_at_sign_in, next_one = code_of(secret), code_of(secret, 1)
    async with browser(town) as phone:
        use(phone, await token(phone, CHIEF, totp=spent_at_sign_in))

    refused = await prove(chief, spent_at_sign_in)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    (fault,) = refused.json()["errors"]
    assert fault["pointer"] == "/code"
    assert "used already" in fault["detail"]
    assert (await prove(chief, next_one)).status_code == 200
    assert (await prove(chief, next_one)).status_code == 422
    async with browser(town) as phone:
        assert (await token(phone, CHIEF, totp=next_one)).status_code == 401


async def test_one_code_sent_from_many_tabs_at_once_counts_once(sign_in_as: SignIn) -> None:
    chief = await sign_in_as(CHIEF)
    code = code_of(await enrolled(chief))

    answers = await asyncio.gather(*[prove(chief, code) for _ in range(4)])

    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


async def test_guesses_sent_at_once_are_counted_one_by_one_and_then_the_right_code_waits_too(
    town: FastAPI, sign_in_as: SignIn, actor_of: ActorOf, sql: Sql
) -> None:
    chief = await sign_in_as(CHIEF)
    secret = await enrolled(chief)

    answers = await asyncio.gather(*[prove(chief, "000000") for _ in range(12)])

    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7
    refused = await prove(chief, code_of(secret))
    assert refused.status_code == 429
    assert refused.json()["code"] == "too-many-attempts"
    assert 800 < int(refused.headers["retry-after"]) <= 900
    assert (await actor_of(await refreshed(chief))).second_factor_at == 0
    async with browser(town) as here:
        assert (await token(here, CHIEF, totp=code_of(secret))).status_code == 429
    await sql("UPDATE identity.sign_in_failure SET failed_at = failed_at - interval '15 min'")
    assert (await prove(chief, code_of(secret))).status_code == 200


async def test_guessing_codes_to_take_the_second_factor_off_is_throttled_too(
    sign_in_as: SignIn,
) -> None:
    chief = await sign_in_as(CHIEF)
    secret = await enrolled(chief)

    async def disable(code: str) -> int:
        return (await chief.post("/me/totp/disable", json={"code": code})).status_code

    assert [await disable("000000") for _ in range(6)] == [422] * 5 + [429]
    assert await disable(code_of(secret)) == 429
    assert (await chief.get("/me")).json()["totp_enabled"] is True


@pytest.mark.parametrize("body", [{}, {"code": "12345"}, {"code": "12345a"}, {"code": 123456}])
async def test_what_is_no_code_is_refused_at_its_field_and_costs_no_attempt(
    sign_in_as: SignIn, sql: Sql, body: dict[str, Any]
) -> None:
    chief = await sign_in_as(CHIEF)

    answer = await chief.post("/auth/step-up", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/code"
    assert await sql("SELECT 1 FROM identity.sign_in_failure") == []


async def test_an_account_without_a_second_factor_is_told_how_to_set_one_up(
    sign_in_as: SignIn,
) -> None:
    chief = await sign_in_as(CHIEF)

    answer = await prove(chief, "123456")

    assert answer.status_code == 409
    assert answer.json()["code"] == "second-factor-missing"
    assert "/api/v1/me/totp" in answer.json()["detail"]
    await chief.post("/me/totp")
    assert (await prove(chief, "123456")).json()["code"] == "second-factor-missing"


async def test_a_revoked_session_cannot_step_up_even_before_its_token_is_known_to_be_void(
    sign_in_as: SignIn,
) -> None:
    desk, stolen = await sign_in_as(CHIEF), await sign_in_as(CHIEF)
    secret = await enrolled(desk)
    ids = [one["id"] for one in (await stolen.get("/me/sessions")).json()["items"]]
    current = (await desk.get("/me/sessions")).json()["items"]
    (own,) = [one["id"] for one in current if one["current"]]
    (other,) = [one for one in ids if one != own]
    assert (await desk.delete(f"/me/sessions/{other}")).status_code == 204
    assert (await stolen.get("/me")).status_code == 200  # nobody has heard of the revocation yet

    answer = await prove(stolen, code_of(secret))

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized"
    assert (await prove(desk, code_of(secret))).status_code == 200  # and the code was not used up


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE identity.session SET expires_at = now()",
        "UPDATE identity.session SET last_used_at = now() - interval '13 hours'",
        "UPDATE identity.account SET disabled_at = now() WHERE username = 'planning-section-chief'",
    ],
)
async def test_a_session_that_is_over_cannot_step_up(
    sign_in_as: SignIn, sql: Sql, end: str
) -> None:
    chief = await sign_in_as(CHIEF)
    secret = await enrolled(chief)
    await sql(end)

    assert (await prove(chief, code_of(secret))).status_code == 401


async def test_an_api_key_can_never_step_up(administrator: httpx.AsyncClient) -> None:
    secret = await enrolled(administrator)
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "CAD bridge", "scopes": ["people:read"], "expires_at": ends}
    key = (await administrator.post("/api-keys", json=body)).json()["secret"]

    answer = await administrator.post(
        "/auth/step-up",
        json={"code": code_of(secret)},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 403
    assert (await prove(administrator, code_of(secret))).status_code == 200


async def test_a_stranger_cannot_step_up(stranger: httpx.AsyncClient) -> None:
    assert (await prove(stranger, "123456")).status_code == 401


async def test_the_journal_hears_of_it_and_no_answer_with_a_token_is_kept(
    sign_in_as: SignIn, deliver: Delivery, sql: Sql
) -> None:
    chief = await sign_in_as(CHIEF)
    code = code_of(await enrolled(chief))

    answer = await chief.post(
        "/auth/step-up", json={"code": code}, headers={"Idempotency-Key": "once"}
    )

    assert answer.status_code == 200
    event = (await deliver.outbox("identity"))[-1]
    assert event.type == "muster.account.stepped_up.v1"
    assert event.actor is not None
    assert event.actor.name == "Priya Raman"
    assert event.summary == "confirmed who they are with a second factor"
    assert code not in event.to_json()
    assert await sql("SELECT 1 FROM identity.idempotency_key WHERE key = 'once'") == []
