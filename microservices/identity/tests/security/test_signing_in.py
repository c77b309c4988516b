from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from identity_service import totp
from identity_service.testing import PASSWORD, SignIn, browser, token, use

if TYPE_CHECKING:
    from fastapi import FastAPI

Sql = Callable[..., Awaitable[list[Any]]]


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    stranger: httpx.AsyncClient,
) -> None:
    unknown = await token(stranger, "nobody", "granite lantern orcharD")
    wrong = await token(stranger, "dispatcher", "granite lantern orcharD")

    assert unknown.status_code == wrong.status_code == 401
    same = [answer.json() | {"trace_id": ""} for answer in (unknown, wrong)]
    assert same[0] == same[1]
    assert same[0]["code"] == "invalid-credentials"
    assert unknown.headers["content-length"] == wrong.headers["content-length"]


async def test_a_wrong_name_costs_as_much_as_a_wrong_password(
    stranger: httpx.AsyncClient, sql: Sql
) -> None:
    async def seconds(username: str) -> float:
        await sql("DELETE FROM identity.sign_in_failure")
        started = time.process_time()
        await token(stranger, username, "a wrong password")
        return time.process_time() - started

    await seconds("nobody")
    # In turns, by processor time: neither the machine's other work nor warming up favours one.
    pairs = [(await seconds("nobody"), await seconds("dispatcher")) for _ in range(7)]

    unknown = statistics.median(pair[0] for pair in pairs)
    known = statistics.median(pair[1] for pair in pairs)
    assert 0.6 < unknown / known < 1.67


async def test_the_sixth_guess_at_an_account_waits_and_nobody_is_locked_out(
    town: FastAPI, sql: Sql
) -> None:
    async with browser(town, "203.0.113.5") as guesser:
        for _ in range(5):
            assert (await token(guesser, "dispatcher", "a wrong guess!")).status_code == 401
        refused = await token(guesser, "dispatcher")

        assert refused.status_code == 429
        assert refused.json()["code"] == "too-many-attempts"
        assert 800 < int(refused.headers["retry-after"]) <= 900
        await sql("UPDATE identity.sign_in_failure SET failed_at = failed_at - interval '15 min'")
        assert (await token(guesser, "dispatcher")).status_code == 200


async def test_a_strangers_guessing_does_not_keep_the_owner_out(
    town: FastAPI, sign_in_as: SignIn
) -> None:
    await sign_in_as("dispatcher", address="192.0.2.1")
    async with browser(town, "203.0.113.5") as guesser:
        for _ in range(6):
            await token(guesser, "dispatcher", "a wrong guess!")
        assert (await token(guesser, "dispatcher")).status_code == 429

    assert await sign_in_as("dispatcher", address="192.0.2.1")


async def test_an_address_that_tries_many_names_waits(town: FastAPI) -> None:
    async with browser(town, "2001:db8::1") as guesser:
        for number in range(20):
            assert (await token(guesser, f"name-{number}", "a wrong guess!")).status_code == 401
    async with browser(town, "2001:db8::ffff") as neighbour:
        assert (await token(neighbour, "dispatcher")).status_code == 429
    async with browser(town, "2001:db8:1::1") as elsewhere:
        assert (await token(elsewhere, "dispatcher")).status_code == 200


