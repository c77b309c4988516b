"""What every throwaway server has in common: a folder, a password, loopback ports, a mark to find it again by."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import ClassVar, Self

from muster_host.engines.ports import free_ports
from muster_host.engines.processes import MARK, Child, end, marked
from muster_host.errors import HostError

_PORT_TAKEN = ("in use", "eaddrinuse", "already used", "failed to bind")
_ATTEMPTS = 3
_POLL_SECONDS = 0.05


class Engine(ABC):
    """A server of ours with its data in `folder`, on loopback ports that it keeps from start to start."""

    name: ClassVar[str]
    key: ClassVar[str]
    """Its folder's name, and how the command line calls it."""
    ports_needed: ClassVar[int] = 1
    start_seconds: ClassVar[float] = 60.0
    stop_seconds: ClassVar[float] = 30.0

    def __init__(self, folder: Path, password: str) -> None:
        """Nothing is started yet."""
        self.folder = folder.absolute()
        self.ports: list[int] = []
        self._password = password
        self._child: Child | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """How to reach it, account and password included."""

    def details(self) -> dict[str, str]:
        """What else another process may want to know of it."""
        return {}

    @abstractmethod
    def _prepare(self) -> None:
        """Write what the server reads; its ports are chosen."""

    @abstractmethod
    def _command(self) -> list[str]:
        """The server in the foreground."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it speaks its protocol with our account; an open port alone proves nothing."""

    def _environment(self) -> Mapping[str, str]:
        """Variables of its own."""
        return {}

    @property
    def log(self) -> Path:
        """Its output."""
        return self.folder / f"{self.key}.log"

    @property
    def pid(self) -> int:
        """The number of the process that we started."""
        if self._child is None:
            raise HostError(f"{self.name} has not been started.")
        return self._child.pid

    def processes(self) -> list[int]:
        """Every process of this engine, its helpers too."""
        return marked(self.folder)

    def running(self) -> bool:
        """Whether our child lives."""
        return self._child is not None and self._child.running()

    def start(self) -> None:
        """Start it, on the same ports again if it has had some, and wait until it answers.

        Raises:
            HostError: it is not installed, ended by itself, or did not answer in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stop_in(self.folder)
        for attempt in range(_ATTEMPTS):
            chosen = not self.ports
            self.ports = self.ports or free_ports(self.ports_needed)
            try:
                self._begin()
            except HostError as error:
                self.kill()
                taken = any(words in str(error).lower() for words in _PORT_TAKEN)
                if not (taken and chosen) or attempt == _ATTEMPTS - 1:
                    raise
                self.ports = []  # somebody was quicker
            else:
                return

    def _begin(self) -> None:
        self._prepare()
        self._child = child = self._spawn(self.name, self._command(), self.log)
        deadline = time.monotonic() + self.start_seconds
        while not self._answers():
            if not child.running():
                words = child.output()[-4000:]
                if "No space left" in words:
                    raise HostError(f"The disk that holds {self.folder} is full: free some space.")
                raise HostError(f"{self.name} cannot start: {words.strip()} (log: {child.log})")
            if time.monotonic() > deadline:
                raise HostError(
                    f"{self.name} did not start in {self.start_seconds:.0f} s: {child.last_words()}"
                )
            time.sleep(_POLL_SECONDS)

    def _spawn(self, name: str, command: list[str], log: Path) -> Child:
        environment = {**os.environ, **self._environment(), MARK: os.path.realpath(self.folder)}
        return Child(name, command, folder=self.folder, log=log, environment=environment)

    def stop(self) -> None:
        """An orderly end; no process of it is left."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, patience=self.stop_seconds)
            self._child = None
            stop_in(self.folder)

    def kill(self) -> None:
        """End it without a goodbye (tests only)."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        end(marked(self.folder), signal.SIGKILL, patience=5)

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers (tests only)."""
        if self._child is not None:
            self._child.pause()

    def resume(self) -> None:
        """Let it go on."""
        if self._child is not None:
            self._child.resume()

    def let_go(self) -> None:
        """Leave it running when we end; `stop_in` its folder stops it."""
        if self._child is not None:
            self._child.let_go()

    @classmethod
    @contextlib.contextmanager
    def embedded(cls, folder: Path) -> Generator[Self]:
        """A server for the length of a block, its data kept in `folder`."""
        server = cls(folder, password_in(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def stop_in(folder: Path, *, patience: float = 20.0) -> int:
    """Stop whatever an engine that worked in `folder` has left running; the number of processes."""
    found = marked(folder)
    if found:
        end(found, signal.SIGTERM, patience=patience)
    return len(found)


def password_in(folder: Path) -> str:
    """The password that belongs to the data in `folder`, made at its first use."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="ascii")
    return path.read_text(encoding="ascii")
