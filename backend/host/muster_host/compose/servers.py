"""The servers of compose.yml that are not ours, by this machine's programs with the very same configuration."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from muster_host.engines import (
    Elasticsearch,
    Engine,
    Postgres,
    RabbitMQ,
    Redis,
    elasticsearch,
    rabbitmq,
)
from muster_host.engines.engine import password_in
from muster_host.engines.postgres import binaries
from muster_host.engines.processes import MARK, Child, stop_orphans
from muster_host.errors import HostError
from muster_host.home import Home

if TYPE_CHECKING:
    from muster_host.compose.plan import Plan, Process

_CONNECTIONS = re.compile(r"max_connections=(\d+)")


def database(plan: Plan, process: Process, secrets: Path, docker: Path) -> Postgres:
    """PostgreSQL from the wheel, with the roles and schemas of docker/postgres at its first start."""
    password = (secrets / "postgres_password").read_text(encoding="utf-8").strip()
    home = Home(plan.folder)
    most = _CONNECTIONS.search(" ".join(process.service.command))
    server = Postgres(
        process.folder,
        home.sockets(),
        password,
        connections=int(most[1]) if most else 100,
        port=process.ports[5432],
    )
    server.start()
    server.let_go()
    done = process.folder / "prepared"
    if not done.exists():
        script = process.folder / "10-services.sh"
        text = (docker / "postgres" / "10-services.sh").read_text(encoding="utf-8")
        script.write_text(text.replace("/run/secrets", str(secrets)), encoding="utf-8")
        result = subprocess.run(
            ["/bin/sh", str(script)],
            env={
                "PATH": f"{binaries()}:{os.environ['PATH']}",
                "PGHOST": str(server.sockets),
                "PGPORT": str(process.ports[5432]),
                "PGPASSWORD": password,
                "POSTGRES_USER": "muster",
                "POSTGRES_DB": "muster",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise HostError(f"docker/postgres/10-services.sh failed: {result.stderr.strip()}")
        done.touch()
    return server


def stop_database(process: Process) -> None:
    """A fast shutdown."""
    stop_orphans(process.folder / "data", "postgres", signal.SIGINT, patience=30)


def engine(process: Process, secrets: Path) -> Engine:
    """Redis, RabbitMQ or Elasticsearch, started and let go."""
    made: Engine
    if process.service.name == "redis":
        url = (secrets / "cache_url").read_text(encoding="utf-8")
        made = Redis(process.folder, url.removeprefix("redis://:").partition("@")[0])
    elif process.service.name == "rabbitmq":
        definitions = json.loads((secrets / "rabbitmq_definitions").read_text(encoding="utf-8"))
        definitions["permissions"].append(
            {"user": "muster", "vhost": "muster", "configure": ".*", "write": ".*", "read": ".*"}
        )
        made = RabbitMQ(process.folder, password_in(process.folder), definitions=definitions)
    else:
        made = Elasticsearch(process.folder, password_in(process.folder))
    made.ports = list(process.ports.values())
    made.start()
    made.let_go()
    return made


def gateway(plan: Plan, process: Process, docker: Path) -> Child:
    """Caddy with docker/gateway/Caddyfile."""
    text = (docker / "gateway" / "Caddyfile").read_text(encoding="utf-8")
    # In the snippet the service's name is its argument: the processes are named before it is used.
    lines: list[str] = []
    snippet = text[text.index("(service) {") :].partition("\n}\n")[0] + "\n}\n"
    for line in text.replace(snippet, "").splitlines():
        name = line.strip().removeprefix("import service ")
        if name != line.strip():
            body = snippet.replace("{args.0}", name).splitlines()[1:-1]
            lines += [plan.here(one) for one in body]
        else:
            lines.append(plan.here(line))
    file = process.folder / "Caddyfile"
    whole = "\n".join(lines) + "\n"
    file.write_text(
        whole.replace("http://:8080", f"http://:{process.ports[8080]}"), encoding="utf-8"
    )
    program = _program("caddy", "caddy")
    words = [program, "run", "--config", str(file), "--adapter", "caddyfile"]
    own = {"XDG_DATA_HOME": str(process.folder), "XDG_CONFIG_HOME": str(process.folder)}
    return _child(process, words, own)


def frontend(process: Process, docker: Path, pages: Path) -> Child:
    """The built front end by nginx with docker/frontend/nginx.conf."""
    text = (docker / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/tmp/", f"{process.folder}/")  # noqa: S108 - the container's
    text = text.replace("/usr/share/nginx/html", str(pages))
    text = text.replace("/usr/share/nginx/api", str(pages.parent))
    text = text.replace("listen 8080", f"listen 127.0.0.1:{process.ports[8080]}")
    if os.geteuid() == 0:
        text = "user root;\n" + text
    file = process.folder / "nginx.conf"
    file.write_text(text, encoding="utf-8")
    words = [_program("nginx", "nginx-light"), "-p", str(process.folder), "-c", str(file)]
    return _child(process, [*words, "-g", "daemon off;"], {})


def _child(process: Process, words: list[str], own: dict[str, str]) -> Child:
    environment = {**os.environ, **own, MARK: os.path.realpath(process.folder)}
    return Child(
        process.name,
        words,
        folder=process.folder,
        log=process.folder.parents[1] / "log" / f"{process.name}.log",
        environment=environment,
    )


def _program(name: str, package: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise HostError(
            f"{name} is not installed: `tools/bootstrap engines` as root, or `apt-get install {package}`."
        )
    return found


def check_programs() -> None:
    """Whether every program is there.

    Raises:
        HostError: names the first that is missing, and how to get it.
    """
    rabbitmq.programs()
    binaries()
    _program("redis-server", "redis-server")
    _program("caddy", "caddy")
    _program("nginx", "nginx-light")
    if not elasticsearch.installed():
        raise HostError("Elasticsearch is not installed: `tools/bootstrap engines` fetches it.")


def answers(url: str) -> bool:
    """Whether something there answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False
