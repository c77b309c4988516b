"""SMS and mobile push by SNS, against moto's server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
from aiobotocore.session import AioSession
from cryptography.hazmat.primitives.asymmetric import ec

from muster_testing.providers.push import Browser
from muster_testing.providers.sns import KEY_ID, REGION, SECRET, SnsServer, sns_server
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]


@pytest.fixture
async def sns() -> AsyncGenerator[SnsServer]:
    async with sns_server() as server:
        yield server


@pytest.fixture
def send(set_up: Any, permit: RealWorldPermit) -> Any:
    async def sent(
        server: SnsServer, messages: list[Message], place: int = 0, **more: Any
    ) -> list[Outcome]:
        settings = {
            "sns_region": REGION,
            "sns_url": server.url,
            "sns_access_key_id": KEY_ID,
            "sns_secret_access_key": SECRET,
            **more,
        }
        channel = ChannelName.WEB_PUSH if place else ChannelName.SMS
        async with set_up(**settings) as senders:
            return await senders.by_channel[channel][0].send(messages, permit)

    return sent


async def test_sms_go_out_as_transactional_with_our_name(
    sns: SnsServer, send: Any, message: NewMessage
) -> None:
    found = await send(
        sns, [message(f"+1555555{n:04d}") for n in range(20)], sns_sender_id="COUNTY"
    )

    assert {one.state for one in found} == {OutcomeState.ACCEPTED}
    assert len({one.provider_id for one in found}) == 20
    assert {got.to for got in sns.record.all} == {f"+1555555{n:04d}" for n in range(20)}
    assert {"COUNTY", "Transactional"} <= set(sns.record.all[0].more.values())


async def test_what_goes_wrong_with_sns_is_an_outcome(
    sns: SnsServer, send: Any, message: NewMessage
) -> None:
    outcomes: dict[str, Outcome] = {}
    for name, knobs in {
        "error": {"error_rate": 1.0},
        "limited": {"limited_rate": 1.0},
        "lost": {"lost_rate": 1.0},
        "slow": {"latency": 1.5},
    }.items():
        sns.knobs.turn({"error_rate": 0, "limited_rate": 0, "lost_rate": 0, **knobs})
        (outcomes[name],) = await send(sns, [message()], sns_seconds=1)

    assert {name: one.state.value for name, one in outcomes.items()} == {
        "error": "retry",
        "limited": "retry",
        "lost": "in_doubt",
        "slow": "in_doubt",
    }
    assert outcomes["error"].reason == "provider-error:ServiceUnavailable"
    assert outcomes["limited"].reason == "rate-limited:Throttling"
    assert outcomes["slow"].reason == "timed-out"
    # The library asks once: with its own retries there would be more.
    await asyncio.sleep(1)
    assert len(sns.record.all) == 4


async def test_without_a_server_nothing_was_sent(send: Any, message: NewMessage) -> None:
    async with sns_server() as server:
        pass
    (found,) = await send(server, [message()])

    assert found.state is OutcomeState.RETRY
    assert (found.reason or "").startswith("unreachable")


async def test_a_push_reaches_its_endpoint_and_a_disabled_one_is_gone(
    sns: SnsServer, send: Any, message: NewMessage
) -> None:
    session: Any = AioSession()
    async with session.create_client(
        "sns",
        region_name=REGION,
        endpoint_url=sns.url,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=SECRET,
    ) as client:
        made: Any = client
        application = await made.create_platform_application(
            Name="muster", Platform="GCM", Attributes={"PlatformCredential": "x"}
        )
        arns: list[str] = []
        for token in ("one", "two"):
            endpoint = await made.create_platform_endpoint(
                PlatformApplicationArn=application["PlatformApplicationArn"], Token=token
            )
            arns.append(endpoint["EndpointArn"])
        await made.set_endpoint_attributes(EndpointArn=arns[1], Attributes={"Enabled": "false"})

    found = await send(sns, [message(_subscription(arn=arn)) for arn in arns], place=1)

    assert [(one.state, one.gone) for one in found] == [("accepted", False), ("failed", True)]
    told = json.loads(sns.record.all[0].text)
    assert "Flash flood" in told["default"]
    assert json.loads(told["APNS"])["aps"]["alert"]["title"] == "Flash flood warning"
    android = json.loads(told["GCM"])["fcmV1Message"]["message"]["android"]
    assert android["priority"] == "HIGH"


def _subscription(**more: str) -> str:
    browser = Browser(
        "https://push.example/1", ec.generate_private_key(ec.SECP256R1()), b"0" * 16, ""
    )
    return browser.subscription(**more)