async def test_guesses_sent_at_once_are_counted_one_by_one(town: FastAPI) -> None:
    async with browser(town, "203.0.113.5") as guesser:
        answers = await asyncio.gather(
            *[token(guesser, "dispatcher", "a wrong guess!") for _ in range(20)]
        )

    refused = [answer.status_code for answer in answers].count(401)
    assert refused <= 6  # five, and at most one more that was being hashed meanwhile


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://muster.test.evil.example"},
        {"Origin": "http://muster.test:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_sites_page_cannot_use_the_cookie(
    sign_in_as: SignIn, headers: dict[str, str]
) -> None:
    client = await sign_in_as("dispatcher")

    for path in ("/auth/refresh", "/auth/sign-out"):
        answer = await client.post(path, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["code"] == "foreign-origin"
    assert (await token(client, "dispatcher", PASSWORD)).status_code == 200
    ours = await client.post("/auth/refresh", headers={"Origin": "http://muster.test"})
    assert ours.status_code == 200


async def enrolled(client: httpx.AsyncClient) -> str:
    secret = (await client.post("/me/totp")).json()["secret"]
    assert (await client.get("/me")).json()["totp_enabled"] is False
    code = totp.code_at(secret, int(time.time() // 30) - 1)
    assert (await client.post("/me/totp/confirm", json={"code": code})).status_code == 204
    return secret


async def test_a_second_factor_is_asked_for_and_each_code_is_good_once(
    sign_in_as: SignIn, stranger: httpx.AsyncClient, sql: Sql
) -> None:
    client = await sign_in_as("dispatcher")
    secret = await enrolled(client)
    step = int(time.time() // 30)
    code = totp.code_at(secret, step)

    missing = await token(stranger, "dispatcher")
    assert missing.status_code == 401
    assert missing.json()["code"] == "second-factor-required"
    assert (await token(stranger, "dispatcher", "a wrong guess!", totp=code)).json()[
        "code"
    ] == "invalid-credentials"
    assert (await token(stranger, "dispatcher", totp="000000x")).status_code == 401
    assert (await token(stranger, "dispatcher", totp=code)).status_code == 200
    replayed = await token(stranger, "dispatcher", totp=code)
    assert replayed.status_code == 401
    older = await token(stranger, "dispatcher", totp=totp.code_at(secret, step - 1))
    assert older.status_code == 401
    (row,) = await sql("SELECT totp_secret FROM identity.account WHERE username = 'dispatcher'")
    assert secret.encode() not in row["totp_secret"]


async def test_guessing_codes_is_throttled(sign_in_as: SignIn, town: FastAPI) -> None:
    await enrolled(await sign_in_as("dispatcher"))

    async with browser(town, "203.0.113.5") as guesser:
        answers = [await token(guesser, "dispatcher", totp="000000") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_a_second_factor_is_taken_off_with_a_code_or_by_an_administrator(
    sign_in_as: SignIn,
    administrator: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    user_of: Callable[[str], Awaitable[dict[str, Any]]],
) -> None:
    client = await sign_in_as("dispatcher")
    secret = await enrolled(client)
    assert (await client.post("/me/totp")).status_code == 409
    wrong = await client.post("/me/totp/disable", json={"code": "000000"})
    assert wrong.status_code == 422
    code = totp.code_at(secret, int(time.time() // 30))
    assert (await client.post("/me/totp/disable", json={"code": code})).status_code == 204
    assert (await token(stranger, "dispatcher")).status_code == 200

    await enrolled(await sign_in_as("responder"))
    user = await user_of("responder")
    reset = await administrator.post(f"/users/{user['id']}/reset-password", json={"totp": True})
    password = reset.json()["temporary_password"]
    assert use(stranger, await token(stranger, "responder", password))


async def test_guessing_the_present_password_with_a_stolen_session_is_throttled(
    sign_in_as: SignIn,
) -> None:
    client = await sign_in_as("dispatcher")
    guess = {"current": "a wrong guess!", "new": "violet tundra packing"}

    answers = [await client.post("/me/password", json=guess) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


async def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    sign_in_as: SignIn, catch_up: Callable[[], Awaitable[None]]
) -> None:
    desk, phone = await sign_in_as("dispatcher"), await sign_in_as("dispatcher")

    changed = await desk.post(
        "/me/password", json={"current": PASSWORD, "new": "violet tundra packing"}
    )
    await catch_up()

    assert changed.status_code == 204
    assert (await desk.get("/me")).status_code == 200
    assert (await phone.get("/me")).status_code == 401
    assert (await phone.post("/auth/refresh")).status_code == 401
