"""For tests and browsers' stories: a visitor without JavaScript, and senders that keep what they are given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx

from notification.channels.port import ChannelName, Message, Outcome, OutcomeState
from notification.channels.world import check_permit

if TYPE_CHECKING:
    from muster_core.runtime import Runtime
    from muster_testing.delivery import Delivery
    from notification.channels.health import Health
    from notification.channels.world import RealWorldPermit

SITE = "http://muster.test"


@dataclass
class Kept:
    """A provider of one channel that keeps what it is given: the far end of the wire is the test's edge."""

    name: ChannelName
    provider: str = "kept"
    batch: int = 500
    rate: float = 1e6
    honours_key: bool = True
    state: OutcomeState = OutcomeState.ACCEPTED
    sent: list[Message] = field(default_factory=list[Message])

    def ready(self) -> bool:
        return True

    def health(self) -> Health:
        raise NotImplementedError

    def serves(self, message: Message) -> bool:  # noqa: ARG002 - everybody
        return True

    async def send(self, messages: Sequence[Message], permit: RealWorldPermit) -> list[Outcome]:
        check_permit(permit, messages)
        if self.state is OutcomeState.ACCEPTED:
            self.sent += messages
        return [Outcome(self.state, self.provider) for _ in messages]

    async def close(self) -> None:
        pass


@dataclass
class Post:
    """Everything that left, by channel; `deliver()` first does what workers would."""

    runtime: Runtime
    relay: Delivery
    senders: dict[ChannelName, Kept]
    done: int = 0

    async def deliver(self) -> None:
        """Send the codes that are due."""
        await self.relay()
        works, self.done = self.relay.tasks[self.done :], len(self.relay.tasks)
        for work in works:
            await self.relay.run(work["task"], **work["arguments"])

    def to(self, address: str) -> list[Message]:
        """What was sent to an address, oldest first."""
        return [
            message
            for sender in self.senders.values()
            for message in sender.sent
            if address in message.recipient.value
        ]

    async def code(self, address: str) -> str:
        """The latest code sent to an address."""
        await self.deliver()
        return str(self.to(address)[-1].data["code"])


@dataclass
class Page:
    """A page as somebody without JavaScript has it."""

    status: int
    html: str
    headers: httpx.Headers
    path: str

    @property
    def text(self) -> str:
        """What it says."""
        body = re.sub(r"<style>.*?</style>", "", self.html, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def links(self, start: str) -> list[str]:
        """Addresses of links and forms that begin so."""
        found = re.findall(r'(?:href|action)="([^"]+)"', self.html)
        return [unescape(one) for one in found if one.startswith(start)]

    def value(self, name: str) -> str:
        """What stands in a field."""
        found = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', self.html)
        assert found, name
        return unescape(found[1])


@dataclass
class Visitor:
    """Somebody with a browser."""

    client: httpx.AsyncClient

    async def open(self, path: str, **headers: str) -> Page:
        return self._page(await self.client.get(path, headers=headers))

    async def send(self, path: str, fields: dict[str, Any], **headers: str) -> Page:
        """Send a form and follow where it leads."""
        response = await self.client.post(path, data=fields, headers=headers)
        if response.status_code == 303:
            response = await self.client.get(response.headers["location"])
        return self._page(response)

    async def subscribe(self, **fields: Any) -> Page:
        """Fill in the form."""
        return await self.send(
            "/subscribe",
            {"coordinates": "35.5, -117.5", "severity": "Minor", "language": "en"} | fields,
        )

    async def confirm(self, page: Page, code: str) -> Page:
        """Type a code."""
        return await self.send("/subscribe/confirm", {"t": page.value("t"), "code": code})

    @staticmethod
    def _page(response: httpx.Response) -> Page:
        return Page(
            response.status_code,
            response.text,
            response.headers,
            response.request.url.raw_path.decode(),
        )


def number_of(last: int) -> str:
    """A mobile number that its country's plan has."""
    return f"+1415555{last:04}"


PHONE = number_of(2671)


async def subscribed(visitor: Visitor, post: Post, **fields: Any) -> str:
    """Subscribe and confirm; answers the path of one's own page."""
    page = await visitor.subscribe(**{"phone": PHONE} | fields)
    done = await visitor.confirm(page, await post.code(fields.get("phone", PHONE)))
    return done.links("/subscribe/manage/")[0]
