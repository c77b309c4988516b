"""A mail server on loopback (aiosmtpd), whose ills come where SMTP has them.

Before the text, or after it without a reply.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from muster_testing.providers.knobs import Fate, Got, Illness, Knobs, Record


@dataclass(slots=True)
class MailServer:
    """What it got: `record` by recipient and our key, `letters` as they were read.

    Recipients at `refused` do not exist.
    """

    knobs: Knobs = field(default_factory=Knobs)
    record: Record = field(default_factory=Record)
    refused: set[str] = field(default_factory=set[str])
    letters: list[EmailMessage] = field(default_factory=list[EmailMessage])
    connections: int = 0
    url: str = ""
    illness: Illness = field(init=False)

    def __post_init__(self) -> None:
        self.illness = Illness(self.knobs)

    # aiosmtpd calls these by name
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        del server, session, options
        if address in self.refused or address.startswith("nobody@"):
            self.record.add(Got(time.time(), Fate.REFUSED, None, address, ""))
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The letter."""
        del session
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        fate = self.illness.fate()
        if delay := self.illness.pause():
            await asyncio.sleep(delay)
        serial = f"{len(self.record.all):08X}"
        for address in envelope.rcpt_tos:
            key = letter["X-Muster-Key"]
            subject = str(letter["Subject"])
            self.record.add(
                Got(time.time(), fate, str(key) if key else None, address, subject, serial)
            )
        if fate is Fate.ERROR:
            return "451 4.3.0 Try again later"
        if fate is Fate.LIMITED:
            return "452 4.5.3 Too many messages"
        if fate in {Fate.LOST, Fate.CUT}:
            if fate is Fate.LOST:
                self.letters.append(letter)
            transport: Any = server.transport
            transport.abort()
            return "421 4.4.2 Gone"
        self.letters.append(letter)
        return f"250 2.0.0 Ok: queued as {serial}"

    def protocol(self) -> SMTP:
        """One connection."""
        self.connections += 1
        return SMTP(self, hostname="mail.localhost", enable_SMTPUTF8=True, ident="Muster test")


@asynccontextmanager
async def mail_server(
    knobs: Knobs | None = None, *, port: int = 0, record: Record | None = None
) -> AsyncGenerator[MailServer]:
    """A mail server in this event loop; `url` is its address."""
    server = MailServer(knobs or Knobs(), record or Record())
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server.protocol, "127.0.0.1", port)
    bound: Any = listening.sockets[0].getsockname()
    server.url = f"smtp://127.0.0.1:{bound[1]}"
    try:
        yield server
    finally:
        listening.close()
        server.record.close()
