from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from identity_service.testing import PASSWORD, SignIn, browser, refreshed, token, use

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_testing.delivery import Delivery

Sql = Callable[..., Awaitable[list[Any]]]
Catch = Callable[[], Awaitable[None]]


def header_of(access_token: str) -> dict[str, Any]:
    part = access_token.split(".", maxsplit=1)[0]
    return json.loads(base64.urlsafe_b64decode(part + "=="))


async def test_a_dispatcher_signs_in_and_sees_who_they_are(stranger: httpx.AsyncClient) -> None:
    answer = await token(stranger, "dispatcher")

    body = answer.json()
    assert answer.status_code == 200
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 600
    assert "incidents:declare" in body["scope"].split()
    assert header_of(body["access_token"])["typ"] == "at+jwt"
    me = (await use(stranger, answer).get("/me")).json()
    assert me["username"] == "dispatcher"
    assert me["organization"]["name"] == "Kern County Emergency Services"
    assert me["organization"]["area"]["type"] == "Polygon"
    assert [role["key"] for role in me["roles"]] == ["dispatcher"]
    assert me["permissions"] == sorted(body["scope"].split())
    assert me["must_change_password"] is False


async def test_case_and_width_of_the_sign_in_name_do_not_count(stranger: httpx.AsyncClient) -> None:
    assert (await token(stranger, "  DISPATCHER ")).status_code == 200
    assert (await token(stranger, "\uff44ispatcher")).status_code == 200


async def test_signing_in_is_announced_with_who_did_it(
    stranger: httpx.AsyncClient, deliver: Delivery
) -> None:
    await token(stranger, "auditor")

    (event,) = await deliver.outbox("identity")
    assert event.type == "muster.account.signed_in.v1"
    assert event.actor is not None
    assert event.actor.name == "Ruth Abernathy"
    assert event.requires == "activity:audit"
    assert PASSWORD not in event.to_json()


async def test_the_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites(
    town: FastAPI, stranger: httpx.AsyncClient
) -> None:
    plain = (await token(stranger, "dispatcher")).headers["set-cookie"]
    async with browser(town, base="https://muster.test/api/v1") as over_tls:
        secure = (await token(over_tls, "dispatcher")).headers["set-cookie"]

    assert plain.startswith("muster-refresh=")
    assert "HttpOnly" in plain
    assert "SameSite=strict" in plain
    assert secure.startswith("__Host-muster-refresh=")
    assert "Secure" in secure
    assert "Path=/;" in secure + ";"
    assert "Domain" not in secure


async def test_refreshing_goes_on_with_the_session_and_a_new_token(
    sign_in_as: SignIn, sql: Sql
) -> None:
    client = await sign_in_as("dispatcher")
    before = client.cookies["muster-refresh"]

    await refreshed(client)

    assert client.cookies["muster-refresh"] != before
    assert (await client.get("/me")).status_code == 200
    assert len(await sql("SELECT 1 FROM identity.session")) == 1
    tokens = await sql("SELECT digest FROM identity.refresh_token")
    assert all(before.encode() not in row["digest"] for row in tokens)


async def test_who_did_not_receive_the_last_answer_gets_it_again(sign_in_as: SignIn) -> None:
    client = await sign_in_as("dispatcher")
    lost = client.cookies["muster-refresh"]
    await refreshed(client)
    second = client.cookies["muster-refresh"]

    client.cookies.set("muster-refresh", lost, domain="muster.test", path="/api/v1/auth")
    await refreshed(client)

    assert client.cookies["muster-refresh"] == second
    await refreshed(client)
    assert client.cookies["muster-refresh"] != second


async def test_a_session_that_was_not_used_for_long_ends(sign_in_as: SignIn, sql: Sql) -> None:
    client = await sign_in_as("dispatcher")
    await sql("UPDATE identity.session SET last_used_at = now() - interval '13 hours'")

    answer = await client.post("/auth/refresh")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "muster-refresh" not in client.cookies


async def test_signing_out_ends_the_session_everywhere(sign_in_as: SignIn, catch_up: Catch) -> None:
    client = await sign_in_as("dispatcher")

    assert (await client.post("/auth/sign-out")).status_code == 204
    assert (await client.post("/auth/sign-out")).status_code == 204
    await catch_up()

    assert (await client.get("/me")).status_code == 401
    assert (await client.post("/auth/refresh")).status_code == 401


async def test_signing_out_everywhere_ends_every_session_within_seconds(
    sign_in_as: SignIn,
) -> None:
    import asyncio  # noqa: PLC0415 - this test alone waits

    desk, phone = await sign_in_as("dispatcher"), await sign_in_as("dispatcher")
    other = await sign_in_as("responder")

    assert (await desk.post("/auth/sign-out-everywhere")).status_code == 204
    for _ in range(40):
        if (await phone.get("/me")).status_code == 401:
            break
        await asyncio.sleep(0.05)

    assert (await phone.get("/me")).status_code == 401
    assert (await phone.post("/auth/refresh")).status_code == 401
    assert (await other.get("/me")).status_code == 200


async def test_people_see_and_end_their_own_sessions_only(
    sign_in_as: SignIn, catch_up: Catch
) -> None:
    desk = await sign_in_as("dispatcher")
    phone = await sign_in_as("dispatcher", address="192.0.2.77")
    foreign = await sign_in_as("responder")
    items = (await desk.get("/me/sessions")).json()["items"]

    lost = next(item for item in items if not item["current"])
    assert lost["address"] == "192.0.2.77"
    assert (await foreign.delete(f"/me/sessions/{lost['id']}")).status_code == 404
    assert (await desk.delete(f"/me/sessions/{lost['id']}")).status_code == 204
    await catch_up()

    assert (await phone.get("/me")).status_code == 401
    assert (await desk.get("/me")).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "client_credentials", "username": "a", "password": "b"},
        {"grant_type": "password", "username": "a"},
        {"grant_type": "password", "username": "a", "password": "b", "admin": "1"},
        {"grant_type": "password", "username": "a" * 300, "password": "b"},
        {"grant_type": "password", "username": "a", "password": "b" * 2000},
        {"grant_type": "password", "username": "a\x00b", "password": "b"},
    ],
)
async def test_a_form_that_is_not_the_oauth2_password_form_is_refused(
    stranger: httpx.AsyncClient, form: dict[str, str]
) -> None:
    answer = await stranger.post("/auth/token", data=form)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid-input"
    assert answer.json()["errors"]


async def test_the_public_keys_are_published_without_private_parts(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await stranger.get("http://muster.test/.well-known/jwks.json")

    keys = answer.json()["keys"]
    assert len(keys) == 2
    assert all(key["kty"] == "OKP" and key["alg"] == "EdDSA" for key in keys)
    assert not any("d" in key for key in keys)
    signed_in = (await token(stranger, "dispatcher")).json()
    assert header_of(signed_in["access_token"])["kid"] == keys[0]["kid"]
