"""SMS and mobile push by AWS SNS.

It knows no idempotency key outside FIFO topics, so an answer that is lost is a doubt.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from notification.channels.addresses import AddressError, phone, push_target
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.sender import Pace, Sender

_SLOW_DOWN: Final = frozenset(
    {"Throttling", "ThrottlingException", "Throttled", "ThrottledException", "KMSThrottling"}
)
_GONE: Final = frozenset(
    {"EndpointDisabled", "EndpointDisabledException", "OptedOut", "OptedOutException"}
)
_OURS: Final = frozenset(
    {
        "AccessDenied",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True, slots=True)
class SnsAccount:
    """Where and as whom; without a key AWS's own ways to find one (role, profile) hold."""

    region: str
    url: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)
    sender_id: str = ""


class Sns:
    """One client for the SMS and the push of a process."""

    def __init__(self, account: SnsAccount, pace: Pace) -> None:
        self._account, self._pace = account, pace
        self._stack = AsyncExitStack()
        self._client: Any = None
        self._opening = asyncio.Lock()

    async def publish(self, **told: Any) -> str:
        """Publish; gives SNS's id of the message. The library asks once: asking again is ours to decide."""
        if self._client is None:
            async with self._opening:
                if self._client is None:
                    self._client = await self._stack.enter_async_context(self._open())
        answer: dict[str, Any] = await self._client.publish(**told)
        return str(answer["MessageId"])

    async def close(self) -> None:
        """Close the connections."""
        self._client = None
        await self._stack.aclose()

    def _open(self) -> Any:
        session: Any = AioSession()
        return session.create_client(
            "sns",
            region_name=self._account.region,
            endpoint_url=self._account.url or None,
            aws_access_key_id=self._account.key_id or None,
            aws_secret_access_key=self._account.secret or None,
            config=AioConfig(
                retries={"total_max_attempts": 1},
                connect_timeout=min(5.0, self._pace.seconds),
                read_timeout=self._pace.seconds,
                max_pool_connections=2 * self._pace.concurrency,
                user_agent_extra="Muster/0.1",
            ),
        )


class _SnsSender(Sender):
    def __init__(self, sns: Sns, provider: str, pace: Pace) -> None:
        super().__init__(provider, pace)
        self._sns = sns

    def request(self, message: Message) -> dict[str, Any]:
        """What is published."""
        raise NotImplementedError

    async def attempt(self, message: Message) -> Outcome:  # noqa: PLR0911 - a table of errors
        """Publish one message."""
        try:
            told = self.request(message)
        except AddressError as error:
            return self.outcome(OutcomeState.FAILED, f"bad-address:{error.reason}", gone=True)
        try:
            found = await self._sns.publish(**told)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            return self.outcome(OutcomeState.RETRY, f"unreachable:{type(error).__name__}")
        except ReadTimeoutError:
            return self.unsure("timed-out")
        except ClientError as error:
            return self._refused(error)
        except (NoCredentialsError, PartialCredentialsError) as error:
            reason = f"refused-us:{type(error).__name__}"
            return self.outcome(OutcomeState.RETRY, reason, retry_after=60)
        except ParamValidationError:
            return self.outcome(OutcomeState.FAILED, "refused:ParamValidation")
        except HTTPClientError as error:
            return self.unsure(f"cut-off:{type(error).__name__}")
        except BotoCoreError as error:
            return self.unsure(f"cut-off:{type(error).__name__}")
        return Outcome(OutcomeState.ACCEPTED, self.provider, found)

    async def close(self) -> None:
        """Close the connections."""
        await self._sns.close()

    def _refused(self, error: ClientError) -> Outcome:
        told: Any = error.response
        code = str(told.get("Error", {}).get("Code", "?"))
        status = int(told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code in _SLOW_DOWN or status == 429:
            return self.outcome(OutcomeState.RETRY, f"rate-limited:{code}", retry_after=2)
        if code in _GONE:
            return self.outcome(OutcomeState.FAILED, f"refused:{code}", gone=True)
        if code in _OURS or status in {401, 403}:
            return self.outcome(OutcomeState.RETRY, f"refused-us:{code}", retry_after=60)
        if status in {502, 504}:
            return self.unsure(f"provider-error:{code}")
        if status >= 500:
            return self.outcome(OutcomeState.RETRY, f"provider-error:{code}", retry_after=1)
        return self.outcome(OutcomeState.FAILED, f"refused:{code}")


class SnsSms(_SnsSender):
    """SMS, as transactional: SNS sends those first and by the surest way."""

    name = ChannelName.SMS

    def __init__(self, sns: Sns, account: SnsAccount, pace: Pace, provider: str = "sns") -> None:
        super().__init__(sns, provider, pace)
        self._attributes = {"AWS.SNS.SMS.SMSType": _text("Transactional")}
        if account.sender_id:
            self._attributes["AWS.SNS.SMS.SenderID"] = _text(account.sender_id)

    def request(self, message: Message) -> dict[str, Any]:
        """A message to a number."""
        return {
            "PhoneNumber": phone(message.recipient),
            "Message": message.text,
            "MessageAttributes": self._attributes,
        }


class SnsPush(_SnsSender):
    """Mobile push to an SNS endpoint: the second choice of web push, for who has one."""

    name = ChannelName.WEB_PUSH

    def __init__(self, sns: Sns, pace: Pace, provider: str = "sns-push") -> None:
        super().__init__(sns, provider, pace)

    def serves(self, message: Message) -> bool:
        """Only who has an endpoint."""
        try:
            return push_target(message.recipient).arn is not None
        except AddressError:
            return False

    def request(self, message: Message) -> dict[str, Any]:
        """One message in the words of each platform; the key replaces a push that came twice."""
        arn = push_target(message.recipient).arn
        if arn is None:
            raise AddressError("no-endpoint-arn")
        alert = {"title": message.subject, "body": message.text}
        data = {"key": message.key, "thread": message.thread, "url": message.url or ""}
        urgent = message.severity in {"Extreme", "Severe"}
        apns = {
            "aps": {
                "alert": alert,
                "sound": "default",
                "thread-id": message.thread,
                "interruption-level": "time-sensitive" if urgent else "active",
            },
            **data,
        }
        fcm = {
            "fcmV1Message": {
                "message": {
                    "notification": alert,
                    "data": data,
                    "android": {
                        "priority": "HIGH" if urgent else "NORMAL",
                        "notification": {"tag": message.key},
                    },
                }
            }
        }
        told = {
            "default": message.text,
            "APNS": json.dumps(apns, ensure_ascii=False),
            "GCM": json.dumps(fcm, ensure_ascii=False),
        }
        found: dict[str, Any] = {
            "TargetArn": arn,
            "MessageStructure": "json",
            "Message": json.dumps(told, ensure_ascii=False),
        }
        if message.expires is not None:
            left = max(1, int((message.expires - datetime.now(UTC)).total_seconds()))
            names = ("AWS.SNS.MOBILE.APNS.TTL", "AWS.SNS.MOBILE.FCM.TTL")
            found["MessageAttributes"] = {name: _text(str(left)) for name in names}
        return found


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
