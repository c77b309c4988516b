"""What providers call back with. Nobody signs in: what the provider did not sign is refused before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from fastapi import Depends, Request
from fastapi.responses import Response

from muster_core.auth import system_actor
from muster_core.errors import MalformedError
from muster_core.fetching import Downloaded, Limits, Source, fetch
from muster_core.http.dependencies import RuntimeOf
from muster_core.http.problems import PROBLEM_CONTENT
from muster_core.http.routing import service_router
from muster_core.outbound import Outbound
from muster_core.runtime import Runtime
from notification.channels.callbacks.forged import ForgedError, UnreadableError
from notification.channels.callbacks.sns import SnsCallbacks
from notification.channels.callbacks.sns_contents import contents
from notification.channels.callbacks.twilio import HEADER, TwilioCallbacks
from notification.channels.port import InboundText, Receipt
from notification.database import SCHEMA
from notification.service.delivery import receipts, replies
from notification.service.problems import ForgedCallbackError
from notification.settings import Settings
from notification.vault import vault_of

router = service_router("/notifications/callbacks", "notification")

ACTOR = system_actor("notification")
_MOST_FIELDS = 60
# Providers repeat what we did not answer for some hours, never for days.
_WINDOW = timedelta(hours=6)
_AHEAD = timedelta(minutes=5)
_LIMITS = Limits(most_bytes=65_536, connect_seconds=2, read_seconds=3, total_seconds=5)
_sns: WeakKeyDictionary[Runtime, SnsCallbacks] = WeakKeyDictionary()


async def _twilio_of(runtime: RuntimeOf) -> TwilioCallbacks:
    settings = runtime.service_settings(Settings)
    token = settings.twilio_auth_token.get_secret_value()
    return TwilioCallbacks(token, settings.twilio_callback_url, settings.twilio_account_sid)


async def _sns_of(runtime: RuntimeOf) -> SnsCallbacks:
    if runtime not in _sns:
        _sns[runtime] = SnsCallbacks(runtime.service_settings(Settings).sns_topics, _fetch)
    return _sns[runtime]


async def _fetch(url: str) -> bytes:
    """A certificate of SNS, or its confirmation, from SNS itself.

    Raises:
        ForgedError: there is none, so that what it should vouch for is not believed.
    """
    found = await fetch(Source(url, "*/*"), _LIMITS, Outbound(https_only=True))
    if not isinstance(found, Downloaded):
        raise ForgedError("certificate-away")
    return found.body


_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "This is no message in a form that we know", "content": PROBLEM_CONTENT},
    403: {"description": "It is not signed by its provider", "content": PROBLEM_CONTENT},
}


@router.post("/twilio", status_code=204, response_class=Response, responses=_REFUSALS)
async def hear_twilio(
    request: Request, runtime: RuntimeOf, twilio: Annotated[TwilioCallbacks, Depends(_twilio_of)]
) -> None:
    """A status of an SMS, or an SMS that somebody sent us, signed by Twilio (`X-Twilio-Signature`)."""
    body = await request.body()
    try:
        fields = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
        told = twilio.read(request.url.query, fields, request.headers.get(HEADER))
    except ForgedError as error:
        raise ForgedCallbackError from error
    except (UnreadableError, ValueError) as error:
        raise MalformedError("This is no callback in a form that we know.") from error
    if told is not None:
        await _take_in(runtime, [told])


@router.post("/sns", status_code=204, response_class=Response, responses=_REFUSALS)
async def hear_sns(
    request: Request, runtime: RuntimeOf, sns: Annotated[SnsCallbacks, Depends(_sns_of)]
) -> None:
    """A message of one of our SNS topics, signed by SNS: receipts, texts, or a topic that wants to be confirmed."""
    try:
        message = await sns.read(await request.body())
        _check_time(message.at)
        if message.kind == "SubscriptionConfirmation":
            await sns.confirm(message)
            return
        found = contents(message)
    except ForgedError as error:
        raise ForgedCallbackError from error
    except UnreadableError as error:
        raise MalformedError("This is no message in a form that we know.") from error
    await _take_in(runtime, found)


async def _take_in(runtime: Runtime, told: Sequence[Receipt | InboundText]) -> None:
    """Each in a transaction of its own: one that was told before takes nothing of the others away."""
    vault = vault_of(runtime.settings)
    for one in told:
        if not _timely(one.at):
            continue
        async with runtime.session(SCHEMA, ACTOR) as session:
            if isinstance(one, Receipt):
                await receipts.hear(session, ACTOR, one)
            else:
                await replies.hear(session, ACTOR, vault, one)


def _check_time(at: datetime) -> None:
    if not _timely(at):
        raise ForgedError("too-old")


def _timely(at: datetime) -> bool:
    now = datetime.now(UTC)
    return now - _WINDOW <= at <= now + _AHEAD
