"""MUSTER_HOME: the data folder, who holds it, and the secrets made on this machine."""

from __future__ import annotations

import base64
import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Generator
from pathlib import Path

from muster_host.errors import HostError

_SOCKET_NAME_ROOM = 90  # of the 107 characters of a unix socket's path, what a folder may take
_SPACE_NEEDED = 200 << 20


class Home:
    """The data folder and what lies where in it."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written yet."""
        self.folder = Path(os.path.realpath(folder))
        self.postgres = self.folder / "postgres"
        self.valkey = self.folder / "valkey"
        self.worker = self.folder / "worker"
        self.logs = self.folder / "log"
        self._running = self.folder / "running.json"

    def create(self) -> None:
        """Make the folders, for this account alone."""
        try:
            for folder in (self.folder, self.folder / "secrets", self.worker, self.logs):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.folder / ".probe"
            probe.write_bytes(b"0" * 4096)
            probe.unlink()
        except OSError as error:
            raise self.sentence(error) from error
        free = shutil.disk_usage(self.folder).free
        if free < _SPACE_NEEDED:
            raise HostError(
                f"The disk that holds {self.folder} has {free >> 20} MB free and Muster needs"
                f" {_SPACE_NEEDED >> 20} MB: free some space, or set MUSTER_HOME elsewhere."
            )

    def sentence(self, error: OSError) -> HostError:
        """An operating system's error about this folder, for people."""
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return HostError(
                f"The disk that holds {self.folder} is full: free some space, or set MUSTER_HOME elsewhere."
            )
        return HostError(
            f"The data folder {self.folder} cannot be used ({error.strerror}: {error.filename}):"
            " set MUSTER_HOME to a folder of yours."
        )

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Hold the folder alone; the operating system lets go even after kill -9."""
        with (self.folder / "muster.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise HostError(
                    f"Muster already runs on {self.folder} ({lock.read().strip() or 'just started'}):"
                    " stop that one first, or set MUSTER_HOME and MUSTER_PORT for a second."
                ) from None
            lock.truncate(0)
            lock.write(f"process {os.getpid()}")
            lock.flush()
            yield

    def is_held(self) -> bool:
        """Whether a `muster up` has this folder."""
        try:
            with (self.folder / "muster.lock").open("a+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def secret(self, name: str) -> str:
        """A secret made on this machine at first use and kept in secrets/, readable by this account only."""
        path = self.folder / "secrets" / name
        try:
            kept = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            kept = ""
        if not kept:
            kept = new_secret(name)
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(kept + "\n", encoding="ascii")
            new.replace(path)
        return kept

    def sockets(self) -> Path:
        """A folder for unix sockets that only this account can enter, with a path short enough for them."""
        inside = self.folder / "run"
        if len(os.fsencode(inside)) <= _SOCKET_NAME_ROOM:
            folder = inside
        else:
            mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
            session = os.environ.get("XDG_RUNTIME_DIR", "")
            base = Path(session) if session and os.access(session, os.W_OK) else Path("/tmp")  # noqa: S108
            folder = base / f"muster-{os.geteuid()}-{mark}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise HostError(
                f"{folder} belongs to somebody else and cannot hold our sockets: remove it."
            )
        folder.chmod(0o700)
        return folder

    def note_running(self, addresses: dict[str, str]) -> None:
        """Leave the engines' addresses for this machine's other `muster` commands."""
        new = self._running.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(addresses), encoding="utf-8")
        new.replace(self._running)

    def running(self) -> dict[str, str]:
        """What `note_running` left, if its host still runs."""
        if not self.is_held():
            return {}
        try:
            return dict(json.loads(self._running.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def forget_running(self) -> None:
        """The engines are gone."""
        self._running.unlink(missing_ok=True)


def new_secret(name: str) -> str:
    if name == "wrapping.key":
        return base64.b64encode(secrets.token_bytes(32)).decode()
    if name == "demo.password":
        # Typed by people from a terminal: no look-alikes, 90 bits.
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(3))
    return secrets.token_urlsafe(24)
