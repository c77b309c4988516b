"""PostgreSQL itself fails under load: killed, paused, out of disk. The whole installation runs, one machine's way."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest

from muster_host.engines.processes import processes_in
from muster_testing.faults.checker import check
from muster_testing.faults.clients import Crowd, observe
from muster_testing.hosting import NO_LIMITS, Host

pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(600)]
RECOVERY = 5.0


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("host") / "var", **NO_LIMITS) as made:
        yield made


def _processes(host: Host) -> list[int]:
    """The postmaster and all its backends: each works in the data folder."""
    return processes_in(host.home / "postgres" / "data", "postgres")


def _verify(host: Host, crowd: Crowd) -> None:
    verified = host.muster("journal", "verify")
    with host.client("incident-commander") as commander:
        observed = observe(
            commander, [crowd.watcher], journal_verifies=verified.returncode == 0, within=60
        )
    assert check(crowd.history, observed) == [], crowd.history.count()
    assert crowd.watcher.resumed <= 6


def _refusals(host: Host, token: str) -> httpx.Response:
    """The next answer that is not a success."""
    deadline = time.monotonic() + 5
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{host.address}/api/v1", headers=headers, timeout=10) as client:
        while time.monotonic() < deadline:
            answer = client.post("/incidents", json={"name": "Into the outage"})
            if not answer.is_success:
                return answer
    raise AssertionError("it was never refused")


def _is_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1


def test_a_killed_database_loses_nothing_acknowledged_and_is_back_in_seconds(host: Host) -> None:
    token = host.token("incident-commander")
    took: list[float] = []
    with Crowd(lambda: host.address, token) as crowd:
        for _ in range(3):
            crowd.wait_for(30, within=20)
            for pid in _processes(host):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            _is_unavailable(_refusals(host, token))
            # The host starts it again; what is measured is from the kill to the next acknowledged writes.
            took.append(crowd.wait_for(5, within=20))
        crowd.rest()
        _verify(host, crowd)
    # One of the three may meet a moment when the machine is busy.
    assert sorted(took)[1] < RECOVERY, took


def test_a_paused_database_is_503_at_the_deadline_red_and_alive_and_comes_back(host: Host) -> None:
    token = host.token("incident-commander")
    with Crowd(lambda: host.address, token) as crowd:
        crowd.wait_for(30, within=20)
        paused = _processes(host)
        # The postmaster first, so that none is born in between.
        for pid in sorted(paused):
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            _is_unavailable(_refusals(host, token))
            assert time.monotonic() - began < 2.7
            time.sleep(2)
            took: list[float] = []
            for _ in range(5):
                began = time.monotonic()
                _is_unavailable(_refusals(host, token))
                took.append(time.monotonic() - began)
            # One or two may meet a moment when the machine is busy; who waits for the deadline waits each time.
            assert sorted(took)[2] < 1.5, "everybody waits though it is known to be silent"
            assert httpx.get(f"{host.address}/healthz", timeout=2).is_success
            assert httpx.get(f"{host.address}/readyz", timeout=3).status_code == 503
        finally:
            for pid in paused:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        assert crowd.wait_for(5, within=20) < RECOVERY
        assert httpx.get(f"{host.address}/readyz", timeout=3).is_success
        crowd.rest()
        assert crowd.history.slowest() < 8
        _verify(host, crowd)


@contextlib.contextmanager
def _small_disk(folder: Path, megabytes: int) -> Generator[Path]:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mount is missing, or we are not root: a disk of our own cannot be made")
    folder.mkdir()
    options = f"size={megabytes}m,mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _fill(ballast: Path) -> None:
    # Unbuffered: what is left in a buffer would be written, and fail, once more at the end.
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)


def test_on_a_full_disk_writes_are_503_and_reading_goes_on(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk", 400) as disk, Host(disk / "var", **NO_LIMITS) as host:
        host.log = tmp_path / "host.log"
        with (
            Crowd(lambda: host.address, host.token("incident-commander")) as crowd,
            host.client("incident-commander") as reader,
        ):
            crowd.wait_for(30, within=20)
            _fill(disk / "ballast")
            deadline = time.monotonic() + 30
            while True:
                answer = reader.post("/incidents", json={"name": "No room", "summary": "x" * 4000})
                if not answer.is_success:
                    break
                assert time.monotonic() < deadline, "writes go on though the disk is full"
            _is_unavailable(answer)
            assert "full" in answer.json()["detail"]
            for _ in range(20):
                assert reader.get("/incidents").is_success
                assert reader.get("/activity").is_success
                time.sleep(0.1)
            assert httpx.get(f"{host.address}/readyz", timeout=3).is_success
            (disk / "ballast").unlink()
            assert crowd.wait_for(5, within=20) < RECOVERY
            crowd.rest()
            _verify(host, crowd)
