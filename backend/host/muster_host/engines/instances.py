"""`muster engines up | down | status`: instances that outlive the command, noted in running.json beside their data."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from muster_host.engines.elasticsearch import Elasticsearch
from muster_host.engines.engine import Engine, password_in, stop_in
from muster_host.engines.processes import marked
from muster_host.engines.rabbitmq import RabbitMQ
from muster_host.engines.redis import Redis
from muster_host.errors import HostError

KINDS: dict[str, type[Engine]] = {kind.key: kind for kind in (RabbitMQ, Redis, Elasticsearch)}
NOTE = "running.json"


def up(folder: Path, names: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Start what does not run yet, all at once; answers the note of everything that runs.

    Raises:
        HostError: one is not installed or does not start; the others run on.
    """
    wanted = _known(names)
    with _alone(folder):
        note = running(folder)
        missing = [name for name in wanted if name not in note]
        with ThreadPoolExecutor(max(1, len(missing))) as pool:
            starts = {name: pool.submit(_start, folder / name, KINDS[name]) for name in missing}
        failures = [error for start in starts.values() if (error := start.exception())]
        note |= {name: start.result() for name, start in starts.items() if not start.exception()}
        _write(folder, note)
    if failures:
        raise failures[0]
    return note


def _start(folder: Path, kind: type[Engine]) -> dict[str, Any]:
    engine = kind(folder, password_in(folder))
    engine.start()
    engine.let_go()
    return {"url": engine.url, **engine.details(), "pid": engine.pid, "folder": str(folder)}


def down(folder: Path, names: Sequence[str] = ()) -> list[str]:
    """Stop instances with all their processes; answers the names of those that ran."""
    wanted = _known(names)
    with _alone(folder):
        note = running(folder)
        with ThreadPoolExecutor(len(wanted)) as pool:
            stopped = dict(
                zip(wanted, pool.map(stop_in, (folder / name for name in wanted)), strict=True)
            )
        _write(folder, {name: one for name, one in note.items() if name not in wanted})
    return [name for name, count in stopped.items() if count]


def running(folder: Path) -> dict[str, dict[str, Any]]:
    """What `up` noted, as far as it still lives."""
    try:
        note: dict[str, dict[str, Any]] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: one for name, one in note.items() if one["pid"] in marked(folder / name)}


def _known(names: Sequence[str]) -> list[str]:
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise HostError(f"There is no engine {unknown[0]!r}; there are {', '.join(KINDS)}.")
    return list(names or KINDS)


@contextlib.contextmanager
def _alone(folder: Path) -> Generator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "engines.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(folder: Path, note: dict[str, dict[str, Any]]) -> None:
    new = folder / (NOTE + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(note, indent=2), encoding="utf-8")
    new.replace(folder / NOTE)


def command(what: str, names: Sequence[str]) -> int:
    """The command line; answers the exit status."""
    folder = Path(os.environ.get("MUSTER_HOME", "var")).absolute() / "engines"
    if what == "down":
        print(f"Stopped: {', '.join(down(folder, names)) or 'nothing ran'}.")
        return 0
    note = up(folder, names) if what == "up" else running(folder)
    for name in _known(names):
        one = note.get(name)
        state = f"process {one['pid']}, {one['url'].rpartition('@')[2]}" if one else "does not run"
        print(f"{name:<14} {state}")
    print(f"Addresses with their passwords: {folder / NOTE}")
    return 0 if what == "up" or all(name in note for name in _known(names)) else 1
