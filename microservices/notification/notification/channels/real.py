"""The providers that are set up, first choice first.

One set per process and event loop: they keep connections, breakers and rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from notification.channels.aws_sns import Sns, SnsAccount, SnsPush, SnsSms
from notification.channels.health import Health
from notification.channels.hosted import Outside
from notification.channels.options import ChannelSettings
from notification.channels.pinning import Policy
from notification.channels.port import ChannelName, RealSender
from notification.channels.push_crypto import Vapid, read_key
from notification.channels.sender import Pace
from notification.channels.smtp import MailServer, SmtpMail
from notification.channels.twilio_sms import TwilioAccount, TwilioSms
from notification.channels.web_hook import WebHook
from notification.channels.web_push import WebPush


@dataclass(frozen=True, slots=True)
class RealSenders:
    """What `Real` is made of."""

    by_channel: Mapping[ChannelName, Sequence[RealSender]] = field(repr=False)

    def health(self) -> list[Health]:
        """Every provider of every channel, as it does in this process."""
        return [sender.health() for choices in self.by_channel.values() for sender in choices]

    async def close(self) -> None:
        """Let go of all connections."""
        for choices in self.by_channel.values():
            for sender in choices:
                await sender.close()


def real(settings: ChannelSettings, outside: Outside | None = None) -> RealSenders:
    """Every provider that has an address and an account.

    Raises:
        ValueError: a setting that names a mail server or a VAPID key cannot be read.
    """
    outside = outside or Outside(
        policy=Policy(loopback=settings.webhook_loopback), ca_file=settings.webhook_ca_file
    )
    sms: list[RealSender] = []
    push: list[RealSender] = []
    if settings.twilio_account_sid:
        sms.append(_twilio(settings))
    if vapid := settings.vapid_private_key.get_secret_value():
        pace = Pace(
            settings.vapid_rate,
            settings.vapid_concurrency,
            settings.vapid_batch,
            settings.vapid_seconds,
        )
        proof = Vapid(read_key(vapid), settings.vapid_subject)
        push.append(WebPush(proof, settings.vapid_ttl_seconds, pace, outside))
    if settings.sns_region:
        pace = Pace(
            settings.sns_rate, settings.sns_concurrency, settings.sns_batch, settings.sns_seconds
        )
        account = SnsAccount(
            region=settings.sns_region,
            url=settings.sns_url,
            key_id=settings.sns_access_key_id,
            secret=settings.sns_secret_access_key.get_secret_value(),
            sender_id=settings.sns_sender_id,
        )
        sns = Sns(account, pace)
        sms.append(SnsSms(sns, account, pace))
        push.append(SnsPush(sns, pace))
    hooks = Pace(
        settings.webhook_rate,
        settings.webhook_concurrency,
        settings.webhook_batch,
        settings.webhook_seconds,
    )
    return RealSenders(
        {
            ChannelName.SMS: sms,
            ChannelName.EMAIL: _mail(settings),
            ChannelName.WEB_PUSH: push,
            ChannelName.WEBHOOK: [WebHook(hooks, outside), WebHook(hooks, outside, second=True)],
        }
    )


def _twilio(settings: ChannelSettings) -> TwilioSms:
    account = TwilioAccount(
        url=settings.twilio_url,
        sid=settings.twilio_account_sid,
        token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        callback=settings.twilio_callback_url,
        honours_key=settings.twilio_honours_key,
    )
    pace = Pace(
        settings.twilio_rate,
        settings.twilio_concurrency,
        settings.twilio_batch,
        settings.twilio_seconds,
    )
    return TwilioSms(account, pace)


def _mail(settings: ChannelSettings) -> list[RealSender]:
    pace = Pace(
        settings.smtp_rate, settings.smtp_concurrency, settings.smtp_batch, settings.smtp_seconds
    )
    servers = {"smtp": settings.smtp_url, "smtp-fallback": settings.smtp_fallback_url}
    return [
        SmtpMail(MailServer.at(url.get_secret_value()), settings.smtp_from, pace, provider)
        for provider, url in servers.items()
        if url.get_secret_value()
    ]
