"""SNS by moto's server, behind a door that can be ill.

Moto knows the protocol, the door knows latency, errors and lost replies.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import aiohttp

from muster_testing.providers.knobs import Fate, Got, Knobs, Record
from muster_testing.providers.web import HttpServer, Request, Response, running

REGION = "us-east-1"
KEY_ID, SECRET = "AKIAIOSFODNN7MUSTER0", "a secret of nobody"
_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})


class SnsServer(HttpServer):
    """What was published to numbers and endpoints; the rest of SNS's API is there as moto has it."""

    def __init__(self, knobs: Knobs | None = None, record: Record | None = None) -> None:
        super().__init__(knobs, record)
        self.moto_url = ""
        self._session: aiohttp.ClientSession | None = None

    async def handle(self, request: Request) -> Response | None:
        """Let it through to moto, unless it is to be ill."""
        fields = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
        publish = fields.get("Action") == "Publish"
        fate = self.illness.fate() if publish else Fate.TAKEN
        if publish and (delay := self.illness.pause()):
            await asyncio.sleep(delay)
        if fate in {Fate.ERROR, Fate.LIMITED, Fate.CUT}:
            self._got(fate, fields)
            match fate:
                case Fate.ERROR:
                    return _error(503, "ServiceUnavailable", "Receiver")
                case Fate.LIMITED:
                    return _error(400, "Throttling", "Sender")
                case _:
                    return None
        response = await self._pass_on(request)
        if publish:
            self._got(fate if response.status == 200 else Fate.REFUSED, fields)
        return None if fate is Fate.LOST else response

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: Request) -> Response:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {name: value for name, value in request.headers.items() if name not in _HOP}
        async with self._session.request(
            request.method, self.moto_url + request.target, data=request.body, headers=headers
        ) as response:
            kept = {n: v for n, v in response.headers.items() if n.lower() not in _HOP}
            kept.pop("Server", None)
            kept.pop("Date", None)
            return Response(response.status, await response.read(), kept)

    def _got(self, fate: Fate, fields: Mapping[str, str]) -> None:
        to = fields.get("PhoneNumber") or fields.get("TargetArn") or fields.get("TopicArn", "")
        text = fields.get("Message", "")
        self.record.add(Got(time.time(), fate, None, to, text, None, dict(fields)))


@asynccontextmanager
async def sns_server(
    knobs: Knobs | None = None, *, port: int = 0, **more: Any
) -> AsyncGenerator[SnsServer]:
    """SNS on loopback; moto's own server runs in a thread."""
    # Takes a second to load, which other tests need not wait for.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    moto: Any = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, bound = moto.get_host_and_port()
    server = SnsServer(knobs, **more)
    server.moto_url = f"http://{host}:{bound}"
    try:
        async with running(server, port=port):
            yield server
    finally:
        await server.close()
        moto.stop()


def _error(status: int, code: str, kind: str) -> Response:
    body = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>'
        f"<Type>{kind}</Type><Code>{code}</Code><Message>{code}</Message></Error>"
        "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )
    return Response(status, body.encode(), {"Content-Type": "text/xml"})
