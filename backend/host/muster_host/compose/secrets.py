"""`muster secrets make`: passwords, addresses with passwords in them, keys and certificates for docker/compose.yml.

Whatever is there is kept, so that it can be run again after a service was added. The folder is for its owner alone;
the files in it may be read by the containers, whose users are not the owner.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from muster_host import certificates
from muster_host.engines.rabbitmq import permission, user
from muster_host.engines.valkey import configuration
from muster_host.errors import HostError
from muster_host.home import new_secret
from muster_host.services import installed_names

BROKER_HOST = "rabbitmq:5672"
DATABASE_HOST = "postgres:5432"
CACHE_HOST = "redis:6379"
SEARCH_HOST = "elasticsearch:9200"


def make(folder: Path) -> list[str]:
    """Make what is missing; answers the names of the files."""
    made: list[str] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

        def have(name: str, text: Callable[[], str]) -> str:
            path = folder / name
            if not path.exists():
                new = folder / f".{name}.new"
                new.write_text(text(), encoding="utf-8")
                new.chmod(0o644)
                new.replace(path)
                made.append(name)
            return path.read_text(encoding="utf-8").strip()

        _fill(folder, have)
    except OSError as error:
        raise HostError(f"{error.filename or folder} cannot be used: {error.strerror}.") from error
    return made


def _fill(folder: Path, have: Callable[[str, Callable[[], str]], str]) -> None:
    names = installed_names()
    accounts: list[tuple[str, str]] = []
    for name in names:
        role = name.replace("-", "_")
        password = have(f"{role}_database_password", _password)
        have(
            f"{role}_database_url",
            lambda r=role, p=password: f"postgresql://{r}:{p}@{DATABASE_HOST}/muster",
        )
        url = have(
            f"{role}_broker_url", lambda n=name: f"amqp://{n}:{_password()}@{BROKER_HOST}/muster"
        )
        accounts.append((name, url.split(":")[2].partition("@")[0]))
    definitions = {
        "vhosts": [{"name": "muster"}],
        "users": [user(name, password) for name, password in accounts],
        "permissions": [permission(name, "muster") for name, _ in accounts],
    }
    known = json.loads(have("rabbitmq_definitions", lambda: json.dumps(definitions)))
    if {one["name"] for one in known["users"]} != set(names):  # a service was added since
        (folder / "rabbitmq_definitions").unlink()
        have("rabbitmq_definitions", lambda: json.dumps(definitions))
    have("postgres_password", _password)
    cache = have("cache_url", lambda: f"redis://:{_password()}@{CACHE_HOST}/0")
    password = cache.removeprefix("redis://:").partition("@")[0]
    have("redis_conf", lambda: _redis_conf(password))
    password = have("elasticsearch_password", _password)
    have("elasticsearch_url", lambda: f"http://elastic:{password}@{SEARCH_HOST}")
    have("demo_password", lambda: new_secret("demo.password"))
    for key in ("wrapping_key", "notification_wrapping_key", "alert_management_hooks_key"):
        have(key, lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    if any(not (folder / "certificates" / f"{name}.crt").exists() for name in names):
        certificates.make(folder / "certificates", names)
        for (
            name
        ) in names:  # the container's user is not the owner; the folder above lets nobody else in
            (folder / "certificates" / f"{name}.key").chmod(0o644)


def _redis_conf(password: str) -> str:
    lines = configuration(Path("/data"), 6379, password, durable=True)
    return lines.replace("bind 127.0.0.1\n", "bind 0.0.0.0\n")


def _password() -> str:
    return secrets.token_hex(20)
