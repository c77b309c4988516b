"""SMS by Twilio, against a server that speaks its API."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.rest import Client as OfficialClient

from muster_testing.providers.knobs import Fate, Knobs
from muster_testing.providers.twilio import ACCOUNT, TOKEN, twilio_server
from notification.channels.health import Breaker
from notification.channels.options import ChannelSettings
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.real import real
from notification.channels.twilio_sms import TwilioSms
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]
SHARED = next(
    (one / "shared/data" for one in Path(__file__).parents if (one / "shared/data").is_dir()),
    Path("/nowhere"),
)
FORM = "To From MessagingServiceSid Body StatusCallback ValidityPeriod"
ANSWER = (
    "account_sid api_version body date_created date_sent date_updated direction error_code error_message from"
    " messaging_service_sid num_media num_segments price price_unit sid status subresource_uris to uri"
)


def described() -> list[Any]:
    """The names of the form's fields and of the answer's.

    As we know them, and of Twilio's description where it is at hand.
    """
    found = [pytest.param(set(FORM.split()), set(ANSWER.split()), id="ours")]
    for path in sorted((SHARED / "security/twilio").glob("twilio_api_v2010.openapi.json")):
        told = json.loads(path.read_text("utf-8"))
        post = told["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]
        form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        answer = told["components"]["schemas"]["api.v2010.account.message"]
        found.append(pytest.param(set(form["properties"]), set(answer["properties"]), id=path.name))
    return found


async def send(
    set_up: Any,
    settings: dict[str, Any],
    messages: list[Message],
    permit: RealWorldPermit,
) -> list[Outcome]:
    async with set_up(**settings) as senders:
        return await senders.by_channel[ChannelName.SMS][0].send(messages, permit)


async def test_each_message_is_accepted_under_the_providers_name_for_it(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server() as twilio:
        messages = [message(f"+1555555{number:04d}") for number in range(200)]
        found = await send(set_up, twilio_settings(twilio.url), messages, permit)

        assert {outcome.state for outcome in found} == {OutcomeState.ACCEPTED}
        by_sid = {got.provider_id: got.to for got in twilio.record.all}
        assert [by_sid[one.provider_id] for one in found] == [
            one.recipient.value for one in messages
        ]


async def test_twilio_is_told_when_to_drop_it_and_where_to_report(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server() as twilio:
        settings = twilio_settings(twilio.url, twilio_callback_url="https://us.example/cb")
        soon = datetime.now(UTC) + timedelta(seconds=90)
        await send(set_up, settings, [message(key="k/1", expires=soon)], permit)

        fields = twilio.record.all[0].more
        assert 85 <= int(fields["ValidityPeriod"]) <= 90
        assert fields["StatusCallback"] == "https://us.example/cb?key=k%2F1"


@pytest.mark.parametrize(
    ("to", "state", "reason", "gone"),
    [
        ("+15005550001", "failed", "refused:21211", True),
        ("+15005550004", "failed", "refused:21610", True),
        ("+15005550009", "failed", "refused:21614", True),
        ("+15005550002", "retry", "not-from-here:21612", False),
        ("0155512", "failed", "bad-address:not-e164", True),
        ("+1555\r\nX: y", "failed", "bad-address:not-e164", True),
    ],
)
async def test_a_number_that_is_none_fails_with_its_reason(
    set_up: Any,
    twilio_settings: Any,
    message: NewMessage,
    permit: RealWorldPermit,
    to: str,
    state: str,
    reason: str,
    gone: bool,
) -> None:
    async with twilio_server() as twilio:
        settings = twilio_settings(twilio.url)
        (found,) = await send(set_up, settings, [message(to)], permit)

    assert (found.state, found.reason, found.gone) == (state, reason, gone)


async def test_an_error_or_no_connection_before_acceptance_may_be_tried_again(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server(Knobs(error_rate=1)) as twilio:
        settings = twilio_settings(twilio.url)
        (ill,) = await send(set_up, settings, [message()], permit)
    (away,) = await send(set_up, settings, [message()], permit)

    assert (ill.state, ill.reason, ill.same_provider) == (
        "retry",
        "provider-error:20503",
        False,
    )
    assert (away.state, away.same_provider) == ("retry", False)
    assert (away.reason or "").startswith("unreachable")


@pytest.mark.parametrize("knobs", [{"lost_rate": 1.0}, {"latency": 3.0}])
async def test_a_lost_answer_is_a_doubt_as_twilio_knows_no_key(
    set_up: Any,
    twilio_settings: Any,
    message: NewMessage,
    permit: RealWorldPermit,
    knobs: dict[str, Any],
) -> None:
    async with twilio_server(Knobs(**knobs)) as twilio:
        settings = twilio_settings(twilio.url, twilio_seconds=1)
        (found,) = await send(set_up, settings, [message()], permit)

    assert found.state is OutcomeState.IN_DOUBT
    assert (found.reason or "").partition(":")[0] in {"cut-off", "timed-out"}


async def test_where_the_key_is_honoured_a_lost_answer_is_asked_for_again_without_a_second_effect(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server(Knobs(lost_rate=1, honours_key=True)) as twilio:
        settings = twilio_settings(twilio.url, twilio_honours_key=True)
        wanted = message()
        (first,) = await send(set_up, settings, [wanted], permit)
        twilio.knobs.lost_rate = 0
        (second,) = await send(set_up, settings, [wanted], permit)

        assert (first.state, first.same_provider) == (OutcomeState.RETRY, True)
        assert second.state is OutcomeState.ACCEPTED
        assert [got.fate for got in twilio.record.all] == [Fate.LOST, Fate.AGAIN]
        assert {got.key for got in twilio.record.all} == {wanted.key}
        assert len(twilio.record.effects()) == 1


async def test_asked_to_slow_down_we_do_and_say_when_to_come_again(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server(Knobs(limited_rate=1, retry_after=7)) as twilio:
        settings = twilio_settings(twilio.url)
        async with set_up(**settings) as senders:
            sender = senders.by_channel[ChannelName.SMS][0]
            (found,) = await sender.send([message()], permit)
            assert (found.state, found.retry_after) == (OutcomeState.RETRY, 7)
            assert (found.reason or "").startswith("rate-limited")
            assert sender.health().breaker is Breaker.CLOSED

            twilio.knobs.limited_rate = 0
            began = time.monotonic()
            task = asyncio.create_task(sender.send([message()], permit))
            await asyncio.sleep(0.5)
            assert not task.done()
            task.cancel()
            assert time.monotonic() - began < 5
            assert len(twilio.record.all) == 1


async def test_a_wrong_account_is_our_fault_and_not_the_recipients(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server() as twilio:
        settings = twilio_settings(twilio.url, twilio_auth_token="not this one")
        (found,) = await send(set_up, settings, [message()], permit)

    assert (found.state, found.reason, found.gone) == ("retry", "refused-us:20003", False)


async def test_nothing_goes_out_after_it_expires(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server() as twilio:
        late = message(expires=datetime.now(UTC) - timedelta(seconds=1))
        (found,) = await send(set_up, twilio_settings(twilio.url), [late], permit)

        assert (found.state, found.reason) == ("failed", "expired")
        assert twilio.record.all == []


async def test_after_five_failures_the_breaker_opens_and_the_rest_is_not_even_asked(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server(Knobs(error_rate=1)) as twilio:
        settings = twilio_settings(twilio.url, twilio_concurrency=1)
        async with set_up(**settings) as senders:
            sender = senders.by_channel[ChannelName.SMS][0]
            found = await sender.send([message() for _ in range(50)], permit)
            health = sender.health()

        assert [one.reason for one in found[5:]] == ["breaker-open"] * 45
        assert len(twilio.record.all) == 5
        assert (health.breaker, health.failures) == (Breaker.OPEN, 5)
        assert (health.last_success, health.last_reason) == (None, "provider-error:20503")
        assert json.loads(json.dumps(health.stored()))["breaker"] == "open"
        assert not sender.ready()


def test_what_we_post_is_what_the_official_library_posts(message: NewMessage) -> None:
    """The same address, method, account and fields."""
    settings = ChannelSettings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,  # type: ignore[arg-type]
        twilio_from="+15555550100",
        twilio_callback_url="https://us.example/cb",
    )
    sender = real(settings).by_channel[ChannelName.SMS][0]
    assert isinstance(sender, TwilioSms)
    posted: dict[str, Any] = {}

    class Watching(TwilioHttpClient):
        def request(self, *args: Any, **named: Any) -> TwilioResponse:
            posted.update(zip(("method", "url"), args, strict=False), **named)
            return TwilioResponse(201, json.dumps({"sid": "SM1"}))

    wanted = message()
    fields = dict(sender.form(wanted))
    client = OfficialClient(ACCOUNT, TOKEN, http_client=Watching())
    client.messages.create(
        to=wanted.recipient.value,
        from_="+15555550100",
        body=wanted.text,
        validity_period=int(fields["ValidityPeriod"]),
        status_callback=fields["StatusCallback"],
    )

    assert {name: str(value) for name, value in posted["data"].items()} == fields
    assert posted["method"] == "POST"
    assert posted["url"] == sender.url
    assert sender.body(wanted) == urlencode(sender.form(wanted))
    assert posted["auth"] == (ACCOUNT, TOKEN)


@pytest.mark.parametrize(("form", "answer"), described())
async def test_both_sides_keep_to_the_public_description(
    set_up: Any,
    twilio_settings: Any,
    message: NewMessage,
    permit: RealWorldPermit,
    form: set[str],
    answer: set[str],
) -> None:
    async with twilio_server() as twilio:
        settings = twilio_settings(twilio.url, twilio_callback_url="https://us.example/cb")
        await send(set_up, settings, [message()], permit)

        assert set(twilio.record.all[0].more) <= form
        (kept,) = twilio.by_sid.values()
        assert set(kept) == answer
