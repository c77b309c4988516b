"""A provider that is ill is left for the second one at once; nobody gets it twice for that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from muster_testing.providers.hooks import hook_server
from muster_testing.providers.knobs import Knobs
from muster_testing.providers.mail import mail_server
from muster_testing.providers.push import push_server
from muster_testing.providers.sns import KEY_ID, REGION, SECRET, sns_server
from muster_testing.providers.twilio import twilio_server
from notification.channels.failover import send_by_choice
from notification.channels.port import Channel, ChannelName, Message, Outcome, OutcomeState
from notification.channels.push_crypto import Vapid, base64url, read_key
from notification.channels.sink import senders_for
from notification.channels.world import Real, RealWorldPermit

NewMessage = Callable[..., Message]
KEY = base64url(bytes(range(1, 33)))


def tally(outcomes: list[Outcome]) -> set[tuple[str, str]]:
    return {(one.state.value, one.provider) for one in outcomes}


def choices_of(senders: Any, permit: RealWorldPermit, channel: ChannelName) -> list[Channel]:
    return list(senders_for(Real(permit, senders.by_channel))[channel])


@pytest.mark.parametrize("knobs", [{"error_rate": 1.0}, {"limited_rate": 1.0}])
async def test_sms_go_by_sns_while_twilio_is_ill(
    set_up: Any,
    twilio_settings: Any,
    message: NewMessage,
    permit: RealWorldPermit,
    knobs: dict[str, Any],
) -> None:
    async with twilio_server(Knobs(retry_after=120, **knobs)) as twilio, sns_server() as sns:
        settings = {
            **twilio_settings(twilio.url, twilio_concurrency=4),
            "sns_region": REGION,
            "sns_url": sns.url,
            "sns_access_key_id": KEY_ID,
            "sns_secret_access_key": SECRET,
            "sns_rate": 1000,
        }
        async with set_up(**settings) as senders:
            choices = choices_of(senders, permit, ChannelName.SMS)
            messages = [message(f"+1555555{number:04d}") for number in range(40)]
            began = time.monotonic()
            found = await send_by_choice(choices, messages)
            took = time.monotonic() - began

        assert tally(found) == {("accepted", "sns")}
        assert took < 30
        assert sorted(got.to for got in sns.record.effects()) == [
            one.recipient.value for one in messages
        ]
        assert len(twilio.record.all) <= 10
        assert twilio.record.effects() == []


async def test_mail_goes_by_the_second_server_while_the_first_is_away(
    set_up: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with mail_server() as gone:
        url = gone.url
    async with (
        mail_server() as second,
        set_up(smtp_url=url, smtp_fallback_url=second.url) as senders,
    ):
        choices = choices_of(senders, permit, ChannelName.EMAIL)
        found = await send_by_choice(choices, [message("ada@example.org") for _ in range(12)])
        assert not choices[0].ready()

    assert tally(found) == {("accepted", "smtp-fallback")}
    assert len(second.letters) == 12


async def test_a_push_goes_by_sns_only_for_who_has_an_endpoint_there(
    set_up: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with push_server(Knobs(error_rate=1)) as service, sns_server() as sns:
        settings = {
            "vapid_private_key": KEY,
            "webhook_loopback": True,
            "sns_region": REGION,
            "sns_url": sns.url,
            "sns_access_key_id": KEY_ID,
            "sns_secret_access_key": SECRET,
        }
        public = Vapid(read_key(KEY), "mailto:a@b.example").public
        arn = f"arn:aws:sns:{REGION}:123456789012:endpoint/GCM/app/none"
        both, one = (service.subscribe(public) for _ in range(2))
        async with set_up(**settings) as senders:
            choices = choices_of(senders, permit, ChannelName.WEB_PUSH)
            messages = [message(both.subscription(arn=arn)), message(one.subscription())]
            found = await send_by_choice(choices, messages)

    # moto has no such endpoint; that it was asked at all is the second choice at work.
    assert (found[0].provider, found[0].state) == ("sns-push", OutcomeState.FAILED)
    assert (found[1].provider, found[1].state) == ("vapid", OutcomeState.RETRY)
    assert [got.to for got in sns.record.all] == [arn]


async def test_a_partner_is_reached_at_the_second_address(
    set_up: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with hook_server() as gone:
        target = gone.target
        url = gone.url
    async with hook_server() as second, set_up(webhook_loopback=True) as senders:
        choices = choices_of(senders, permit, ChannelName.WEBHOOK)
        assert url in target()
        both = message(target(second=f"{second.url}/second"))
        found = await send_by_choice(choices, [both, message(target())])

    assert [(one.state.value, one.provider) for one in found] == [
        ("accepted", "webhook-second"),
        ("retry", "webhook"),
    ]


async def test_a_doubt_stays_where_it_arose(
    set_up: Any, twilio_settings: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with twilio_server(Knobs(lost_rate=1)) as twilio, twilio_server() as second:
        async with (
            set_up(**twilio_settings(twilio.url)) as first_senders,
            set_up(**twilio_settings(second.url)) as second_senders,
        ):
            first = choices_of(first_senders, permit, ChannelName.SMS)[0]
            other = choices_of(second_senders, permit, ChannelName.SMS)[0]
            (found,) = await send_by_choice([first, other], [message()])

        assert found.state is OutcomeState.IN_DOUBT
        assert len(twilio.record.effects()) == 1
        assert second.record.all == []


async def test_what_a_provider_may_hold_under_its_key_is_not_given_to_another(
    set_up: Any, message: NewMessage, permit: RealWorldPermit
) -> None:
    async with hook_server(Knobs(lost_rate=1)) as partner, set_up(webhook_loopback=True) as senders:
        choices = choices_of(senders, permit, ChannelName.WEBHOOK)
        target = partner.target(second=f"{partner.url}/second")
        (found,) = await send_by_choice(choices, [message(target)])

    assert (found.state, found.same_provider) == (OutcomeState.RETRY, True)
    assert [got.to for got in partner.record.all] == ["/hook"]


async def test_with_nobody_there_it_is_tried_again_later(message: NewMessage) -> None:
    (found,) = await send_by_choice([], [message()])

    assert (found.state, found.reason) == ("retry", "no-provider")
