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
MARK = "MUSTER_ENGINE"
"""Environment variable in which an engine's processes carry its folder, inherited by whatever they start."""


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


def marked(folder: Path) -> list[int]:
    """Processes that carry `folder` as their mark: an engine and all it started, whoever their parent is now."""
    wanted = f"{MARK}={os.path.realpath(folder)}".encode()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another person's
            continue
        if wanted in environment:
            found.append(int(entry.name))
    return found


def descendants(pid: int) -> list[int]:
    """A process and all that descend from it, parents before their children."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                parent = int(stat.rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:  # grows while it is walked
        found += children.get(one, [])
    return found


def end(pids: Sequence[int], ask: signal.Signals, *, patience: float) -> None:
    """Ask processes to end; those that still live after `patience` seconds are killed."""
    _signal_all(pids, signal.SIGCONT)  # a paused one hears nothing else
    _signal_all(pids, ask)
    if not _gone(pids, patience):
        _signal_all([pid for pid in pids if _alive(pid)], signal.SIGKILL)
        _gone(pids, 5.0)


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

    @property
    def status(self) -> int | None:
        """Its exit status; None while it lives."""
        return self._process.poll()

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
        family = descendants(self.pid) if self.running() else []
        _signal_all(family, signal.SIGCONT)  # a paused one hears nothing else
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
        """End it at once, with its own children and theirs, whatever sessions they have made for themselves."""
        family = descendants(self.pid) if self._process.returncode is None else []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        _signal_all(family, signal.SIGKILL)
        self._process.wait()
        _gone(family, 5.0)

    def let_go(self) -> None:
        """It is ours no more: it may outlive us, and nobody waits for it."""
        self._process.returncode = 0

    def pause(self) -> None:
        """Freeze it and all its descendants, as a machine that hangs: connections stay open and nothing answers."""
        frozen: list[int] = []
        # Parents first; once more until nothing new appears, since a child may have been born meanwhile.
        while new := [pid for pid in descendants(self.pid) if pid not in frozen]:
            _signal_all(new, signal.SIGSTOP)
            frozen += new

    def resume(self) -> None:
        """Let it go on."""
        _signal_all(descendants(self.pid), signal.SIGCONT)
