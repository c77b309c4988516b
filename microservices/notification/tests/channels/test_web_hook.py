"""Web hooks: signed, pinned, and never inside our own walls."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from muster_testing.providers.hooks import HookServer, hook_server
from muster_testing.providers.knobs import Fate, Knobs
from muster_testing.providers.web import Response
from notification.channels.hosted import Outside
from notification.channels.options import ChannelSettings
from notification.channels.pinning import Policy
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.real import real
from notification.channels.web_hook import sign
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]


@pytest.fixture
def hook(permit: RealWorldPermit) -> Any:
    async def call(
        messages: list[Message], outside: Outside | None = None, place: int = 0, **settings: Any
    ) -> list[Outcome]:
        given: dict[str, Any] = {"webhook_loopback": True, **settings}
        senders = real(ChannelSettings(**given), outside)
        try:
            return await senders.by_channel[ChannelName.WEBHOOK][place].send(messages, permit)
        finally:
            await senders.close()

    return call


async def test_a_partner_verifies_what_we_signed(hook: Any, message: NewMessage) -> None:
    async with hook_server() as partner:
        wanted = message(partner.target(), data={"cap": "<alert/>"})
        (found,) = await hook([wanted])

    assert found.state is OutcomeState.ACCEPTED
    got = partner.record.all[0]
    told = json.loads(got.text)
    assert got.key == wanted.key
    assert (told["id"], told["data"]["cap"]) == (wanted.key, "<alert/>")


async def test_another_secret_is_refused(hook: Any, message: NewMessage) -> None:
    async with hook_server() as partner:
        target = partner.target().replace(partner.secret, "whsec_" + "QUJD" * 10)
        (found,) = await hook([message(target)])

    assert (found.state, found.reason) == ("failed", "refused:401")


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """Their published example."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert (
        sign(
            base64.b64decode(secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


async def test_a_lost_answer_is_asked_for_again_and_dropped_there(
    hook: Any, message: NewMessage
) -> None:
    async with hook_server(Knobs(lost_rate=1)) as partner:
        wanted = message(partner.target())
        (first,) = await hook([wanted])
        partner.knobs.lost_rate = 0
        (second,) = await hook([wanted])

    assert (first.state, first.same_provider) == (OutcomeState.RETRY, True)
    assert second.state is OutcomeState.ACCEPTED
    assert [got.fate for got in partner.record.all] == [Fate.LOST, Fate.AGAIN]


async def test_a_redirect_is_not_followed(hook: Any, message: NewMessage) -> None:
    async with hook_server() as partner, hook_server() as elsewhere:
        partner.answer_with = Response(302, headers={"Location": f"{elsewhere.url}/hook"})
        (found,) = await hook([message(partner.target())])

    assert (found.state, found.reason) == ("failed", "redirected:302")
    assert elsewhere.record.all == []


async def test_an_endless_answer_is_read_to_one_megabyte(hook: Any, message: NewMessage) -> None:
    async with hook_server() as partner:
        partner.answer_with = Response(200, b"x" * 30_000_000)
        (found,) = await hook([message(partner.target())])

    assert found.state is OutcomeState.ACCEPTED


async def test_a_slow_partner_is_left_after_the_time_allowed(
    hook: Any, message: NewMessage
) -> None:
    async with hook_server(Knobs(latency=3)) as partner:
        (found,) = await hook([message(partner.target())], webhook_seconds=0.5)

    assert (found.state, found.reason) == ("retry", "timed-out")


async def test_one_partner_who_is_down_leaves_the_others_alone(
    hook: Any, message: NewMessage
) -> None:
    async with hook_server(Knobs(error_rate=1)) as down, hook_server() as well:
        messages = [message(down.target()) for _ in range(30)] + [message(well.target())]
        found = await hook(messages, webhook_concurrency=1)

    assert len(down.record.all) == 5
    assert {one.reason for one in found[5:30]} == {"breaker-open"}
    assert found[30].state is OutcomeState.ACCEPTED


async def test_the_second_address_gets_it_under_the_same_key(
    hook: Any, message: NewMessage
) -> None:
    async with hook_server() as partner:
        wanted = message(partner.target(second=f"{partner.url}/second"))
        (found,) = await hook([wanted], place=1)

    assert (found.state, found.provider) == (OutcomeState.ACCEPTED, "webhook-second")
    assert [(got.to, got.key) for got in partner.record.all] == [("/second", wanted.key)]


async def test_loopback_is_for_tests_only(hook: Any, message: NewMessage) -> None:
    async with hook_server() as partner:
        (found,) = await hook([message(partner.target())], webhook_loopback=False)

    assert (found.state, found.reason, found.gone) == ("failed", "forbidden:not-https", True)
    assert partner.record.all == []


async def test_a_name_is_resolved_once_and_called_at_the_address_that_was_checked(
    hook: Any, message: NewMessage, authority: Any
) -> None:
    """The name answers with a public address first and with ours the second time, as a rebinding attack does."""
    asked: list[str] = []

    async def changing(host: str, port: int) -> list[str]:
        del port
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    async with hook_server(tls=authority.server) as partner:
        url = partner.url.replace("127.0.0.1", "partner.example")
        target = partner.target().replace(partner.url, url)
        outside = Outside(Policy(loopback=True), changing, str(authority.file))
        found = await hook([message(target) for _ in range(3)], outside)

    assert {one.state for one in found} == {OutcomeState.ACCEPTED}
    assert asked == ["partner.example"]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["203.0.114.5", "192.168.0.1"], ["169.254.169.254"], ["::1"]],
)
async def test_a_name_that_resolves_inside_is_refused_after_resolution(
    hook: Any, message: NewMessage, authority: Any, addresses: list[str]
) -> None:
    async def inside(host: str, port: int) -> list[str]:
        del host, port
        return addresses

    async with hook_server(tls=authority.server) as partner:
        url = partner.url.replace("127.0.0.1", "partner.example")
        target = partner.target().replace(partner.url, url)
        (found,) = await hook([message(target)], Outside(Policy(), inside, str(authority.file)))

    assert (found.state, found.reason) == ("failed", "forbidden:private-address")
    assert partner.record.all == []


async def test_a_certificate_of_nobody_is_not_believed(
    hook: Any, message: NewMessage, authority: Any
) -> None:
    async def here(host: str, port: int) -> list[str]:
        del host, port
        return ["127.0.0.1"]

    async with hook_server(tls=authority.server) as partner:
        url = partner.url.replace("127.0.0.1", "partner.example")
        target = partner.target().replace(partner.url, url)
        (found,) = await hook([message(target)], Outside(Policy(loopback=True), here))

    assert found.state is OutcomeState.RETRY
    assert (found.reason or "").startswith("unreachable")
    assert partner.record.all == []


def test_a_partners_secrets_are_not_shown(message: NewMessage) -> None:
    shown = repr(message(HookServer().target()))

    assert "whsec_" not in shown
