"""E-mail by SMTP, over connections that are kept.

SMTP has no key: what is cut off after the text was sent is in doubt.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from notification.channels.addresses import AddressError
from notification.channels.letters import domain_of, letter
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.sender import Pace, Sender

IDLE_SECONDS: Final = 20.0
"""After so long a kept connection is not trusted any more."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_GREY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """From `smtp://user:password@host:587` or `smtps://…`.

    A password goes over TLS only, but to this machine itself.
    """

    host: str
    port: int
    tls: bool
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str) -> MailServer:
        """Read the address.

        Raises:
            ValueError: it is neither smtp:// nor smtps://, or names no host.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("A mail server is smtp://[user:password@]host[:port] or smtps://…")
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            tls=tls,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


@dataclass(slots=True)
class _Line:
    """A connection, and when it was last used."""

    client: aiosmtplib.SMTP
    used: float


class _Lost(Exception):  # noqa: N818 - control flow inside this file only
    """The server was lost before it could have taken the letter."""


class SmtpMail(Sender):
    """One mail server. Connections are taken from a stack, so that few are kept when there is little to do."""

    name = ChannelName.EMAIL

    def __init__(self, server: MailServer, sender: str, pace: Pace, provider: str = "smtp") -> None:
        super().__init__(provider, pace)
        self._server, self._sender = server, sender
        self._envelope = parseaddr(sender)[1]
        self._idle: list[_Line] = []

    async def attempt(self, message: Message) -> Outcome:
        """Hand over one letter."""
        try:
            mail = letter(message, self._sender)
        except AddressError as error:
            return self.outcome(OutcomeState.FAILED, f"bad-address:{error.reason}", gone=True)
        try:
            line = await self._line()
        except SMTPAuthenticationError as error:
            return self.outcome(OutcomeState.RETRY, f"refused-us:{error.code}", retry_after=60)
        except (SMTPException, OSError, TimeoutError) as error:
            return self.outcome(OutcomeState.RETRY, f"unreachable:{type(error).__name__}")
        try:
            outcome = await self._hand_over(line.client, mail)
        except _Lost:
            line.client.close()
            return self.outcome(OutcomeState.RETRY, "cut-off:before-the-text")
        except BaseException:
            line.client.close()
            raise
        if line.client.is_connected:
            line.used = time.monotonic()
            self._idle.append(line)
        return outcome

    async def close(self) -> None:
        """Say goodbye on every connection."""
        idle, self._idle = self._idle, []
        for line in idle:
            try:
                await line.client.quit(timeout=1)
            except (SMTPException, OSError, TimeoutError):
                line.client.close()

    async def _line(self) -> _Line:
        """A connection that answers: a kept one is asked first (NOOP), as servers hang up on the idle."""
        while self._idle:
            line = self._idle.pop()
            if not line.client.is_connected:
                continue
            idle = time.monotonic() - line.used
            if idle < 1:
                return line
            if idle < IDLE_SECONDS:
                try:
                    await line.client.noop(timeout=2)
                except (SMTPException, OSError, TimeoutError):
                    line.client.close()
                    continue
                return line
            line.client.close()
        server = self._server
        secret = server.password is not None and server.host not in _LOOPBACK
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            start_tls=None if server.tls or not secret else True,
            username=server.user,
            password=server.password,
            local_hostname=domain_of(self._sender),
            timeout=self.pace.seconds,
        )
        await client.connect(timeout=min(5.0, self.pace.seconds))
        return _Line(client, time.monotonic())

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: EmailMessage) -> Outcome:
        recipient, text = str(mail["To"]), mail.as_bytes(policy=WIRE.clone(cte_type="7bit"))
        options: list[str] = []
        encoding = "ascii"
        if not recipient.isascii():
            if not client.supports_extension("smtputf8"):
                return self.outcome(OutcomeState.FAILED, "bad-address:needs-smtputf8")
            options, encoding = ["SMTPUTF8"], "utf-8"
        try:
            await client.mail(self._envelope, options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
        except SMTPResponseException as error:
            return await self._before_text(client, error)
        except (SMTPException, OSError, TimeoutError) as error:
            raise _Lost from error
        try:
            said = await client.data(text)
        except SMTPDataError as error:
            return await self._told_off(client, error)
        except TimeoutError:
            client.close()
            return self.unsure("timed-out")
        except (SMTPException, OSError) as error:
            client.close()
            return self.unsure(f"cut-off:{type(error).__name__}")
        return Outcome(OutcomeState.ACCEPTED, self.provider, _queued(said.message, mail))

    async def _before_text(self, client: aiosmtplib.SMTP, error: SMTPResponseException) -> Outcome:
        if isinstance(error, SMTPRecipientRefused) and error.code in {550, 551, 553, 556}:
            await _again(client)
            return self.outcome(OutcomeState.FAILED, f"refused:{error.code}", gone=True)
        if error.code >= 500 and not isinstance(error, SMTPRecipientRefused | SMTPNotSupported):
            await _again(client)
            return self.outcome(OutcomeState.RETRY, f"refused-us:{error.code}", retry_after=60)
        return await self._told_off(client, error)

    async def _told_off(self, client: aiosmtplib.SMTP, error: SMTPResponseException) -> Outcome:
        """A reply to the letter: 4yz come again, 5yz never."""
        await _again(client)
        if error.code in {450, 452}:
            reason = f"not-now:{error.code}" if error.code == 450 else f"rate-limited:{error.code}"
            wait = _GREY_SECONDS if error.code == 450 else 5.0
            return self.outcome(OutcomeState.RETRY, reason, retry_after=wait)
        if error.code < 500:
            reason = f"provider-error:{error.code}"
            return self.outcome(OutcomeState.RETRY, reason, retry_after=5)
        return self.outcome(OutcomeState.FAILED, f"refused:{error.code}")


async def _again(client: aiosmtplib.SMTP) -> None:
    """Make a connection fit for the next letter, or close it."""
    try:
        await client.rset(timeout=2)
    except (SMTPException, OSError, TimeoutError):
        client.close()


def _queued(said: str, mail: EmailMessage) -> str:
    """The server's own name for it if it gave one (`2.0.0 Ok: queued as 4F…`, SES: `Ok 0100…`), else the Message-ID."""
    words = said.split()
    if len(words) == 2 and words[0].lower() == "ok":
        return words[1][:100]
    if "as" in words[:-1] and words[-1].isalnum():
        return words[-1][:100]
    return str(mail["Message-ID"]).strip("<>")
