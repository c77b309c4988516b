"""This machine: Python and its packages, disk, ports, the files of secrets."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import socket
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from muster_host.doctor.findings import Finding, Place, fail, off, ok, short, warn

_LEAST_FREE = 200 << 20
_OURS = re.compile(
    r"^muster-|^(identity-service|hazard-monitoring|incident-management|activity-log)$"
)
_KEYS = ("wrapping.key", "journal-seal.key")


async def python(_place: Place) -> Sequence[Finding]:
    """The interpreter, and whether every package that ours ask for is installed."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    missing = sorted(set(_missing()))
    if missing:
        seen = f"{version}; missing: {', '.join(missing)}"
        return [fail("Python", seen, "remove .venv, then `make run`")]
    return [ok("Python", f"{version}, every package is installed")]


def _missing() -> Iterator[str]:
    for distribution in importlib.metadata.distributions():
        if not _OURS.search(distribution.metadata["Name"]):
            continue
        for requirement in distribution.requires or ():
            name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
            if "extra ==" in requirement:
                continue
            try:
                importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                yield name


async def disk(place: Place) -> Sequence[Finding]:
    """Room where the data folder lies, or will."""
    folder = place.home.folder
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    seen = f"{usage.free >> 20:,} MB free ({usage.free / usage.total:.0%}) for {place.home.folder}"
    if usage.free < _LEAST_FREE:
        return [fail("disk", seen, "free some space, or set MUSTER_HOME to a larger disk")]
    if usage.free < usage.total / 10 and usage.free < 20 << 30:
        return [warn("disk", seen, "free some space before it is full: then nothing can be saved")]
    return [ok("disk", seen)]


async def port(place: Place) -> Sequence[Finding]:
    """Somebody answers where we should run, and nobody where we should start."""
    host, number = place.settings.host, place.settings.port
    url = f"http://{_reachable(host)}:{number}/readyz"
    if place.runs:
        return [await _readiness(url)]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, number))
        except OSError as error:
            if place.database_url:
                return [await _readiness(url)]
            seen = f"{number} cannot be taken on {host}: {error.strerror}"
            return [fail("port", seen, "stop who has it, or set MUSTER_PORT to a free port")]
    return [ok("port", f"{number} is free; Muster does not run here now")]


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound


async def _readiness(url: str) -> Finding:
    about = "port"
    try:
        async with httpx.AsyncClient(timeout=0.9, trust_env=False) as client:
            answer = await client.get(url)
        missing = dict(answer.json()).get("missing", {})
    except (httpx.HTTPError, ValueError) as error:
        remedy = "who has the port is not Muster, or hangs: look at its log (log/muster.log)"
        return fail(about, f"no good answer ({short(error)})", remedy)
    if answer.status_code == 200:
        return ok(about, f"{url} says ready")
    return fail(
        about, f"not ready: {', '.join(missing)}", "mend what is missing; it recovers alone"
    )


async def secrets(place: Place) -> Sequence[Finding]:
    """Files that open everything are readable by this account alone."""
    settings, folder = place.settings, place.home.folder / "secrets"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    files += [file for file in (settings.secret_key_file, settings.rpc_key_file) if file]
    findings: list[Finding] = []
    for file in dict.fromkeys(file for file in files if file.suffix != ".json"):
        findings += _file(file)
    if not files:
        return [off("secrets", f"none yet in {folder}: made at the first start")]
    return findings or [ok("secrets", f"{len(files)} files, readable by this account alone")]


def _file(file: Path) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except OSError as error:
        remedy = "correct the setting that names it, or restore it from the backup"
        yield fail("secrets", f"{file} cannot be read: {error.strerror}", remedy)
        return
    if not os.access(file, os.R_OK):
        yield fail(
            "secrets", f"{file} is not ours to read", "give it to the account that runs Muster"
        )
    elif mode & 0o077:
        yield warn("secrets", f"{file} is open to others (mode {mode:o})", f"chmod 600 {file}")


async def backup(place: Place) -> Sequence[Finding]:
    """What a backup must hold beside the database's dump."""
    folder = place.home.folder / "secrets"
    there = [name for name in _KEYS if (folder / name).is_file()]
    if not there:
        return [off("backup", "nothing to keep yet")]
    words = f"keep {' and '.join(there)} of {folder} apart from the dumps (docs/operations.md)"
    return [ok("backup", words)]
