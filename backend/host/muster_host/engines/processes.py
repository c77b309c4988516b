"""Child processes that are found again after their parent was killed.

An engine works inside a folder of its own, and its working directory is that folder. That, and not a remembered
process number (which another program may have inherited), is how an orphan of an earlier start is recognized.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from muster_host.errors import HostError

_POLL_SECONDS = 0.01


def processes_in(folder: Path, program: str) -> list[int]:
    """Processes of ours whose working directory is `folder` and whose command line names `program`."""
    wanted = os.path.realpath(folder)
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            here = str((entry / "cwd").readlink())
            command = (entry / "cmdline").read_bytes()
        except OSError:  # ended meanwhile, or another person's
            continue
        if here == wanted and program.encode() in command:
            found.append(int(entry.name))
    return found


def stop_orphans(folder: Path, program: str, ask: signal.Signals, *, patience: float = 10.0) -> int:
    """Stop what an earlier, killed start left running in `folder`; the number of processes stopped."""
    orphans = processes_in(folder, program)
    _signal_all(orphans, ask)
    if not _gone(orphans, patience):
        _signal_all(processes_in(folder, program), signal.SIGKILL)
        _gone(orphans, 5.0)
    return len(orphans)


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _gone(pids: Sequence[int], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


class Child:
    """One child process in a session of its own: Ctrl-C reaches the host, which stops its children in order."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        folder: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
        standard_input: str = "",
    ) -> None:
        """Start `command` in `folder`; its output is appended to `log`."""
        self.name = name
        self.log = log
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as output:
                self._log_start = output.tell()
                self._process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=None if environment is None else dict(environment),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            with self._process.stdin or open(os.devnull, "wb") as channel:  # noqa: PTH123 - never None
                channel.write(standard_input.encode())
        except OSError as error:
            raise HostError(f"{name} cannot be started: {error}.") from error

    @property
    def pid(self) -> int:
        """The process number."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it still lives."""
        return self._process.poll() is None

    def output(self) -> str:
        """What it has written to its log since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def last_words(self) -> str:
        """The end of its output, for an error message."""
        lines = [line.strip() for line in self.output().splitlines() if line.strip()]
        return " / ".join(lines[-3:]) or "it wrote nothing"

    def stop(self, ask: signal.Signals, *, patience: float) -> None:
        """Ask it to end; after `patience` seconds end it and whatever it started."""
        if self.running():
            self._process.send_signal(ask)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        except KeyboardInterrupt:  # a second Ctrl-C: no more patience
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, with its own children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
