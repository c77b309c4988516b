"""What providers and subscribers tell later: receipts in any order, forged ones, and replies."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from muster_core.identifiers import uuid7
from muster_testing.providers.twilio import ACCOUNT, TOKEN, signature
from notification.settings import Settings

URL = "https://muster.example.org/api/v1/notifications/callbacks/twilio"
PLACE = "/notifications/callbacks/twilio"


@pytest.fixture(autouse=True)
def account(runtime: Any) -> None:
    runtime.override_settings(
        Settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_callback_url=URL,
        )
    )


async def told(
    client: httpx.AsyncClient, fields: dict[str, str], query: str = "", token: str = TOKEN
) -> int:
    url = URL + (f"?{query}" if query else "")
    everything = {"AccountSid": ACCOUNT, **fields}
    answer = await client.post(
        PLACE + (f"?{query}" if query else ""),
        data=everything,
        headers={"X-Twilio-Signature": signature(token, url, everything)},
    )
    return answer.status_code


def status(sid: str, word: str) -> dict[str, str]:
    return {"MessageSid": sid, "MessageStatus": word, "From": "+15555550100"}


@pytest.fixture
async def sent(desk: Any) -> Any:
    """One message at the provider that is called twilio here."""
    desk.hire_as("twilio")
    await desk.subscribe(1)
    alert = await desk.publish()
    await desk.work()
    return alert


async def test_states_only_move_forward(
    desk: Any, sent: Any, provider: Any, anonymous: httpx.AsyncClient
) -> None:
    sid = provider.taken[0]["sid"]
    assert await told(anonymous, status(sid, "delivered")) == 204
    assert await desk.states(sent) == {"delivered": 1}
    assert await told(anonymous, status(sid, "sent")) == 204
    assert await told(anonymous, status(sid, "undelivered")) == 204
    assert await told(anonymous, status(sid, "delivered")) == 204
    assert await desk.states(sent) == {"delivered": 1}
    (chunk,) = await desk.rows("SELECT accepted, delivered, failed FROM notification.chunks")
    assert chunk == {"accepted": 0, "delivered": 1, "failed": 0}


async def test_a_receipt_that_comes_before_our_own_write_is_kept(
    desk: Any, provider: Any, anonymous: httpx.AsyncClient
) -> None:
    desk.hire_as("twilio")
    provider.known = {}
    provider.always = "late"
    await desk.subscribe(1)
    alert = await desk.publish()
    working = asyncio.create_task(desk.work())
    await provider.holds()
    assert await told(anonymous, status("SM" + "0" * 32, "delivered")) == 204
    (key,) = await desk.rows("SELECT id FROM notification.deliveries")
    assert await told(anonymous, status("SM" + "1" * 32, "delivered"), f"key={key['id']}") == 204
    provider.release.set()
    await working
    assert await desk.states(alert) == {"delivered": 1}


async def test_a_lost_answer_is_settled_by_the_receipt(
    desk: Any, provider: Any, anonymous: httpx.AsyncClient
) -> None:
    desk.hire_as("twilio")
    provider.script = ["hang up"]
    await desk.subscribe(1)
    alert = await desk.publish(severity="Minor")
    await desk.work()
    assert await desk.states(alert) == {"in_doubt": 1}
    (row,) = await desk.rows("SELECT id FROM notification.deliveries")
    assert await told(anonymous, status("SM" + "2" * 32, "delivered"), f"key={row['id']}") == 204
    assert await desk.states(alert) == {"delivered": 1}


async def test_a_forged_callback_changes_nothing(
    desk: Any, sent: Any, provider: Any, anonymous: httpx.AsyncClient
) -> None:
    sid = provider.taken[0]["sid"]
    assert await told(anonymous, status(sid, "failed"), token="another") == 403
    answer = await anonymous.post(PLACE, data=status(sid, "failed"))
    assert answer.status_code == 403
    assert answer.json()["code"] == "callback-forged"
    assert await desk.states(sent) == {"accepted": 1}
    assert (await anonymous.post("/notifications/callbacks/sns", content=b"{}")).status_code == 400


def text(number: str, words: str, sid: str = "SM" + "a" * 32) -> dict[str, str]:
    return {
        "MessageSid": sid, "SmsStatus": "received", "From": number, "To": "+15555550100", "Body": words,
    }  # fmt: skip


async def test_stop_leaves_at_once(
    desk: Any, sent: Any, provider: Any, anonymous: httpx.AsyncClient
) -> None:
    number = provider.taken[0]["To"]
    assert await told(anonymous, text(number, "Stop")) == 204
    assert await desk.rows("SELECT 1 FROM notification.contact_points") == []
    (reply,) = await desk.rows("SELECT meaning, text_sealed FROM notification.replies")
    assert reply["meaning"] == "stop"
    assert b"Stop" not in reply["text_sealed"]


async def test_help_is_told_with_place_and_text_and_without_the_number(
    desk: Any, sent: Any, provider: Any, deliver: Any, anonymous: httpx.AsyncClient
) -> None:
    number = provider.taken[0]["To"]
    assert await told(anonymous, text(number, "HELP, two of us on the roof")) == 204
    assert await told(anonymous, text(number, "HELP, two of us on the roof")) == 204
    events = [
        event
        for event in await deliver.outbox("notification")
        if event.type == "muster.help.requested.v1"
    ]
    assert len(events) == 1
    assert events[0].data["text"] == "two of us on the roof"
    assert events[0].data["place"] == {"type": "Point", "coordinates": [-117.5, 35.5]}
    assert number not in events[0].to_json()
    assert events[0].data["alert_id"] == str(sent.alert_id)


async def test_what_was_answered_is_destroyed_after_a_week(
    desk: Any, sent: Any, provider: Any, deliver: Any, anonymous: httpx.AsyncClient
) -> None:
    await told(anonymous, text(provider.taken[0]["To"], "OK, we are at my sister's"))
    await deliver.run("notification.forget_replies")
    assert (await desk.rows("SELECT length(text_sealed) AS n FROM notification.replies"))[0][
        "n"
    ] > 0
    await desk.sql("UPDATE notification.replies SET received_at = now() - interval '8 days'")
    await deliver.run("notification.forget_replies")
    (row,) = await desk.rows("SELECT meaning, length(text_sealed) AS n FROM notification.replies")
    assert row == {"meaning": "ok", "n": 0}


async def test_a_receipt_after_the_end_is_told_too(
    desk: Any, sent: Any, provider: Any, deliver: Any, anonymous: httpx.AsyncClient
) -> None:
    await desk.tick()
    await told(anonymous, status(provider.taken[0]["sid"], "delivered"))
    await desk.tick()
    await desk.tick()
    events = await deliver.outbox("notification")
    assert [event.type.split(".")[2] for event in events] == ["finished", "progressed"]
    assert events[1].data["delivered"] == 1


async def test_an_incidents_timeline_gets_the_end_and_not_each_step(
    desk: Any, provider: Any, deliver: Any, anonymous: httpx.AsyncClient
) -> None:
    incident = uuid7()
    desk.hire_as("twilio")
    await desk.subscribe(1)
    await desk.publish(incident_id=incident)
    await desk.work()
    await desk.tick()
    await told(anonymous, status(provider.taken[0]["sid"], "delivered"))
    await desk.tick()
    await desk.tick()
    events = await deliver.outbox("notification")
    about = {event.type.split(".")[2]: event.data["incident_id"] for event in events}
    assert about == {"finished": str(incident), "progressed": None}


async def test_ok_is_counted(
    desk: Any,
    sent: Any,
    provider: Any,
    anonymous: httpx.AsyncClient,
    as_commander: httpx.AsyncClient,
) -> None:
    assert await told(anonymous, text(provider.taken[0]["To"], "ok")) == 204
    (item,) = (await as_commander.get("/notifications/broadcasts")).json()["items"]
    detail = (await as_commander.get(f"/notifications/broadcasts/{item['id']}")).json()
    assert detail["replies"] == {"ok": 1, "help": 0, "stop": 0, "other": 0}


async def test_a_text_from_a_number_that_nobody_subscribed_is_nothing(
    desk: Any, anonymous: httpx.AsyncClient
) -> None:
    assert await told(anonymous, text("+15550009999", "help")) == 204
    assert await desk.rows("SELECT 1 FROM notification.replies") == []
