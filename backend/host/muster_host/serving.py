"""Serving HTTP: a socket taken before anything is started, and an orderly end."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import uvicorn

from muster_host.errors import HostError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from muster_core.runtime import Runtime

_GRACE_SECONDS = 3


def listening_socket(host: str, port: int) -> socket.socket:
    """The address Muster is reached at.

    Raises:
        HostError: it is taken, not ours to take, or no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise HostError(
                f"Port {port} is in use by another program: stop it, or set MUSTER_PORT to a free port."
            ) from error
        if error.errno == errno.EACCES:
            raise HostError(
                f"Port {port} may only be used by root: set MUSTER_PORT to one from 1024 up."
            ) from error
        raise HostError(
            f"Muster cannot listen on {host}, port {port}: {error.strerror or error}."
        ) from error
    return taken


class Server(uvicorn.Server):
    """uvicorn, but what happens after the last request is ours to order."""

    def __init__(
        self, config: uvicorn.Config, runtime: Runtime, ready: Callable[[], Any] | None
    ) -> None:
        """`ready` is called once, when the first request can come."""
        super().__init__(config)
        self._ready = ready
        self._runtime = runtime

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then tell."""
        await super().startup(sockets=sockets)
        if self.started and self._ready is not None:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """A first signal asks for an orderly end, a second one shortens it, a third ends everything at once."""
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in numbers:
            loop.add_signal_handler(number, self._asked_to_stop)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _asked_to_stop(self) -> None:
        first = not self._runtime.draining.is_set()
        self._runtime.draining.set()
        seconds = self._runtime.settings.drain_seconds
        if first and seconds:
            asyncio.get_running_loop().call_later(seconds, self._end)
            return
        self.force_exit = self.should_exit
        self._end()

    def _end(self) -> None:
        """No new connection from here on; requests that have begun are answered."""
        self.should_exit = True
        self._runtime.stopping.set()


async def serve(
    app: FastAPI, listening: socket.socket, *, ready: Callable[[], Any] | None = None
) -> bool:
    """Serve until a signal; answers whether the application started at all."""
    config = uvicorn.Config(
        app,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        proxy_headers=False,
    )
    server = Server(config, app.state.runtime, ready)
    await server.serve(sockets=[listening])
    return server.started


def run(main: Callable[[], Any]) -> Any:
    """Run a coroutine function on uvloop."""
    import uvloop  # noqa: PLC0415 - only processes that serve need it

    return uvloop.run(main())
