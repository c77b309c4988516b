from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from identity_service.testing import SignIn, token

# Project Wycheproof (Apache-2.0): tokens and key sets that verifiers have got wrong.
WYCHEPROOF = (Path(__file__).parent / "data" / "wycheproof_json_web_key_test.json").read_text()


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def opened(access_token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, claims, signature = access_token.split(".")
    read = [json.loads(base64.urlsafe_b64decode(one + "==")) for one in (header, claims)]
    return read[0], read[1], signature


async def status_with(client: httpx.AsyncClient, bearer: str) -> int:
    answer = await client.get("/me", headers={"Authorization": f"Bearer {bearer}"})
    if answer.status_code == 401:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    return answer.status_code


async def test_tokens_of_another_making_open_nothing(stranger: httpx.AsyncClient) -> None:
    good = (await token(stranger, "dispatcher")).json()["access_token"]
    header, claims, signature = opened(good)
    foreign = OKPKey.generate_key("Ed25519")
    jwks = (await stranger.get("http://muster.test/.well-known/jwks.json")).json()
    public = base64.urlsafe_b64decode(jwks["keys"][0]["x"] + "==")
    now = int(time.time())

    assert await status_with(stranger, good) == 200
    forged = {
        "alg none": f"{part(header | {'alg': 'none'})}.{part(claims)}.",
        "no signature": f"{part(header)}.{part(claims)}.",
        "other claims": f"{part(header)}.{part(claims | {'scope': 'users:manage'})}.{signature}",
        "foreign key, our kid": jwt.encode(header, claims, foreign, algorithms=["EdDSA"]),
        "foreign key, its own kid": jwt.encode(
            header | {"kid": "mine"}, claims, foreign, algorithms=["EdDSA"]
        ),
        "public key as HMAC secret": jwt.encode(
            header | {"alg": "HS256"}, claims, OctKey.import_key(public), algorithms=["HS256"]
        ),
        "key in the header": jwt.encode(
            header | {"jwk": foreign.as_dict(private=False)}, claims, foreign, algorithms=["EdDSA"]
        ),
        "kid with a path": jwt.encode(
            header | {"kid": "../../etc/passwd"}, claims, foreign, algorithms=["EdDSA"]
        ),
        "expired": jwt.encode(header, claims | {"exp": now - 60}, foreign, algorithms=["EdDSA"]),
        "not a token": "abc",
        "three dots": "...",
        "not JSON": "e30x.e30.e30",
        "a list": f"{part([])}.{part([])}.",
        "empty key": "muster_",
        "an unknown key": f"muster_00000000_{'0' * 64}",
        "very long": "a" * 20_000,
    }
    for name, bearer in forged.items():
        assert await status_with(stranger, bearer) == 401, name


async def test_our_own_key_does_not_make_other_documents_access_tokens(
    stranger: httpx.AsyncClient, town: Any
) -> None:
    from identity_service.service import signing  # noqa: PLC0415
    from identity_service.surroundings import surroundings_of  # noqa: PLC0415

    runtime = town.state.runtime
    good = (await token(stranger, "dispatcher")).json()["access_token"]
    _, claims, _ = opened(good)
    around = surroundings_of(runtime)
    now = int(time.time())
    wrong: dict[str, dict[str, Any]] = {
        "expired": {"exp": now - 60},
        "other audience": {"aud": "elsewhere"},
        "other issuer": {"iss": "elsewhere"},
        "no subject": {"sub": None},
        "subject is no id": {"sub": "administrator"},
    }
    for name, change in wrong.items():
        async with runtime.session("identity") as session:
            made = await signing.sign(session, around, claims | change | {"jti": str(uuid4())})
        assert await status_with(stranger, made) == 401, name
    key = next(iter(around.unwrapped.values()))
    plain = jwt.encode({"alg": "EdDSA", "kid": key.kid}, claims, key, algorithms=["EdDSA"])
    assert await status_with(stranger, plain) == 401


async def test_wycheproof_keys_and_tokens_open_nothing(stranger: httpx.AsyncClient) -> None:
    groups = json.loads(WYCHEPROOF)["testGroups"]
    tried = 0
    for group in groups:
        for case in group["tests"]:
            bearer = case.get("jws") or case.get("jwt")
            if isinstance(bearer, str) and bearer.isascii():
                tried += 1
                assert await status_with(stranger, bearer) == 401, case["comment"]
    assert tried > 0


async def test_a_stolen_refresh_token_ends_the_family_when_both_use_it(
    sign_in_as: SignIn, town: Any, sql: Any, catch_up: Any, deliver: Any
) -> None:
    from identity_service.testing import browser, refreshed  # noqa: PLC0415

    owner = await sign_in_as("dispatcher")
    stolen = owner.cookies["muster-refresh"]
    await refreshed(owner)
    await refreshed(owner)

    async with browser(town, "198.51.100.9") as thief:
        thief.cookies.set("muster-refresh", stolen, domain="muster.test", path="/api/v1/auth")
        answer = await thief.post("/auth/refresh")
    await catch_up()

    assert answer.status_code == 401
    assert "two places" in answer.json()["detail"]
    assert (await owner.post("/auth/refresh")).status_code == 401
    assert (await owner.get("/me")).status_code == 401
    ended = (await deliver.outbox("identity"))[-1]
    assert ended.type == "muster.account.session_ended.v1"
    assert ended.data["reason"] == "refresh token used twice"


async def test_even_the_last_rotation_is_not_repeated_after_seconds(
    sign_in_as: SignIn, sql: Any
) -> None:
    from identity_service.testing import refreshed  # noqa: PLC0415

    client = await sign_in_as("dispatcher")
    first = client.cookies["muster-refresh"]
    await refreshed(client)
    await sql("UPDATE identity.refresh_token SET used_at = used_at - interval '11 s'")
    client.cookies.set("muster-refresh", first, domain="muster.test", path="/api/v1/auth")

    assert (await client.post("/auth/refresh")).status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "=" * 43, "é", "A" * 5000])
async def test_a_made_up_refresh_token_is_refused(stranger: httpx.AsyncClient, cookie: str) -> None:
    header = f"muster-refresh={cookie}".encode()

    answer = await stranger.post("/auth/refresh", headers={"Cookie": header})  # type: ignore[reportArgumentType]

    assert answer.status_code == 401
