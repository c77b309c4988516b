"""A whole installation as its users run it: `muster up` in a process of its own, ended by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

PASSWORD = "a-story-is-no-secret"  # noqa: S105 - of an installation that lives for a minute
_READY_SECONDS = 120.0
# A crowd with one account asks as fast as it is refused: limits are counted, and never reached.
NO_LIMITS = {
    f"MUSTER_LIMIT_{who}_{what}": "1000000"
    for who in ("ACCOUNT", "ADDRESS", "ANONYMOUS")
    for what in ("RATE", "BURST")
}


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port: int = asking.getsockname()[1]
    return port


class Host:
    """`muster up` with its data in `home`; use as a context, or `start`, `kill` and `stop`."""

    def __init__(self, home: Path, **environment: str) -> None:
        """`environment` adds to the settings; by default no feed is reached."""
        self.home = home
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "MUSTER_HOME": str(home),
            "MUSTER_PORT": str(self.port),
            "MUSTER_DEMO_PASSWORD": PASSWORD,
            "MUSTER_HAZARDS_USGS_URL": "http://127.0.0.1:9/nothing.geojson",
            **environment,
        }

    def start(self) -> None:
        """Start and wait until it is ready."""
        with self.log.open("ab") as log:
            # A session of its own, so that all its processes can be found and killed together.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "muster_host", "up"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"muster up is not ready: {self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def processes(self) -> list[int]:
        """Every process of this installation: the host and all that descend from it."""
        assert self._process is not None
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text()
                except OSError:
                    continue
                parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
        ours = {self._process.pid}
        while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
            ours |= more
        return sorted(ours)

    def kill(self) -> None:
        """What a power cut does: SIGKILL to every process at once, the database too."""
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        """Ctrl-C."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(60)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def muster(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another `muster` command in the same installation."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "muster_host", *words],
            env=self._environment,
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


def signed_in_token(address: str, role: str) -> str:
    """An access token of someone with a starting role, at an installation of the stories."""
    answer = httpx.post(
        f"{address}/api/v1/auth/token",
        data={"grant_type": "password", "username": role, "password": PASSWORD},
        timeout=30,
    )
    body: dict[str, Any] = answer.raise_for_status().json()
    return str(body["access_token"])


def everything(client: httpx.Client, path: str, **query: str | int) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        given = {**query, "limit": 500} | ({"cursor": cursor} if cursor else {})
        page = _patiently(client, path, given)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def _patiently(client: httpx.Client, path: str, given: dict[str, Any]) -> dict[str, Any]:
    """A page, asked for again while a busy installation sheds load, as a client does that reads Retry-After."""
    answer = client.get(path, params=given)
    for _ in range(30):
        if answer.status_code not in {429, 503}:
            break
        time.sleep(1)
        answer = client.get(path, params=given)
    page: dict[str, Any] = answer.raise_for_status().json()
    return page
