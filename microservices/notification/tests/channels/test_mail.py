"""E-mail, against a mail server."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from muster_testing.providers.knobs import Knobs
from muster_testing.providers.mail import mail_server
from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.smtp import MailServer
from notification.channels.world import RealWorldPermit

NewMessage = Callable[..., Message]


@pytest.fixture
def mail(set_up: Any, permit: RealWorldPermit) -> Any:
    async def send(url: str, messages: list[Message], **settings: Any) -> list[Outcome]:
        given = {"smtp_url": url, "smtp_from": "County Warnings <warn@county.example>", **settings}
        async with set_up(**given) as senders:
            return await senders.by_channel[ChannelName.EMAIL][0].send(messages, permit)

    return send


def part(letter: EmailMessage, kind: str) -> str:
    found = letter.get_body((kind,))
    assert found is not None
    return str(found.get_content()).strip()


async def test_a_letter_has_both_forms_and_a_way_out(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        wanted = message(
            "ada@example.org",
            text="Überschwemmung. Gehen Sie auf höheres Gelände.",
            html="<p dir='ltr'>Überschwemmung</p>",
            language="de",
            reply_to="eoc@county.example",
            unsubscribe="https://warnings.example/unsubscribe/abc",
        )
        (outcome,) = await mail(server.url, [wanted])
        (letter,) = server.letters

    assert outcome.state is OutcomeState.ACCEPTED
    assert outcome.provider_id == server.record.all[0].provider_id
    assert letter.get_content_type() == "multipart/alternative"
    assert part(letter, "plain") == wanted.text
    assert part(letter, "html") == wanted.html
    assert letter["From"] == "County Warnings <warn@county.example>"
    assert letter["To"] == "ada@example.org"
    assert letter["Reply-To"] == "eoc@county.example"
    assert letter["List-Unsubscribe"] == "<https://warnings.example/unsubscribe/abc>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "de"
    assert letter["Importance"] == "high"


async def test_update_and_cancel_hang_under_their_alert_for_each_recipient(
    mail: Any, message: NewMessage
) -> None:
    async with mail_server() as server:
        for who in ("ada@example.org", "grace@example.org"):
            for number in (1, 2, 3):
                await mail(server.url, [message(who, number=number)])
        await mail(server.url, [message("ada@example.org", thread="thread-2")])
        letters = server.letters

    ada, grace = letters[:3], letters[3:6]
    ids = [letter["Message-ID"] for letter in letters]
    assert len(set(ids)) == 7
    for thread in (ada, grace):
        root = thread[0]["Message-ID"]
        assert thread[0]["References"] is None
        assert [one["In-Reply-To"] for one in thread[1:]] == [root, root]
        assert [one["References"] for one in thread[1:]] == [root, root]
    assert all(one.endswith("@county.example>") for one in ids)


async def test_a_second_attempt_has_the_same_message_id(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        wanted = message("ada@example.org", number=2)
        await mail(server.url, [wanted])
        await mail(server.url, [wanted])

    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["X-Muster-Key"] == wanted.key


async def test_connections_are_kept_and_used_again(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        messages = [message(f"p{number}@example.org") for number in range(60)]
        found = await mail(server.url, messages, smtp_concurrency=4, smtp_rate=10_000)

    assert {one.state for one in found} == {OutcomeState.ACCEPTED}
    assert len(server.letters) == 60
    assert server.connections == 4


async def test_nobody_adds_a_header_or_a_recipient(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        evil = message(
            "ada@example.org",
            subject="Flood\r\nBcc: victim@example.org",
            reply_to="a@b.example\r\nX-Evil: 1",
            unsubscribe="https://x.example/>\r\nX-Evil: 2",
        )
        (sent,) = await mail(server.url, [evil])
        wrong = ["ada@example.org\r\nRCPT TO:<victim@example.org>", "a@b.example, c@d.example"]
        refused = await mail(server.url, [message(one) for one in wrong])

    (letter,) = server.letters
    assert sent.state is OutcomeState.ACCEPTED
    assert letter["Subject"] == "Flood Bcc: victim@example.org"
    assert (letter["Bcc"], letter["X-Evil"], letter["List-Unsubscribe"]) == (None, None, None)
    assert [got.to for got in server.record.all] == ["ada@example.org"]
    assert [one.reason for one in refused] == ["bad-address:not-an-email-address"] * 2


async def test_a_mailbox_that_is_not_there_fails_alone(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        people = ["ada@example.org", "nobody@example.org", "grace@example.org"]
        found = await mail(server.url, [message(one) for one in people], smtp_concurrency=1)

    assert [(one.state, one.gone) for one in found] == [
        ("accepted", False),
        ("failed", True),
        ("accepted", False),
    ]
    assert found[1].reason == "refused:550"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("knobs", "state", "reason"),
    [
        (Knobs(error_rate=1), "retry", "provider-error:451"),
        (Knobs(limited_rate=1), "retry", "rate-limited:452"),
        (Knobs(lost_rate=1), "in_doubt", "cut-off:SMTPServerDisconnected"),
        (Knobs(latency=3), "in_doubt", "timed-out"),
    ],
)
async def test_what_was_said_after_the_text_decides(
    mail: Any, message: NewMessage, knobs: Knobs, state: str, reason: str
) -> None:
    async with mail_server(knobs) as server:
        (found,) = await mail(server.url, [message("ada@example.org")], smtp_seconds=1)

    assert (found.state, found.reason) == (state, reason)


async def test_no_server_may_be_tried_again(mail: Any, message: NewMessage) -> None:
    async with mail_server() as server:
        url = server.url
    (found,) = await mail(url, [message("ada@example.org")])

    assert found.state is OutcomeState.RETRY
    assert (found.reason or "").startswith("unreachable")


async def test_a_password_never_goes_over_a_line_without_tls(
    mail: Any, message: NewMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mail_server() as server:
        url = server.url.replace("smtp://", "smtp://user:secret@")
        monkeypatch.setattr("notification.channels.smtp._LOOPBACK", frozenset[str]())
        (found,) = await mail(url, [message("ada@example.org")])

    assert found.state is OutcomeState.RETRY
    assert server.letters == []


def test_a_mail_servers_address_is_read_with_its_secrets() -> None:
    server = MailServer.at("smtps://us%40er:p%2Fw@mail.example")

    assert (server.host, server.port, server.tls) == ("mail.example", 465, True)
    assert (server.user, server.password) == ("us@er", "p/w")
    assert "p/w" not in repr(server)
    with pytest.raises(ValueError, match="smtp"):
        MailServer.at("http://mail.example")
