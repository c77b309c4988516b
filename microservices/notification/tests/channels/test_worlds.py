"""An exercise reaches nobody: not by choice of a flag, but because it holds nothing that could send."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest

from muster_testing.providers.hooks import HookServer, hook_server
from muster_testing.providers.mail import MailServer, mail_server
from muster_testing.providers.push import PushServer, push_server
from muster_testing.providers.sns import KEY_ID, REGION, SECRET, SnsServer, sns_server
from muster_testing.providers.twilio import TwilioServer, twilio_server
from notification.channels.port import ChannelName, Message, OutcomeState
from notification.channels.push_crypto import Vapid, base64url, read_key
from notification.channels.real import RealSenders
from notification.channels.sink import Sink, senders_for
from notification.channels.world import (
    Exercise,
    NotRealError,
    Real,
    RealWorldPermit,
    permit_for,
    permit_to_confirm,
)

VAPID_KEY = base64url(bytes(range(1, 33)))
ALL = [
    ("sms", "twilio"),
    ("sms", "sns"),
    ("email", "smtp"),
    ("email", "smtp-fallback"),
    ("web_push", "vapid"),
    ("web_push", "sns-push"),
    ("webhook", "webhook"),
    ("webhook", "webhook-second"),
]


@dataclasses.dataclass
class Everything:
    """Every channel set up, and what stands behind each."""

    senders: RealSenders
    twilio: TwilioServer
    sns: SnsServer
    mail: MailServer
    push: PushServer
    hook: HookServer
    arn: str

    def recipient(self, channel: str) -> str:
        """Somebody who is there."""
        match channel:
            case "sms":
                return "+15555550123"
            case "email":
                return "ada@example.org"
            case "web_push":
                key = Vapid(read_key(VAPID_KEY), "mailto:a@b.example").public
                return self.push.subscribe(key).subscription(arn=self.arn)
            case _:
                return self.hook.target(second=f"{self.hook.url}/second")

    def reached(self) -> list[Any]:
        """What any provider got."""
        found: list[Any] = []
        for server in (self.twilio, self.sns, self.mail, self.push, self.hook):
            found += server.record.all
        return found


@pytest.fixture
async def everything(set_up: Any, twilio_settings: Any) -> AsyncGenerator[Everything]:
    async with (
        twilio_server() as twilio,
        sns_server() as sns,
        mail_server() as mail,
        push_server() as push,
        hook_server() as hook,
    ):
        settings = {
            **twilio_settings(twilio.url),
            "sns_region": REGION,
            "sns_url": sns.url,
            "sns_access_key_id": KEY_ID,
            "sns_secret_access_key": SECRET,
            "smtp_url": mail.url,
            "smtp_fallback_url": mail.url,
            "vapid_private_key": VAPID_KEY,
            "webhook_loopback": True,
        }
        async with set_up(**settings) as senders:
            arn = f"arn:aws:sns:{REGION}:123456789012:endpoint/GCM/app/{uuid4()}"
            yield Everything(senders, twilio, sns, mail, push, hook, arn)


def test_what_is_tried_here_is_every_sender_there_is(everything: Everything) -> None:
    found = [
        (name, sender.provider)
        for name, senders in everything.senders.by_channel.items()
        for sender in senders
    ]

    assert found == ALL


@pytest.mark.parametrize("channel", list(ChannelName))
async def test_with_everything_set_up_an_exercise_reaches_the_sink_only(
    everything: Everything, channel: ChannelName, message: Callable[..., Message]
) -> None:
    kept: list[tuple[ChannelName, Message]] = []

    async def keep(name: ChannelName, messages: Sequence[Message]) -> None:
        kept.extend((name, one) for one in messages)

    wanted = message(everything.recipient(channel))
    choices = senders_for(Exercise(keep))[channel]
    outcomes = [outcome for choice in choices for outcome in await choice.send([wanted])]

    assert [type(choice) for choice in choices] == [Sink]
    assert [outcome.provider for outcome in outcomes] == ["sink"]
    assert kept == [(channel, wanted)]
    assert everything.reached() == []


@pytest.mark.parametrize(("channel", "provider"), ALL)
async def test_no_sender_sends_without_a_permit_for_just_this(
    everything: Everything,
    channel: str,
    provider: str,
    message: Callable[..., Message],
    permit: RealWorldPermit,
) -> None:
    choices = everything.senders.by_channel[ChannelName(channel)]
    sender = next(one for one in choices if one.provider == provider)
    theirs = message(everything.recipient(channel))
    others = message(everything.recipient(channel), broadcast=uuid4())

    forgeries: list[Any] = [None, True, object(), "Actual", type("RealWorldPermit", (), {})()]
    for forged in forgeries:
        with pytest.raises(NotRealError):
            await sender.send([theirs], forged)
    with pytest.raises(NotRealError):
        await sender.send([theirs, others], permit)
    assert everything.reached() == []

    # The negative control: with the permit the same message does go out.
    outcome = (await sender.send([theirs], permit))[0]
    if provider == "sns-push":
        # moto knows the protocol and has no such endpoint: it was asked, which is what counts here.
        assert outcome.state is OutcomeState.FAILED
    else:
        assert outcome.state is OutcomeState.ACCEPTED, outcome
    assert len(everything.reached()) == 1


@pytest.mark.parametrize(
    ("status", "exercise"),
    [
        ("Exercise", True),
        ("Exercise", False),
        ("Test", False),
        ("System", False),
        ("Draft", False),
        ("actual", False),
        ("Actual", True),
        ("Actual", None),
        ("Actual", 0),
    ],
)
def test_only_an_actual_broadcast_of_the_real_world_gets_a_permit(
    broadcast: Any, status: str, exercise: Any
) -> None:
    with pytest.raises(NotRealError):
        permit_for(dataclasses.replace(broadcast, status=status, exercise=exercise))


def test_a_contact_point_of_an_exercise_gets_no_code_either(broadcast: Any) -> None:
    with pytest.raises(NotRealError):
        permit_to_confirm(dataclasses.replace(broadcast, exercise=True))


def test_a_permit_is_neither_made_nor_copied_nor_carried_elsewhere(
    broadcast: Any, permit: RealWorldPermit
) -> None:
    with pytest.raises(NotRealError):
        RealWorldPermit(broadcast.id, object())
    with pytest.raises(NotRealError):
        pickle.dumps(permit)
    with pytest.raises(NotRealError):
        copy.deepcopy(permit)


async def test_the_real_world_gives_each_channel_its_choices(
    everything: Everything, permit: RealWorldPermit, message: Callable[..., Message]
) -> None:
    choices = senders_for(Real(permit, everything.senders.by_channel))[ChannelName.SMS]

    assert [choice.provider for choice in choices] == ["twilio", "sns"]
    assert (await choices[0].send([message()]))[0].state is OutcomeState.ACCEPTED
    assert everything.twilio.record.all[0].to == "+15555550123"
