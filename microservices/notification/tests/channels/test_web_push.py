"""Web push, to a push service that checks VAPID and browsers that decrypt with a second implementation."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from muster_testing.providers.knobs import Fate, Knobs
from muster_testing.providers.push import Browser, push_server
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.push_crypto import LONGEST, Vapid, base64url, encrypt, read_key
from notification.channels.web_push import payload
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]
KEY = base64url(bytes(range(1, 33)))
PUBLIC = Vapid(read_key(KEY), "mailto:a@b.example").public


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def push(set_up: Any, permit: RealWorldPermit) -> Any:
    async def send(messages: list[Message], **settings: Any) -> list[Outcome]:
        given = {"vapid_private_key": KEY, "webhook_loopback": True, **settings}
        async with set_up(**given) as senders:
            return await senders.by_channel[ChannelName.WEB_PUSH][0].send(messages, permit)

    return send


def test_the_known_answer_of_rfc_8291() -> None:
    """Appendix A, with its keys and salt."""
    key = read_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        decoded(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        key=key,
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert base64url(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


async def test_only_the_browser_can_read_it_and_it_knows_who_sent_it(
    push: Any, message: NewMessage
) -> None:
    async with push_server() as service:
        browser = service.subscribe(PUBLIC)
        wanted = message(browser.subscription(), text="Überflutung 洪水")
        (found,) = await push([wanted])

        assert found.state is OutcomeState.ACCEPTED
        assert (found.provider_id or "").startswith(service.url)
        (shown,) = browser.shown.values()
        assert (shown["title"], shown["body"]) == (wanted.subject, wanted.text)
        assert shown["url"] == wanted.url
        got = service.record.all[0].more
        assert got["urgency"] == "high"
        assert 7_000 < int(got["ttl"]) <= 7_200


async def test_another_applications_key_is_refused(push: Any, message: NewMessage) -> None:
    async with push_server() as service:
        stranger = service.subscribe(Vapid(ec.generate_private_key(ec.SECP256R1()), "x").public)
        (found,) = await push([message(stranger.subscription())])

    assert (found.state, found.reason) == ("failed", "refused:403")
    assert stranger.shown == {}


async def test_a_lost_answer_is_asked_for_again_and_shown_once(
    push: Any, message: NewMessage
) -> None:
    async with push_server(Knobs(lost_rate=1)) as service:
        browser = service.subscribe(PUBLIC)
        wanted = message(browser.subscription())
        (first,) = await push([wanted])
        service.knobs.lost_rate = 0
        (second,) = await push([wanted])

    assert (first.state, first.same_provider) == (OutcomeState.RETRY, True)
    assert second.state is OutcomeState.ACCEPTED
    assert [got.fate for got in service.record.all] == [Fate.LOST, Fate.AGAIN]
    assert len(browser.shown) == 1


async def test_a_subscription_that_is_over_is_not_used_again(
    push: Any, message: NewMessage
) -> None:
    async with push_server() as service:
        browser = service.subscribe(PUBLIC)
        browser.gone = True
        (found,) = await push([message(browser.subscription())])

    assert (found.state, found.reason, found.gone) == ("failed", "refused:410", True)


async def test_a_push_is_not_kept_beyond_its_alert(push: Any, message: NewMessage) -> None:
    async with push_server() as service:
        browser = service.subscribe(PUBLIC)
        soon = datetime.now(UTC) + timedelta(seconds=30)
        await push([message(browser.subscription(), expires=soon, severity="Minor")])

    got = service.record.all[0].more
    assert 25 <= int(got["ttl"]) <= 30
    assert got["urgency"] == "low"


async def test_a_browsers_address_on_a_private_network_is_not_called(
    push: Any, message: NewMessage
) -> None:
    async with push_server() as service:
        browser = service.subscribe(PUBLIC)
        (found,) = await push([message(browser.subscription())], webhook_loopback=False)

    assert (found.state, found.gone) == ("failed", True)
    assert (found.reason or "").startswith("forbidden")
    assert service.record.all == []


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        "{}",
        '{"endpoint":"https://p.example","keys":{"p256dh":"AA","auth":"AA"}}',
        json.dumps(
            {
                "endpoint": "https://p.example/1",
                "keys": {"p256dh": base64url(b"\x04" + b"\xff" * 64), "auth": base64url(b"0" * 16)},
            }
        ),
        "[" * 3000,
    ],
)
async def test_a_broken_subscription_fails_alone(
    push: Any, message: NewMessage, broken: str
) -> None:
    (found,) = await push([message(broken)])

    assert (found.state, found.gone) == ("failed", True)
    assert (found.reason or "").startswith("bad-address")


@pytest.mark.parametrize("letter", ["a", "水", '"', "\\", "\n"])
def test_a_long_text_is_cut_to_what_a_push_holds(message: NewMessage, letter: str) -> None:
    long = message("x", text=letter * 9_000)
    told = json.loads(payload(long))

    assert len(payload(long)) <= LONGEST
    assert told["title"] == long.subject
    assert told["url"] == long.url
    assert told["body"].endswith("…") or letter == "\n"
    browser = Browser("", ec.generate_private_key(ec.SECP256R1()), b"1" * 16, "")
    keys = json.loads(browser.subscription())["keys"]
    body = encrypt(payload(long), decoded(keys["p256dh"]), decoded(keys["auth"]))
    assert len(body) <= 4096
    assert browser.open(body) == told


def test_one_token_serves_a_push_service_for_half_a_day() -> None:
    now = [1_000_000.0]
    vapid = Vapid(read_key(KEY), "mailto:a@b.example", clock=lambda: now[0])

    first = vapid.authorization("https://push.example")
    assert vapid.authorization("https://push.example") == first
    assert vapid.authorization("https://other.example") != first
    now[0] += 11.5 * 3600
    assert vapid.authorization("https://push.example") != first
