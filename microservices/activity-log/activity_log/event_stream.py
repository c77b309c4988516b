"""A server-sent event stream as an ASGI response: no task group, no generator, one waiting coroutine per client."""

from __future__ import annotations

import asyncio
import json
from typing import Protocol

from fastapi import Response
from starlette.types import Receive, Scope, Send

from activity_log.service.stream import Client, Hub
from muster_core.background import end
from muster_core.logs import get_logger

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_log = get_logger(__name__)


class Tell(Protocol):
    async def __call__(self, data: bytes) -> None:
        """Send bytes and wait while the connection is full."""
        ...


class EventStream(Response):
    """Sends a client what it missed, then what happens, until it hangs up or the hub ends it."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, client: Client, last: int | None) -> None:
        """`last` is the position that the client has seen last; None begins with what happens next."""
        super().__init__()
        self._hub, self._client, self._last = hub, client, last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Serve the stream to its end. No database connection is held while it waits."""
        sending = asyncio.create_task(self._serve(send))
        hearing = asyncio.create_task(self._until_gone(receive))
        self._client.on_cut = sending.cancel
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._client.gone()
            self._hub.close_client(self._client)
            await end(sending, hearing)

    @staticmethod
    async def _until_gone(receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _serve(self, send: Send) -> None:
        async def tell(data: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": more})

        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS.copy()})
        try:
            await self._begin(tell)
        except Exception as error:  # noqa: BLE001 - headers are sent: all that is left is to end, and the client resumes
            _log.warning("a stream could not catch up", error=type(error).__name__)
            self._client.end("the journal cannot be read now; resume with Last-Event-ID")
        while (data := await self._client.next()) is not None:
            await tell(data)
        await tell(b"", more=False)

    async def _begin(self, tell: Tell) -> None:
        last = self._last
        if last is not None and (last <= self._hub.position or await self._hub.reach(last)):
            await tell(_ready(last, resumed=True))
            async for missed in self._hub.catch_up(self._client, last):
                await tell(missed)
        else:
            # The position comes with the first event: a connection cut before anything happened resumes as well.
            await tell(_ready(self._hub.go_live(self._client), resumed=False))


def _ready(position: int, *, resumed: bool) -> bytes:
    data = json.dumps({"position": position, "resumed": resumed})
    return f"id: {position}\nevent: ready\ndata: {data}\n\n".encode()
