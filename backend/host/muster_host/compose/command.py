"""`muster compose up | down | status | restart | logs`."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from muster_host.compose.runner import Runner
from muster_host.errors import HostError
from muster_host.welcome import demo_account_names

_DEFAULT_PORT = "8000"


def command(what: str, names: Sequence[str], file: Path | None) -> int:
    """The command line; answers the exit status."""
    folder = Path(os.environ.get("MUSTER_HOME", "var")).absolute() / "compose"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = folder / "environment.json"
    given = {name: value for name, value in os.environ.items() if name.startswith("MUSTER_")}
    if what != "up" and kept.exists():
        given = {**json.loads(kept.read_text(encoding="utf-8")), **given}
    # What a person at a laptop means; a deployment says it in its environment.
    port = given.setdefault("MUSTER_GATEWAY_PORT", _DEFAULT_PORT)
    given.setdefault("MUSTER_PUBLIC_URL", f"http://127.0.0.1:{port}")
    given.setdefault("MUSTER_DEMO", "auto")
    runner = Runner(folder, given, file)
    with (folder / "compose.lock").open("w") as lock:
        if what not in {"status", "logs"}:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if what == "up":
            kept.touch(mode=0o600)
            kept.write_text(json.dumps(given), encoding="utf-8")
            return _up(runner, given)
        if what == "down":
            print(f"Stopped {runner.down()} processes; everything is kept in {folder}.")
            return 0
        if what == "restart":
            for name in names or [
                one.service.name
                for one in runner.plan.processes
                if one.number == 1 and not one.service.job
            ]:
                runner.restart(name)
                print(f"{name} is ready again", flush=True)
            runner.note()
            return 0
    return _logs(folder, names) if what == "logs" else _status(runner)


def _up(runner: Runner, given: dict[str, str]) -> int:
    began = time.monotonic()
    runner.up(lambda line: print(line, flush=True))
    runner.note()
    password = (runner.secrets / "demo_password").read_text(encoding="utf-8").strip()
    print(f"\nMuster is ready ({time.monotonic() - began:.0f} s): {given['MUSTER_PUBLIC_URL']}")
    if given["MUSTER_DEMO"] != "off":
        print(f"\nDemo accounts, all with the password {password}")
        print("  " + ", ".join(demo_account_names()))
    print(f"\nData:  {runner.folder}\nLogs:  {runner.folder / 'log'}\nStop:  make down\n")
    return 0


def _status(runner: Runner) -> int:
    missing = 0
    for process in runner.plan.processes:
        if process.service.job:
            continue
        pids = runner.pids(process)
        well = bool(pids) and runner.healthy(process)
        missing += not well
        state = "ready" if well else "not ready" if pids else "does not run"
        where = ", ".join(f"{theirs} at {ours}" for theirs, ours in process.ports.items())
        print(f"{process.name:<34} {state:<13} {pids[0] if pids else '-':<8} {where}")
    return 1 if missing else 0


def _logs(folder: Path, names: Sequence[str]) -> int:
    for file in sorted((folder / "log").glob("*.log")):
        if not names or file.stem in names:
            print(f"--- {file.stem}")
            print("\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]))
    if not (folder / "log").exists():
        raise HostError("Nothing was ever started here: `muster compose up`.")
    return 0
