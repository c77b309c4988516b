"""RabbitMQ as Debian ships it, as a throwaway broker with a name server, a cookie and accounts of its own.

The broker's name server (epmd) is our child too: started by the broker it would outlive it. Accounts are handed over
in a definitions file, so that no administrator's program has to run against the broker.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from muster_host.engines.engine import Engine
from muster_host.engines.processes import Child
from muster_host.errors import HostError

USER = "muster"
_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
_MEMORY = "600MB"  # above this publishers are blocked
_DISK = "64MB"  # free space below which publishers are blocked
_FRAME_END = 0xCE


def programs() -> Path:
    """The folder with `rabbitmq-server`: MUSTER_RABBITMQ_BIN, else Debian's (not the wrappers in /usr/sbin)."""
    folder = Path(os.environ.get("MUSTER_RABBITMQ_BIN") or _PROGRAMS)
    if not (folder / "rabbitmq-server").exists() or shutil.which("epmd") is None:
        raise HostError(
            "rabbitmq-server is not installed: `tools/bootstrap engines` as root, or"
            " `apt-get install rabbitmq-server`."
        )
    return folder


class RabbitMQ(Engine):
    """A single RabbitMQ node with its management API."""

    name = "RabbitMQ"
    key = "rabbitmq"
    ports_needed = 4  # AMQP, distribution, epmd, management
    start_seconds = 120.0

    def __init__(
        self, folder: Path, password: str, *, definitions: Mapping[str, Any] | None = None
    ) -> None:
        """`definitions` adds accounts, virtual hosts and permissions, in RabbitMQ's own form."""
        super().__init__(folder, password)
        self._definitions = definitions or {}
        self._names: Child | None = None

    @property
    def url(self) -> str:
        """How to reach the first virtual host, account and password included."""
        return self.vhost_url("/")

    @property
    def management_url(self) -> str:
        """The management API, account and password included."""
        return f"http://{USER}:{self._password}@127.0.0.1:{self.ports[3]}"

    def vhost_url(self, vhost: str) -> str:
        """How to reach another virtual host."""
        place = "" if vhost == "/" else quote(vhost, "")
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.ports[0]}/{place}"

    def details(self) -> dict[str, str]:
        """The management API."""
        return {"management_url": self.management_url}

    def control(self, *words: str) -> str:
        """Run rabbitmqctl on this broker: for faults such as an alarm, never to find out whether it is up."""
        done = subprocess.run(
            [programs() / "rabbitmqctl", "--quiet", *words],
            env={**os.environ, **self._environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise HostError(f"rabbitmqctl {words[0]} failed: {done.stderr.strip()[-500:]}")
        return done.stdout.strip()

    def _prepare(self) -> None:
        for name in ("mnesia", "log"):
            (self.folder / name).mkdir(exist_ok=True)
        own = {
            "vhosts": [{"name": "/"}],
            "users": [user(USER, self._password, tags="administrator")],
            "permissions": [permission(USER, "/")],
        }
        for kind, entries in self._definitions.items():
            own[kind] = [*own.get(kind, []), *(e for e in entries if e not in own.get(kind, []))]
        self._write("definitions.json", json.dumps(own))
        self._write("enabled_plugins", "[rabbitmq_management].\n")
        lines = [
            "listeners.tcp.1 = 127.0.0.1:" + str(self.ports[0]),
            "management.tcp.ip = 127.0.0.1",
            f"management.tcp.port = {self.ports[3]}",
            f"load_definitions = {self.folder / 'definitions.json'}",
            f"vm_memory_high_watermark.absolute = {_MEMORY}",
            f"disk_free_limit.absolute = {_DISK}",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            "collect_statistics_interval = 1000",
        ]
        self._write("rabbitmq.conf", "\n".join(lines) + "\n")
        log = self.folder / "epmd.log"
        words = [
            shutil.which("epmd") or "epmd",
            "-address",
            "127.0.0.1",
            "-port",
            str(self.ports[2]),
        ]
        self._names = self._spawn("RabbitMQ's name server", words, log)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")

    def _environment(self) -> Mapping[str, str]:
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        quiet = (
            "+sbwt none +sbwtdcpu none +sbwtdio none"  # idle schedulers sleep instead of spinning
        )
        return {
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"muster-{mark}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.ports[0]),
            "RABBITMQ_DIST_PORT": str(self.ports[1]),
            "ERL_EPMD_PORT": str(self.ports[2]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "rabbitmq.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{quiet} -kernel inet_dist_use_interface {{127,0,0,1}}",
        }

    def _command(self) -> list[str]:
        return [str(programs() / "rabbitmq-server")]

    def _answers(self) -> bool:
        return handshake(self.ports[0], USER, self._password) and self._managed()

    def _managed(self) -> bool:
        try:
            return self.manage("GET", "/api/whoami") is not None
        except OSError:
            return False

    def manage(self, method: str, path: str, body: object = None) -> Any:
        """One call of the management API; its JSON.

        Raises:
            OSError: it did not answer, or refused.
        """
        return manage(self.management_url, method, path, body)

    def stop(self) -> None:
        """An orderly end; no process of it is left, its name server neither."""
        super().stop()
        self._forget_names(kill=False)

    def kill(self) -> None:
        """End it without a goodbye (tests only)."""
        super().kill()
        self._forget_names(kill=True)

    def let_go(self) -> None:
        """Leave it running when we end, with its name server."""
        super().let_go()
        if self._names is not None:
            self._names.let_go()

    def _forget_names(self, *, kill: bool) -> None:
        if self._names is not None:
            if kill:
                self._names.kill()
            else:
                self._names.stop(signal.SIGTERM, patience=5)
            self._names = None


embedded_rabbitmq = RabbitMQ.embedded


def user(name: str, password: str, *, tags: str = "") -> dict[str, str]:
    """An account as a definitions file holds it: the password salted and hashed."""
    salt = secrets.token_bytes(4)
    digest = base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
    algorithm = "rabbit_password_hashing_sha256"
    return {"name": name, "password_hash": digest, "hashing_algorithm": algorithm, "tags": tags}


def permission(name: str, vhost: str) -> dict[str, str]:
    """The right to do everything in a virtual host."""
    return {"user": name, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}


def manage(management_url: str, method: str, path: str, body: object = None) -> Any:
    """One call of a management API at `http://user:password@host:port`; its JSON."""
    account, _, place = management_url.removeprefix("http://").rpartition("@")
    request = urllib.request.Request(
        f"http://{place}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(account.encode()).decode(),
            "Content-Type": "application/json",
        },
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else {}


def add_vhost(management_url: str, vhost: str) -> None:
    """A virtual host for the throwaway account: what tests on one broker keep apart by."""
    place = quote(vhost, "")
    manage(management_url, "PUT", f"/api/vhosts/{place}", {"default_queue_type": "quorum"})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    manage(management_url, "PUT", f"/api/permissions/{place}/{USER}", everything)


def remove_vhost(management_url: str, vhost: str) -> None:
    """Remove a virtual host with all its queues."""
    manage(management_url, "DELETE", f"/api/vhosts/{quote(vhost, '')}")


def handshake(port: int, name: str, password: str) -> bool:
    """Whether a broker speaks AMQP 0-9-1 on a loopback port and lets the account in, as far as its Tune."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            if _method(connection) != (10, 10):  # Connection.Start
                return False
            answer = f"\0{name}\0{password}".encode()
            start_ok = (
                struct.pack(">HHI", 10, 11, 0)
                + b"\x05PLAIN"
                + struct.pack(">I", len(answer))
                + answer
                + b"\x05en_US"
            )
            frame = struct.pack(">BHI", 1, 0, len(start_ok)) + start_ok + bytes([_FRAME_END])
            connection.sendall(frame)
            return _method(connection) == (10, 30)  # Connection.Tune
    except OSError:
        return False


def _method(connection: socket.socket) -> tuple[int, int]:
    """Class and method of the next frame; (0, 0) if it is none."""
    head = _exactly(connection, 7)
    kind, _channel, size = struct.unpack(">BHI", head)
    body = _exactly(connection, size + 1)
    if kind != 1 or body[-1] != _FRAME_END:
        return (0, 0)
    class_, method = struct.unpack(">HH", body[:4])
    return (class_, method)


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        part = connection.recv(size - len(got))
        if not part:
            message = "the broker hung up"
            raise ConnectionError(message)
        got += part
    return got
