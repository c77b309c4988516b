"""`muster up`: everything on one machine, in one process with its database, its cache and its worker as children."""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import signal
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from muster_host.engines.processes import Child, stop_orphans
from muster_host.errors import HostError
from muster_host.home import Home
from muster_host.serving import listening_socket
from muster_host.surroundings import Engines, engines

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator, Sequence

    from muster_core.microservice import Microservice
    from muster_core.settings import Settings

_WATCH_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_SHARED = (
    "MUSTER_DATABASE_URL",
    "MUSTER_CACHE_URL",
    "MUSTER_RPC_ADDRESS",
    "MUSTER_SECRET_KEY_FILE",
)


def up() -> int:
    """Start everything and serve until Ctrl-C; answers the exit status."""
    began = time.monotonic()
    from muster_host.environment import read_settings  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    home.create()
    with home.held():
        listening = listening_socket(settings.host, settings.port)
        try:
            _with_engines(home, settings, listening, began)
        except OSError as error:
            raise home.sentence(error) from error
        finally:
            listening.close()
            home.forget_running()
    print("Muster has stopped; everything is kept.", flush=True)
    return 0


def _with_engines(home: Home, settings: Settings, listening: socket.socket, began: float) -> None:
    stop_orphans(home.worker, "muster_host", signal.SIGTERM, patience=3)
    if settings.demo != "off" and settings.demo_password is None:
        os.environ["MUSTER_DEMO_PASSWORD"] = home.secret("demo.password")
    with engines(home) as started:
        from muster_host.environment import read_settings  # noqa: PLC0415

        home.note_running({name: os.environ[name] for name in _SHARED if name in os.environ})
        _log_to_file(home.logs / "muster.log", settings)
        from muster_host.services import chosen  # noqa: PLC0415

        services = chosen(())
        told = read_settings()
        _migrate(services, told)
        with _worker(home) as worker:
            _serve(home, told, services, listening, started, worker, began)


def _migrate(services: Sequence[Microservice], settings: Settings) -> None:
    from muster_host.migrate import migrate_all  # noqa: PLC0415

    done = migrate_all(services, settings)
    if done:
        print(f"Database prepared for {', '.join(done)}.", flush=True)


class Worker:
    """The background worker as a child process, started again when it dies."""

    def __init__(self, home: Home) -> None:
        """Start it."""
        self._home = home
        self._child = self._start()

    def _start(self) -> Child:
        environment = {**os.environ, "MUSTER_WORKER_PARENT": str(os.getpid())}
        command = [sys.executable, "-m", "muster_host", "worker"]
        return Child(
            "The worker",
            command,
            folder=self._home.worker,
            log=self._home.logs / "worker.log",
            environment=environment,
        )

    def running(self) -> bool:
        """Whether it lives."""
        return self._child.running()

    def start(self) -> None:
        """Start it again."""
        self._child = self._start()

    def stop(self) -> None:
        """Let it finish what it does, for a while; unfinished work is redelivered at the next start."""
        self._child.stop(signal.SIGTERM, patience=6)


@contextmanager
def _worker(home: Home) -> Generator[Worker]:
    worker = Worker(home)
    try:
        yield worker
    finally:
        worker.stop()


def _serve(
    home: Home,
    settings: Settings,
    services: Sequence[Microservice],
    listening: socket.socket,
    started: Engines,
    worker: Worker,
    began: float,
) -> None:
    from muster_core.background import end  # noqa: PLC0415
    from muster_core.microservice import FACES  # noqa: PLC0415
    from muster_core.outages import when_it_answers  # noqa: PLC0415
    from muster_host.accounts import ensure_accounts  # noqa: PLC0415
    from muster_host.application import make_application, make_runtime  # noqa: PLC0415
    from muster_host.exercise import accompany  # noqa: PLC0415
    from muster_host.serving import run, serve  # noqa: PLC0415
    from muster_host.welcome import welcome  # noqa: PLC0415

    def ready() -> None:
        print(welcome(home, settings, time.monotonic() - began), flush=True)

    async def main() -> bool:
        runtime = make_runtime(settings)
        await when_it_answers(partial(ensure_accounts, runtime, settings))
        app = make_application(services, runtime, FACES)
        beside = [
            asyncio.create_task(_watch(started, worker)),
            asyncio.create_task(accompany(runtime, settings)),
        ]
        try:
            return await serve(app, listening, ready=ready)
        finally:
            await end(*beside)
            print("\nStopping ...", flush=True)

    if not run(main):
        raise HostError(
            f"Muster could not start; the reason is at the end of {home.logs / 'muster.log'}."
        )


async def _watch(started: Engines, worker: Worker) -> None:
    """Start again what dies while we serve: at once, then after longer pauses."""
    log = logging.getLogger("muster.host")
    children = [child for child in (started.postgres, started.valkey, worker) if child is not None]
    pauses = {id(child): 0.0 for child in children}
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        for child in children:
            if child.running():
                pauses[id(child)] = max(0.0, pauses[id(child)] - _WATCH_SECONDS / 10)
                continue
            name = type(child).__name__
            log.error("%s ended by itself; starting it again", name)
            await asyncio.sleep(pauses[id(child)])
            pauses[id(child)] = min(_LONGEST_PAUSE_SECONDS, pauses[id(child)] * 2 + 0.5)
            try:
                await asyncio.to_thread(child.start)
            except (HostError, OSError):
                log.exception("%s did not start", name)


def _log_to_file(path: Path, settings: Settings) -> None:
    """Keep our logs in a file; the terminal shows only what is wrong."""
    from muster_core.logs import configure_logs  # noqa: PLC0415

    configure_logs(settings.log_level, settings.log_format)
    root = logging.getLogger()
    shown = root.handlers[0]
    kept = logging.handlers.RotatingFileHandler(
        path, maxBytes=10 << 20, backupCount=3, encoding="utf-8"
    )
    kept.setFormatter(shown.formatter)
    shown.setLevel(logging.CRITICAL)
    root.addHandler(kept)
