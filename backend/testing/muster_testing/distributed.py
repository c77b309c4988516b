"""A whole installation in pieces: every service of docker/compose.yml as its own processes, on engines of its own.

The same interface as `muster_testing.hosting.Host`, so that one story is told of both.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from muster_testing.hosting import PASSWORD, free_port, signed_in_token

if TYPE_CHECKING:
    from muster_host.compose.plan import Process
    from muster_host.compose.runner import Runner


class Distributed:
    """`muster compose up` with its data in `home`; use as a context, or `start`, `kill` and `stop`."""

    def __init__(self, home: Path, **environment: str) -> None:
        """`environment` adds to the settings; by default no feed is reached."""
        # Unix sockets and the engines' own paths are long enough; a test's folder may be longer.
        self._short = Path(tempfile.mkdtemp(prefix="md-", dir="/tmp"))
        self.home = home
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._given: Mapping[str, str] = {
            "MUSTER_GATEWAY_PORT": str(self.port),
            "MUSTER_PUBLIC_URL": self.address,
            "MUSTER_DEMO": "auto",
            "MUSTER_DEMO_PASSWORD": PASSWORD,
            "MUSTER_HAZARDS_USGS_URL": "http://127.0.0.1:9/nothing.geojson",
            **environment,
        }
        self._runner: Runner | None = None

    @property
    def runner(self) -> Runner:
        """What starts and stops the processes."""
        if self._runner is None:
            from muster_host.compose.runner import Runner  # noqa: PLC0415 - only distributed stories pay

            self._runner = Runner(self._short / "compose", self._given)
        return self._runner

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        self.runner.up()
        self.runner.note()

    def processes(self, service: str, face: str = "api") -> list[Process]:
        """The processes of a service's face: `processes("identity", "relay")`; an engine by its name alone."""
        return self.runner.plan.of(f"{service}-{face}") or self.runner.plan.of(service)

    def pids(self, service: str, face: str = "api") -> list[int]:
        """Their process numbers."""
        return [pid for one in self.processes(service, face) for pid in self.runner.pids(one)]

    def kill(self, service: str | None = None, face: str = "api") -> None:
        """What a power cut does: SIGKILL to every process, or to those of one service's face."""
        some = self.runner.plan.processes if service is None else self.processes(service, face)
        for pid in [pid for one in some for pid in self.runner.pids(one)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def restart(self, service: str, face: str = "api") -> None:
        """Roll every process of a service's face: asked to end, started, ready, then the next."""
        self.runner.restart(self.processes(service, face)[0].service.name)

    def stop(self) -> None:
        """Stop everything and forget its data; the logs stay beside `home`."""
        if self._runner is not None:
            self._runner.down()
            logs = self._runner.folder / "log"
            if logs.exists():
                shutil.copytree(logs, self.home.with_suffix(".log.d"), dirs_exist_ok=True)
        shutil.rmtree(self._short, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def muster(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A `muster` command with what that service's processes are told."""
        process = self.processes(service)[0]
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "muster_host", *words],
            env=self.runner.environment(process),
            capture_output=True,
            text=True,
            check=False,
        )

    def token(self, role: str) -> str:
        """An access token of someone with a starting role."""
        return signed_in_token(self.address, role)

    def client(self, role: str) -> httpx.Client:
        """Someone with a starting role, signed in."""
        headers = {"Authorization": f"Bearer {self.token(role)}"}
        return httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30)
