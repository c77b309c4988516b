"""Account holders say how they are reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from muster.identity.v1.events import AccountDisabled, AccountEnabled
from muster_core.auth import system_actor
from muster_core.outbox import envelope
from muster_testing.people import actor_with_role, stepped_up
from notification.consumers import follow_account
from notification.database import SCHEMA
from notification.testing import Post, number_of

if TYPE_CHECKING:
    import httpx

    from muster_core.runtime import Runtime

Rows = Callable[..., Any]
PLACE = "/notifications/me/contact-points"
PHONE = number_of(2671)


async def given(client: httpx.AsyncClient, **asked: Any) -> httpx.Response:
    return await client.post(PLACE, json={"channel": "sms", "address": PHONE} | asked)


async def test_a_responder_gives_a_phone_number_and_confirms_it(
    as_responder: httpx.AsyncClient, as_commander: httpx.AsyncClient, post: Post, rows: Rows
) -> None:
    response = await given(as_responder)
    assert response.status_code == 201
    assert response.json()["confirmed"] is False
    code = await post.code(PHONE)

    assert (await as_commander.post(f"{PLACE}/confirm", json={"code": code})).status_code == 404
    confirmed = await as_responder.post(f"{PLACE}/confirm", json={"code": code})

    assert confirmed.status_code == 204
    (mine,) = (await as_responder.get(PLACE)).json()["items"]
    assert mine["confirmed"] is True
    assert mine["masked"] == "+14•••71"
    assert (await as_commander.get(PLACE)).json()["items"] == []
    assert (await rows(f"SELECT active FROM {SCHEMA}.contact_points"))[0]["active"]


async def test_five_wrong_codes_spend_the_right_one(
    as_responder: httpx.AsyncClient, post: Post
) -> None:
    await given(as_responder)
    code = await post.code(PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    for _ in range(5):
        refused = await as_responder.post(f"{PLACE}/confirm", json={"code": wrong})
        assert refused.status_code == 409
        assert refused.json()["code"] == "code-refused"

    late = await as_responder.post(f"{PLACE}/confirm", json={"code": code})
    assert late.status_code == 409


async def test_what_is_no_address_or_given_already_is_refused(
    as_responder: httpx.AsyncClient, post: Post
) -> None:
    await given(as_responder)

    assert (await given(as_responder)).status_code == 409
    wrong = await given(as_responder, address="12")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/address"
    hook = await given(as_responder, channel="webhook", address="https://10.1.1.1/x")
    assert hook.status_code == 422
    assert (await given(as_responder, language="xx")).status_code == 422


async def test_what_is_taken_back_is_destroyed(
    as_responder: httpx.AsyncClient, as_commander: httpx.AsyncClient, post: Post, rows: Rows
) -> None:
    one = (await given(as_responder)).json()

    assert (await as_commander.delete(f"{PLACE}/{one['id']}")).status_code == 404
    assert (await as_responder.delete(f"{PLACE}/{one['id']}")).status_code == 204

    assert await rows(f"SELECT 1 FROM {SCHEMA}.subscriptions") == []


async def test_what_responders_gave_is_nobody_elses_to_see(
    as_responder: httpx.AsyncClient, as_administrator: httpx.AsyncClient, post: Post
) -> None:
    await given(as_responder)
    await as_responder.post(f"{PLACE}/confirm", json={"code": await post.code(PHONE)})

    listed = await as_administrator.get("/notifications/subscriptions")
    export = await stepped_up(as_administrator).get("/notifications/subscriptions/export.csv")

    assert listed.json()["items"] == []
    assert "2671" not in export.text


async def test_whose_account_is_disabled_is_not_called(
    as_responder: httpx.AsyncClient, post: Post, rows: Rows, runtime: Runtime
) -> None:
    await given(as_responder)
    await as_responder.post(f"{PLACE}/confirm", json={"code": await post.code(PHONE)})
    responder = actor_with_role("responder")
    facts: dict[str, Any] = {
        "organization_id": responder.organization_id,
        "account_id": responder.id,
        "username": "responder",
        "name": "Responder",
        "version": 2,
    }

    async def hear(fact: AccountDisabled | AccountEnabled) -> bool:
        async with runtime.session(SCHEMA, system_actor("identity")) as session:
            await follow_account(session, envelope(session, fact))
        return (await rows(f"SELECT active FROM {SCHEMA}.contact_points"))[0]["active"]

    assert not await hear(AccountDisabled(**facts))
    assert await hear(AccountEnabled(**facts))
