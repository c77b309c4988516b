"""A message as an e-mail: plain text and HTML, threaded per alert, with one-click unsubscription (RFC 8058)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Final

from notification.channels.addresses import email
from notification.channels.port import Message

_URGENT: Final = frozenset({"Extreme", "Severe"})
_LONGEST_SUBJECT: Final = 200


def domain_of(sender: str) -> str:
    """The domain of `Name <name@domain>`, for message ids."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def message_id(message: Message, domain: str) -> str:
    """The same at every attempt and server, so that a mail program shows a second copy once.

    The first message of a thread is the thread's root for this recipient; who joined later replies to a root that
    they never got, which mail programs bear.
    """
    if message.number <= 1:
        return _root(message, domain)
    return f"<m.{_digest('key', message.key)}@{domain}>"


def letter(message: Message, sender: str) -> EmailMessage:
    """The e-mail.

    Raises:
        AddressError: the recipient's address is none.
    """
    to, domain = email(message.recipient), domain_of(sender)
    letter = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    name, address = parseaddr(sender)
    letter["From"] = Mailbox(name, addr_spec=address)
    letter["To"] = to
    letter["Subject"] = _line(message.subject)[:_LONGEST_SUBJECT]
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = message_id(message, domain)
    if message.number > 1:
        letter["In-Reply-To"] = letter["References"] = _root(message, domain)
    if message.reply_to:
        letter["Reply-To"] = _line(message.reply_to)
    if message.unsubscribe and _is_address(message.unsubscribe):
        letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.severity in _URGENT:
        letter["Importance"] = "high"
        letter["X-Priority"] = "1"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Muster-Key"] = _line(message.key)
    letter.set_content(message.text)
    if message.html is not None:
        letter.add_alternative(message.html, subtype="html")
    # Last: setting the content drops the headers that begin so.
    letter["Content-Language"] = _line(message.language)
    return letter


def _root(message: Message, domain: str) -> str:
    return f"<t.{_digest(message.thread, message.recipient.value)}@{domain}>"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def _line(text: str) -> str:
    """One line without control characters: nothing can add a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _is_address(url: str) -> bool:
    plain = url.isascii() and url.isprintable()
    return plain and url.startswith("https://") and not set(url) & set("<> ,")
