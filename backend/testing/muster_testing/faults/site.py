"""A distributed installation on loopback: every face a process of its own, on engines of its own, all killable.

The database, the broker and the cache are reached through links that can be broken (`proxy`). Processes are known by
the number they were started under, and nothing else is ever signalled.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from muster_host.engines import Postgres
from muster_host.engines.processes import processes_in
from muster_host.engines.rabbitmq import RabbitMQ
from muster_host.engines.redis import Redis
from muster_testing.faults.checker import check
from muster_testing.faults.clients import Crowd, observe
from muster_testing.faults.proxy import Link, Network
from muster_testing.hosting import NO_LIMITS, PASSWORD, free_port

_READY_SECONDS = 120.0
_TWICE = 2
_SIGNING_IN_SECONDS = 30.0


class Face:
    """One process of ours: some faces of all services, or a worker."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        environment: dict[str, str],
        log: Path,
        module: str = "muster_host",
    ) -> None:
        self.name = name
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.deaths = 0
        self._module = module
        self._words = [word.format(port=self.port) for word in words]
        self._environment = {**environment, "MUSTER_PORT": str(self.port)}
        self._log = log / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it may take a while until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", self._module, *self._words],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process number."""
        assert self._process is not None
        return self._process.pid

    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def ready(self) -> bool:
        """Whether it says so."""
        try:
            return httpx.get(f"{self.address}/readyz", timeout=3).is_success
        except httpx.TransportError:
            return False

    def wait(self, within: float = _READY_SECONDS) -> None:
        """Until it is ready.

        Raises:
            RuntimeError: it ended, or is not ready in time; with the end of its log.
        """
        deadline = time.monotonic() + within
        while not self.ready():
            if not self.running() or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} is not ready: {self._log.read_text()[-3000:]}")
            time.sleep(0.1)

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.running():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        if self.running():
            self.deaths += 1
            self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end; after a while, end it."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self._process is not None:
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


