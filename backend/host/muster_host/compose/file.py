"""docker/compose.yml as processes: what each is told, and what it waits for. Only what the file uses is understood."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from muster_host.errors import HostError

_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?:(:?[-?])((?:[^{}]|\{[^{}]*\})*))?\})")
_SECONDS = re.compile(r"(\d+)(ms|s|m)")


@dataclass(frozen=True, slots=True)
class Health:
    """How to find out whether a process is ready. Times are in seconds."""

    test: tuple[str, ...]
    interval: float
    timeout: float
    start_period: float
    start_interval: float


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of `services:`."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    health: Health | None
    replicas: int
    depends_on: dict[str, str]
    """By name of another, what is waited for: service_started, service_healthy, service_completed_successfully."""
    secrets: dict[str, Path]
    """Files by their names in /run/secrets."""
    ports: tuple[int, ...]
    published: dict[int, int] = field(default_factory=dict[int, int])
    """Ports of this machine by the container's."""
    stop_seconds: float = 10.0
    job: bool = False


def read(path: Path, environment: Mapping[str, str]) -> dict[str, Service]:
    """The services of a file, in its order, without those of a profile.

    Raises:
        HostError: it cannot be read, or a variable without which it means nothing is not set.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document: dict[str, Any] = yaml.safe_load(text)
    except (OSError, yaml.YAMLError) as error:
        raise HostError(f"{path} cannot be read: {error}.") from error
    document = cast("dict[str, Any]", filled(document, environment))
    files = {
        name: (path.parent / one["file"]).resolve() for name, one in document["secrets"].items()
    }
    return {
        name: _service(name, entry, files, environment)
        for name, entry in document["services"].items()
        if not entry.get("profiles")
    }


def filled(value: Any, environment: Mapping[str, str]) -> Any:
    """A document with its `${VARIABLE}`s replaced, by the rules of Compose.

    Raises:
        HostError: `${VARIABLE:?why}` and the variable is not set; it names the variable and says why.
    """
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value).items()
        return {key: filled(one, environment) for key, one in entries if not key.startswith("x-")}
    if isinstance(value, list):
        return [filled(one, environment) for one in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        name, operator, rest = found[1], found[2] or "", found[3] or ""
        if name is None:
            return "$"
        given = environment.get(name)
        if given is None or (not given and operator.startswith(":")):
            if operator.endswith("?"):
                raise HostError(f"{name} {rest}.")
            return str(filled(rest, environment))
        return given

    return _VARIABLE.sub(replace, value)


def _environment(entries: dict[str, Any], ours: Mapping[str, str]) -> dict[str, str]:
    """Variables; one without a value is passed on from our environment, if it is set there."""
    given = {key: ours.get(key) if value is None else value for key, value in entries.items()}
    return {key: str(value) for key, value in given.items() if value is not None}


def _service(
    name: str, entry: dict[str, Any], files: dict[str, Path], environment: Mapping[str, str]
) -> Service:
    command = entry.get("command", [])
    published: dict[int, int] = {}
    for port in entry.get("ports", []):
        ours, _, theirs = str(port).rpartition(":")
        published[int(theirs)] = int(ours.rpartition(":")[2])
    exposed = [int(port) for port in cast("list[str]", entry.get("expose", []))]
    awaited = cast("dict[str, dict[str, str]]", entry.get("depends_on") or {})
    return Service(
        name=name,
        command=tuple(shlex.split(command) if isinstance(command, str) else map(str, command)),
        environment=_environment(entry.get("environment") or {}, environment),
        health=_health(entry.get("healthcheck", {})),
        replicas=int(entry.get("deploy", {}).get("replicas", 1)),
        depends_on={on: how["condition"] for on, how in awaited.items()},
        secrets=dict(_secret(one, files) for one in entry.get("secrets", [])),
        ports=tuple(dict.fromkeys([*exposed, *published])),
        published=published,
        stop_seconds=_seconds(entry.get("stop_grace_period", "10s")),
        job=entry.get("restart") == "no",
    )


def _secret(one: Any, files: dict[str, Path]) -> tuple[str, Path]:
    if isinstance(one, str):
        return one, files[one]
    return str(one["target"]), files[one["source"]]


def _health(check: dict[str, Any]) -> Health | None:
    if not check or check.get("disable"):
        return None
    test = [str(word) for word in check["test"]]
    return Health(
        test=tuple(test[1:] if test[0] == "CMD" else ["/bin/sh", "-c", *test[1:]]),
        interval=_seconds(check.get("interval", "30s")),
        timeout=_seconds(check.get("timeout", "30s")),
        start_period=_seconds(check.get("start_period", "0s")),
        start_interval=_seconds(check.get("start_interval", "5s")),
    )


def _seconds(text: str) -> float:
    units = {"ms": 0.001, "s": 1.0, "m": 60.0}
    return sum(int(number) * units[unit] for number, unit in _SECONDS.findall(text))
