"""Starting, stopping and restarting what docker/compose.yml describes, as processes of this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from muster_host.compose import secrets as secret_files
from muster_host.compose import servers
from muster_host.compose.file import Service, read
from muster_host.compose.plan import ENGINE_PORTS, Plan, Process
from muster_host.engines.engine import stop_in
from muster_host.engines.processes import MARK, Child, end, marked, processes_in
from muster_host.errors import HostError
from muster_host.settings import HostSettings

DOCKER = Path(__file__).parents[4] / "docker"
_AT_ONCE = 4  # starting at the same time: each start takes a processor for seconds
_POLL_SECONDS = 0.1


class Runner:
    """One deployment in pieces, its data in `folder`."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], file: Path | None = None
    ) -> None:
        """`environment` fills the file's variables.

        Raises:
            HostError: the file lacks a variable, which is named.
        """
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.docker = (file or DOCKER / "compose.yml").parent
        self.secrets = self.folder / "secrets"
        services = read(file or DOCKER / "compose.yml", environment)
        self.plan = Plan(self.folder, services)
        self._demo_password = environment.get("MUSTER_DEMO_PASSWORD")

    @property
    def address(self) -> str:
        """The gateway's."""
        return self.plan.of("gateway")[0].http

    def up(self, say: Callable[[str], None] = lambda _line: None) -> None:
        """Start everything, each once what it depends on is there; what runs already is left alone.

        Raises:
            HostError: something ended or was not ready in time; the rest is left as it is, for a look at its log.
        """
        self._make_secrets()
        ready: dict[str, bool] = {}
        starting: dict[str, tuple[Process, Future[None]]] = {}
        waiting = list(self.plan.processes)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while waiting or starting:
                for process in [one for one in waiting if self._may_start(one.service, ready)]:
                    if len(starting) == _AT_ONCE:
                        break
                    waiting.remove(process)
                    starting[process.name] = (process, pool.submit(self.start, process))
                for name, (_process, future) in list(starting.items()):
                    if future.done():
                        future.result()
                        ready[name] = True
                        del starting[name]
                        say(f"{name} is ready ({len(ready)} of {len(self.plan.processes)})")
                time.sleep(_POLL_SECONDS / 4)

    def _may_start(self, service: Service, ready: Mapping[str, bool]) -> bool:
        return all(
            ready.get(one.name, False) for on in service.depends_on for one in self.plan.of(on)
        )

    def start(self, process: Process) -> None:
        """Start one process and wait until it is ready, or for a job until it is done."""
        name = process.service.name
        process.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not process.service.job and self._runs(process):
            return
        if name == "postgres":
            servers.database(self.plan, process, self.secrets, self.docker)
        elif name in ENGINE_PORTS:
            servers.engine(process, self.secrets)
        elif name == "gateway":
            child = servers.gateway(self.plan, process, self.docker)
            self._wait(process, child, lambda: servers.answers(f"{process.http}/healthz"))
        elif name == "frontend":
            child = servers.frontend(process, self.docker, HostSettings().frontend)
            self._wait(process, child, lambda: servers.answers(f"{process.http}/index.html"))
        else:
            self._start_ours(process)

    def _runs(self, process: Process) -> bool:
        if process.service.name == "postgres":
            return False  # started anew in any case: cheap, and its data is taken over
        return self.runs(process)

    def _start_ours(self, process: Process) -> None:
        self._hand_secrets(process)
        environment = self.environment(process)
        program, *rest = self.plan.words(process.service.command, process)
        assert program == "muster", program
        child = Child(
            process.name,
            [sys.executable, "-m", "muster_host", *rest],
            folder=process.folder,
            log=self.folder / "log" / f"{process.name}.log",
            environment=environment,
        )
        if process.service.job:
            while child.running():
                time.sleep(_POLL_SECONDS)
            if child.status:
                raise HostError(f"{process.name} failed: {child.last_words()} (log: {child.log})")
            return
        self._wait(process, child, lambda: self.healthy(process))

    def _wait(self, process: Process, child: Child, ready: Callable[[], bool]) -> None:
        health = process.service.health
        patience = max(30.0, health.start_period if health else 0)
        pause = max(_POLL_SECONDS, health.start_interval if health else 0)
        deadline = time.monotonic() + patience
        while not ready():
            if not child.running():
                raise HostError(f"{process.name} ended: {child.last_words()} (log: {child.log})")
            if time.monotonic() > deadline:
                raise HostError(
                    f"{process.name} was not ready in {patience:.0f} s: {child.last_words()} (log: {child.log})"
                )
            time.sleep(pause)
        child.let_go()

    def healthy(self, process: Process) -> bool:
        """The health check that the file gives it; True for a process without one that runs."""
        health = process.service.health
        if health is None or process.service.name in {*ENGINE_PORTS, "gateway", "frontend"}:
            return self.runs(process)
        check = str(self.docker / "healthcheck.py")
        words = [
            {"python": sys.executable, "/opt/muster/healthcheck.py": check}.get(word, word)
            for word in self.plan.words(health.test, process)
        ]
        try:
            done = subprocess.run(
                words,
                env=self.environment(process),
                capture_output=True,
                timeout=health.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def environment(self, process: Process) -> dict[str, str]:
        """As in a container: nothing of ours but where programs are, and what the file says."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
        return {
            **kept,
            "MUSTER_HOME": str(process.folder / "home"),
            **self.plan.environment(process),
            MARK: os.path.realpath(process.folder),
        }

    def _make_secrets(self) -> None:
        self.secrets.mkdir(mode=0o700, exist_ok=True)
        chosen = self.secrets / "demo_password"
        if self._demo_password and not chosen.exists():
            chosen.write_text(self._demo_password, encoding="utf-8")
        secret_files.make(self.secrets)

    def _hand_secrets(self, process: Process) -> None:
        """Its files of /run/secrets, with the addresses of this machine."""
        folder = process.folder / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, source in process.service.secrets.items():
            own = self.secrets / source.relative_to((self.docker / "secrets").resolve())
            text = self.plan.here(own.read_text(encoding="utf-8"))
            if name == "muster_search_elasticsearch_url":
                text = self._search_engine()
            file = folder / name
            file.unlink(missing_ok=True)
            file.touch(mode=0o600)
            file.write_text(text, encoding="utf-8")

    def _search_engine(self) -> str:
        """The throwaway node's account; it knows no `elastic`."""
        node = self.plan.of("elasticsearch")[0]
        password = (node.folder / "password").read_text(encoding="ascii")
        return f"http://muster:{password}@127.0.0.1:{node.ports[9200]}"

    def stop(self, process: Process) -> None:
        """Ask a process to end, as long as the file gives it; then end it."""
        if process.service.name == "postgres":
            servers.stop_database(process)
            return
        found = self.pids(process)
        if process.service.name in ENGINE_PORTS:
            stop_in(process.folder, patience=30)
        elif found:
            end(found, signal.SIGTERM, patience=process.service.stop_seconds)

    def restart(self, service: str) -> None:
        """Every process of a service, one after the other: the next only when the one before is ready again."""
        if not self.plan.of(service):
            raise HostError(f"There is no service {service!r} in the file.")
        for process in self.plan.of(service):
            self.stop(process)
            self.start(process)

    def down(self) -> int:
        """Stop everything, the engines last; the number of processes that ran."""
        ours = [one for one in self.plan.processes if one.service.name not in ENGINE_PORTS]
        engines = [one for one in self.plan.processes if one.service.name in ENGINE_PORTS]
        count = sum(1 for one in self.plan.processes if self.runs(one))
        for group in (ours, engines):
            with ThreadPoolExecutor(max(1, len(group))) as pool:
                list(pool.map(self.stop, group))
        return count

    def runs(self, process: Process) -> bool:
        """Whether it lives."""
        return bool(self.pids(process))

    def pids(self, process: Process) -> list[int]:
        """Its processes."""
        if process.service.name == "postgres":
            note = process.folder / "data" / "postmaster.pid"
            lines = note.read_text().splitlines() if note.exists() else []
            return [int(lines[0])] if lines and Path(f"/proc/{lines[0]}").exists() else []
        if process.service.name == "frontend":  # nginx writes its title over its environment
            return processes_in(process.folder, "nginx")
        return marked(process.folder)

    def note(self) -> None:
        """Leave what other commands and the stories want to know: pids, addresses."""
        processes = {
            one.name: {"pids": self.pids(one), "ports": one.ports, "service": one.service.name}
            for one in self.plan.processes
            if not one.service.job
        }
        text = json.dumps({"address": self.address, "processes": processes}, indent=2)
        (self.folder / "running.json").write_text(text, encoding="utf-8")

    def clear(self) -> None:
        """Forget all data."""
        shutil.rmtree(self.folder, ignore_errors=True)