class Site:
    """The engines, the links to them, and the faces; a context."""

    def __init__(self, folder: Path, **environment: str) -> None:
        """Nothing is started before the block."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.logs = folder / "log"
        self.logs.mkdir()
        self.postgres = Postgres(folder / "pg", folder / "s", secrets.token_urlsafe(12))
        self.rabbitmq = RabbitMQ(folder / "mq", secrets.token_urlsafe(12))
        self.redis = Redis(folder / "redis", secrets.token_urlsafe(12))
        self.network = Network()
        self.faces: dict[str, Face] = {}
        self.environment: dict[str, str] = {}
        self.bad: list[Face] = []
        self._more = environment
        self._rpc = f"127.0.0.1:{free_port()}"
        self._turn = 0

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.network.__enter__()
            stack.push(self.__exit__)
            self._start()
            stack.pop_all()
        return self

    def _start(self) -> None:
        with ThreadPoolExecutor(3) as pool:
            engines = (self.postgres, self.rabbitmq, self.redis)
            for start in [pool.submit(engine.start) for engine in engines]:
                start.result()
        self.database_link = self.network.before(str(self.postgres.sockets / ".s.PGSQL.5432"))
        self.broker_link = self.network.before("127.0.0.1", self.rabbitmq.ports[0])
        self.cache_link = self.network.before("127.0.0.1", self.redis.ports[0])
        self.environment = self._surroundings()
        for words in (["migrate"], ["accounts"]):
            done = self.muster(*words)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
        for name, words in self._plan().items():
            self.faces[name] = Face(name, words, self._environment_of(name), self.logs)
        for face in self.faces.values():
            face.start()
        for face in self.faces.values():
            face.wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ThreadPoolExecutor(len(self.faces) or 1) as pool:
            list(pool.map(Face.stop, self.faces.values()))
        for engine in (self.redis, self.rabbitmq, self.postgres):
            with contextlib.suppress(Exception):
                engine.stop()
        self.network.__exit__(kind, error, trace)

    def _surroundings(self) -> dict[str, str]:
        key = self.folder / "wrapping.key"
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        key.chmod(0o600)
        home = self.folder / "home"
        (home / "secrets").mkdir(parents=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
        return {
            **inherited,
            **NO_LIMITS,
            "MUSTER_HOME": str(home),
            "MUSTER_SECRET_KEY_FILE": str(key),
            "MUSTER_DATABASE_URL": _behind(self.postgres.url, self.database_link),
            "MUSTER_BROKER_URL": _behind(self.rabbitmq.url, self.broker_link),
            "MUSTER_CACHE_URL": _behind(self.redis.url, self.cache_link),
            "MUSTER_RPC_ADDRESS": self._rpc,
            "MUSTER_DEMO_PASSWORD": PASSWORD,
            "MUSTER_HAZARDS_USGS_URL": "http://127.0.0.1:9/nothing.geojson",
            **self._more,
        }

    @staticmethod
    def _plan() -> dict[str, list[str]]:
        """Two of each, as a country would run them; the peers that are asked by gRPC are one process."""
        plan = {"rpc": ["serve", "--faces", "rpc"]}
        for number in range(1, 1 + _TWICE):
            plan[f"api-{number}"] = ["serve", "--faces", "api"]
            plan[f"relay-{number}"] = ["serve", "--faces", "relay"]
            plan[f"consumers-{number}"] = ["serve", "--faces", "consumers,beat"]
            plan[f"worker-{number}"] = ["worker", "--threads", "4", "--port", "{port}"]
        return plan

    def _environment_of(self, name: str) -> dict[str, str]:
        return {**self.environment, "MUSTER_PUBLIC_URL": "http://127.0.0.1", "MUSTER_FACE": name}

    def address(self) -> str:
        """An API process that lives, by turns, as a gateway would choose."""
        lives = [face for name, face in self.faces.items() if name.startswith("api-")]
        lives = [face for face in lives if face.running()] or lives
        self._turn += 1
        return lives[self._turn % len(lives)].address

    @contextlib.contextmanager
    def broken_relay(self, which: str) -> Generator[Face]:
        """One of `muster_testing.faults.relays` in place of the good ones, who come back after the block."""
        for face in self.of_kind("relay"):
            face.stop()
        module = "muster_testing.faults.relays"
        bad = Face(f"broken-{which}", [which], self._environment_of(which), self.logs, module)
        bad.start()
        try:
            yield bad
        finally:
            bad.kill()
            for face in self.of_kind("relay"):
                face.start()

    @contextlib.contextmanager
    def broken_workers(self) -> Generator[None]:
        """Those of `muster_testing.faults.workers` in place of the good ones, who come back after the block."""
        for face in self.of_kind("worker"):
            face.stop()
        module = "muster_testing.faults.workers"
        words = ["--threads", "4", "--port", "{port}"]
        self.bad = [
            Face(f"broken-worker-{n}", words, self._environment_of(f"broken-{n}"), self.logs, module)
            for n in range(_TWICE)
        ]
        for face in self.bad:
            face.start()
        try:
            yield
        finally:
            for face in self.bad:
                face.kill()
            for face in self.of_kind("worker"):
                face.start()

    def of_kind(self, kind: str) -> list[Face]:
        """The processes of a kind, such as `relay`."""
        return [face for name, face in self.faces.items() if name.startswith(f"{kind}-")]

    def database_processes(self) -> list[int]:
        """The postmaster and its backends."""
        return processes_in(self.postgres.data, "postgres")

    def kill_database(self) -> None:
        """SIGKILL to the postmaster and every backend."""
        _signal(self.database_processes(), signal.SIGKILL)
        self.postgres.kill()

    def pause_database(self) -> Callable[[], None]:
        """Freeze all of PostgreSQL; call what this answers to let it go on."""
        paused = sorted(self.database_processes())
        _signal(paused, signal.SIGSTOP)
        return lambda: _signal(paused, signal.SIGCONT)

    def settled(self, within: float = 120) -> None:
        """Every process lives and is ready, and no outbox row waits."""
        for face in self.faces.values():
            face.signal(signal.SIGCONT)
            if not face.running():
                face.start()
        for face in self.faces.values():
            face.wait(within)
        deadline = time.monotonic() + within
        while waiting := self.waiting():
            if time.monotonic() > deadline:
                raise AssertionError(f"{waiting} rows still wait in the outboxes")
            time.sleep(0.2)

    def findings(self, crowd: Crowd, *, within: float = 60) -> list[str]:
        """What the checker says once everyone rests and everything has settled."""
        crowd.rest()
        self.settled()
        verified = self.muster("journal", "verify")
        with self.client() as commander:
            observed = observe(
                commander,
                [crowd.watcher],
                within=within,
                journal_verifies=verified.returncode == 0,
                dead_letters=self.dead_letters(),
            )
        self.forget_dead_letters()
        return check(crowd.history, observed)

    def waiting(self) -> int:
        """Rows in the outboxes of all services."""
        schemas = self.postgres.query(
            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'outbox'"
        ).split()
        counts = " + ".join(f"(SELECT count(*) FROM {schema}.outbox)" for schema in schemas)  # noqa: S608
        return int(self.postgres.query(f"SELECT {counts}"))

    def dead_letters(self) -> list[str]:
        """What lies in the dead-letter tables of all services, and why."""
        schemas = self.postgres.query(
            "SELECT table_schema FROM information_schema.tables WHERE table_name = 'dead_letter'"
        ).split()
        found: list[str] = []
        for schema in schemas:
            found += self.postgres.query(
                "SELECT consumer || ' after ' || attempts || ': ' || left(error, 200)"  # noqa: S608
                f" FROM {schema}.dead_letter ORDER BY died_at"
            ).splitlines()
        return found

    def forget_dead_letters(self) -> None:
        """They have been reported: the next story begins without them."""
        if self.dead_letters():
            self.muster("dead-letters", "discard", "all")

    def muster(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another `muster` command in these surroundings."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "muster_host", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def token(self, role: str = "incident-commander") -> str:
        """An access token of someone with a starting role."""
        deadline = time.monotonic() + _SIGNING_IN_SECONDS
        while True:
            answer = httpx.post(
                f"{self.address()}/api/v1/auth/token",
                data={"grant_type": "password", "username": role, "password": PASSWORD},
                timeout=30,
            )
            if answer.status_code != 503 or time.monotonic() > deadline:
                break
            time.sleep(int(answer.headers["retry-after"]))
        body: dict[str, Any] = answer.raise_for_status().json()
        return str(body["access_token"])

    def client(self, role: str = "incident-commander") -> httpx.Client:
        """Someone with a starting role, signed in."""
        headers = {"Authorization": f"Bearer {self.token(role)}"}
        return httpx.Client(base_url=f"{self.address()}/api/v1", headers=headers, timeout=30)


def _behind(url: str, link: Link) -> str:
    """The same server, reached through a link."""
    found = urlsplit(url)
    account = re.sub(r"@.*", "", found.netloc)
    return f"{found.scheme}://{account}@{link.host}:{link.port}{found.path}"


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
