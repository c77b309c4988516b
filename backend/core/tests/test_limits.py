"""Rate limits, told through the board: who is slowed down, what the answer says, and that they outlive the cache."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from muster_core.auth import Actor
from muster_core.errors import SettingError, UnauthorizedError
from muster_core.http.limits import Limits, network_of, trusted_networks
from muster_core.ports.cache import RedisCache
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_testing.people import TestIdentity, actor_with_role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOWHERE = "postgresql://nobody@127.0.0.1:9/none"
LOW = {
    "limit_account_rate": 1.0,
    "limit_account_burst": 5,
    "limit_address_rate": 1.0,
    "limit_address_burst": 20,
    "limit_anonymous_rate": 1.0,
    "limit_anonymous_burst": 3,
}


class Door:
    """The limits before an application that says who asked it; no database is touched."""

    def __init__(self, **changes: Any) -> None:
        values: dict[str, Any] = {"database_url": SecretStr(NOWHERE), **LOW, **changes}
        self.runtime = Runtime(Settings(**values), lambda _runtime: TestIdentity.shared())
        self._app: Any = Limits(self.answer, runtime=self.runtime)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope)
        token = request.headers.get("authorization", "")[7:]
        if token:
            try:
                await self.runtime.tokens.verify(token)
            except UnauthorizedError as error:
                await PlainTextResponse(error.detail, 401)(scope, receive, send)
                return
        assert request.client is not None
        await PlainTextResponse(request.client.host)(scope, receive, send)

    async def ask(
        self,
        actor: Actor | None = None,
        address: str = "192.0.2.1",
        path: str = "/api/v1/pins",
        **headers: str,
    ) -> httpx.Response:
        if actor is not None:
            headers["Authorization"] = f"Bearer {self._token(actor)}"
        transport = httpx.ASGITransport(self._app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://m") as client:
            return await client.get(
                path, headers={k.replace("_", "-"): v for k, v in headers.items()}
            )

    def _token(self, actor: Actor) -> str:
        known = self.runtime.tokens._remembered  # pyright: ignore[reportPrivateUsage]
        found = [token for token, (who, _, _) in known.items() if who.id == actor.id]
        return found[0] if found else TestIdentity.shared().token(actor)


COMMANDER, DISPATCHER = actor_with_role("incident-commander"), actor_with_role("dispatcher")


async def refusals(times: int, ask: Callable[[int], Awaitable[httpx.Response]]) -> int:
    answers = [await ask(number) for number in range(times)]
    return sum(answer.status_code == 429 for answer in answers)


@pytest.fixture(params=["memory", "redis", "away"])
async def door(request: pytest.FixtureRequest) -> Any:
    """One that counts by itself, one that counts in Redis, one whose Redis does not answer."""
    made = Door()
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        made.runtime.cache = RedisCache(url, prefix=f"test-{secrets.token_hex(6)}:")
    elif request.param == "away":
        made.runtime.cache = RedisCache("redis://127.0.0.1:9")
    yield made
    await made.runtime.cache.close()


async def test_an_account_is_slowed_down_wherever_it_asks_from(door: Door) -> None:
    # The first request is made with a token nobody has verified yet.
    answers = [await door.ask(COMMANDER, f"192.0.2.{number}") for number in range(9)]
    assert [answer.status_code for answer in answers[:6]] == [200] * 6
    assert [answer.status_code for answer in answers[7:]] == [429] * 2
    assert (await door.ask(DISPATCHER, "192.0.2.1")).status_code == 200


async def test_an_answer_says_what_is_left_and_a_refusal_when_to_come_again(door: Door) -> None:
    await door.ask(COMMANDER)
    answer = await door.ask(COMMANDER)
    assert answer.headers["ratelimit-limit"] == "5"
    assert answer.headers["ratelimit-remaining"] == "4"
    assert answer.headers["ratelimit-reset"] == "1"
    assert answer.headers["ratelimit-policy"] == "5;w=5"
    for _ in range(6):
        answer = await door.ask(COMMANDER)
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too-many-requests"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["ratelimit-remaining"] == "0"
    await asyncio.sleep(1.1)
    assert (await door.ask(COMMANDER)).status_code == 200


async def test_strangers_are_limited_more_than_who_has_signed_in(door: Door) -> None:
    assert await refusals(6, lambda _: door.ask()) == 3
    assert (await door.ask(COMMANDER)).status_code == 200
    assert (await door.ask(address="192.0.2.9")).status_code == 200


async def test_one_address_is_limited_whatever_keys_it_makes_up(door: Door) -> None:
    refused = await refusals(
        30, lambda n: door.ask(authorization=f"Bearer muster_{n}", path="/api/x")
    )
    assert 8 <= refused <= 30


async def test_a_made_up_token_empties_nobodys_bucket() -> None:
    door = Door(limit_address_rate=0)
    await door.ask(COMMANDER)
    forged = TestIdentity().token(COMMANDER)
    for _ in range(20):
        assert (await door.ask(authorization=f"Bearer {forged}")).status_code == 401
    assert await refusals(4, lambda _: door.ask(COMMANDER)) == 0


async def test_health_and_pages_are_not_limited() -> None:
    door = Door()
    assert await refusals(30, lambda _: door.ask(path="/healthz")) == 0
    assert "ratelimit-limit" not in (await door.ask(path="/healthz")).headers


async def test_a_rate_of_nothing_is_no_limit() -> None:
    door = Door(limit_address_rate=0, limit_account_rate=0, limit_anonymous_rate=0)
    assert await refusals(30, lambda _: door.ask()) == 0


async def test_processes_share_a_bucket(redis_url: str) -> None:
    prefix = f"test-{secrets.token_hex(6)}:"
    doors = [Door(), Door()]
    for door in doors:
        door.runtime.cache = RedisCache(redis_url, prefix)
    refused = await refusals(10, lambda number: doors[number % 2].ask())
    assert refused in {6, 7}
    for door in doors:
        await door.runtime.cache.close()


async def test_most_requests_ask_the_cache_nothing() -> None:
    door = Door(limit_anonymous_burst=1000, limit_address_burst=1000)
    asked = 0
    take = door.runtime.cache.take

    async def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return await take(*given)

    door.runtime.cache.take = counted  # pyright: ignore[reportAttributeAccessIssue]
    assert await refusals(100, lambda _: door.ask()) == 0
    assert asked <= 10


async def test_a_crowd_at_once_is_not_refused_what_is_there() -> None:
    door = Door(limit_address_burst=1000, limit_account_burst=1000)
    people = [actor_with_role("dispatcher", id=uuid4()) for _ in range(60)]
    await door.ask(DISPATCHER)
    for person in people:
        await door.runtime.tokens.verify(TestIdentity.shared().token(person))
    take = door.runtime.cache.take

    async def slow(*given: Any) -> Any:
        await asyncio.sleep(0.01)
        return await take(*given)

    door.runtime.cache.take = slow  # pyright: ignore[reportAttributeAccessIssue]
    answers = await asyncio.gather(*(door.ask(person) for person in people))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ("", "10.0.0.1", "203.0.113.7", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.0/8", "192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.0/8", "10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.7, nonsense", "10.0.0.1"),
        ("10.0.0.0/8,::1", "::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.0/8", "10.0.0.1", "", "10.0.0.1"),
    ],
)
async def test_only_a_trusted_proxy_says_who_asks(
    trusted: str, peer: str, forwarded: str, seen: str
) -> None:
    door = Door(trusted_proxies=trusted)
    headers: dict[str, Any] = {"X_Forwarded_For": forwarded} if forwarded else {}
    assert (await door.ask(address=peer, **headers)).text == seen


def test_a_wrong_list_of_proxies_is_named() -> None:
    with pytest.raises(SettingError, match="MUSTER_TRUSTED_PROXIES"):
        trusted_networks(Settings(trusted_proxies="the gateway"))


def test_an_ipv6_subscriber_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
