"""Where everything of compose.yml is on this machine: a folder and loopback ports for each process.

In a file's text a container's address such as `identity-api:8080` becomes that of the process here; nothing else of
a command or an environment is changed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muster_host.engines.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from muster_host.compose.file import Service

ENGINE_PORTS = {
    "postgres": (5432,),
    "redis": (6379,),
    "rabbitmq": (5672, 25672, 4369, 15672),
    "elasticsearch": (9200, 9300),
}


@dataclass(frozen=True, slots=True)
class Process:
    """One process: a replica of a service."""

    name: str
    service: Service
    number: int
    folder: Path
    ports: dict[int, int]
    """This machine's ports by the container's."""

    @property
    def http(self) -> str:
        """Where it serves HTTP."""
        return f"http://127.0.0.1:{self.ports[8080]}"


class Plan:
    """All processes, with the same ports at every start."""

    def __init__(self, folder: Path, services: Mapping[str, Service]) -> None:
        """Ports are chosen once and kept in `folder`/ports.json."""
        self.folder = folder
        kept = folder / "ports.json"
        known: dict[str, dict[str, int]] = json.loads(kept.read_text()) if kept.exists() else {}
        wanted = {
            f"{name}-{number}" if service.replicas > 1 else name: (service, number)
            for name, service in services.items()
            for number in range(1, service.replicas + 1)
        }
        new = [
            (name, port)
            for name, (service, _) in wanted.items()
            for port in ENGINE_PORTS.get(service.name, service.ports)
            if str(port) not in known.get(name, {})
        ]
        for (name, port), ours in zip(new, free_ports(len(new)), strict=True):
            published = wanted[name][0].published.get(port)
            known.setdefault(name, {})[str(port)] = ours if published is None else published
        kept.write_text(json.dumps(known), encoding="utf-8")
        self.processes = [
            Process(
                name,
                service,
                number,
                folder / "processes" / name,
                {int(theirs): ours for theirs, ours in known.get(name, {}).items()},
            )
            for name, (service, number) in wanted.items()
        ]
        names = sorted({one.service.name for one in self.processes}, key=len, reverse=True)
        pattern = "|".join(map(re.escape, names))
        self._address = re.compile(
            rf"(?P<dns>dns:)?\b(?:muster-)?(?P<name>{pattern})(?:-(?P<number>\d+))?:(?P<port>\d+)\b"
        )

    def of(self, service: str) -> list[Process]:
        """The processes of a service."""
        return [one for one in self.processes if one.service.name == service]

    def here(self, text: str, process: Process | None = None) -> str:
        """A text with the addresses of containers replaced by those on this machine."""

        def replace(found: re.Match[str]) -> str:
            port = int(found["port"])
            several = [one for one in self.of(found["name"]) if port in one.ports]
            if not several:
                return found[0]
            if found["number"]:
                several = [one for one in several if one.number == int(found["number"])]
            addresses = [f"127.0.0.1:{one.ports[port]}" for one in several]
            return f"ipv4:{','.join(addresses)}" if found["dns"] else addresses[0]

        text = self._address.sub(replace, text)
        if process is None:
            return text
        own = process.ports
        text = re.sub(
            r"\b(0\.0\.0\.0|127\.0\.0\.1):(8080|50051)\b",
            lambda found: f"127.0.0.1:{own.get(int(found[2]), found[2])}",
            text,
        )
        text = text.replace("/var/lib/muster", str(process.folder / "home"))
        return text.replace("/run/secrets", str(process.folder / "secrets"))

    def words(self, words: Iterable[str], process: Process) -> list[str]:
        """A command on this machine: a word that is one of the container's ports is ours."""
        own = {str(theirs): str(ours) for theirs, ours in process.ports.items()}
        return [own.get(word) or self.here(word, process) for word in words]

    def environment(self, process: Process) -> dict[str, str]:
        """What the process is told."""
        told: dict[str, Any] = {}
        for name, value in process.service.environment.items():
            told[name] = self.words([value], process)[0]
            if value == "0.0.0.0":  # noqa: S104 - the container's; here it is loopback
                told[name] = "127.0.0.1"
        return told
