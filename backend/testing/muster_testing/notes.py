"""A contract of the tests' own, in bytes: notes that are asked for one by one or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc

SERVICE = "tests.Notes"
Answer = Callable[[bytes, Any], Awaitable[bytes]]
Stream = Callable[[bytes, Any], AsyncIterator[bytes]]


@dataclass
class Notes:
    """The serving side, as one test wants it."""

    get: Answer | None = None
    stream: Stream | None = None

    def add_to(self, server: grpc.aio.Server, _runtime: object = None) -> None:
        handlers: dict[str, Any] = {}
        if self.get is not None:
            handlers["Get"] = grpc.unary_unary_rpc_method_handler(self.get)
        if self.stream is not None:
            handlers["Stream"] = grpc.unary_stream_rpc_method_handler(self.stream)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))


class NotesStub:
    """The asking side."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.get: Any = channel.unary_unary(f"/{SERVICE}/Get")
        self.stream: Any = channel.unary_stream(f"/{SERVICE}/Stream")
