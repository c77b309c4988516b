#!/usr/bin/env python3
"""The rules of this house that no general linter knows. Each message says what it is, why, and what instead.

A line may be excused by a comment on it, with its reason: `# lint: <rule> because ...`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
SERVICES = "microservices/"
CORE = "backend/core/"
GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$|/schema\.d\.ts$|/versions/")
SKIPPED_FOLDERS = {
    ".git",
    ".venv",
    "node_modules",
    "var",
    "dist",
    "build",
    "__pycache__",
    ".hypothesis",
}


@dataclass(frozen=True)
class Finding:
    """Something to change."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        """As a terminal links it."""
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


Rule = Callable[[str, str], Iterator[Finding]]


def long_file(path: str, text: str) -> Iterator[Finding]:
    """A file that nobody reads in one sitting."""
    length = text.count("\n")
    if path.endswith((".py", ".ts", ".tsx")) and length > LONGEST_FILE:
        yield Finding(
            path,
            1,
            "long-file",
            f"{length} lines; nobody reads more than {LONGEST_FILE} in one sitting. Split it by topic into a folder"
            " of the same name (service.py becomes service/).",
        )


def direct_task(path: str, text: str) -> Iterator[Finding]:
    """Work handed to Celery beside the transaction."""
    if path.startswith(CORE) or not path.startswith((SERVICES, "backend/")):
        return
    for call in _calls(path, text, {"delay", "apply_async", "send_task"}):
        yield Finding(
            path,
            call.lineno,
            "direct-task",
            "work started beside the transaction is lost, or runs without it, when the process dies in between."
            " Use `await enqueue(session, ...)`: it commits with the rest.",
        )


def own_commit(path: str, text: str) -> Iterator[Finding]:
    """A commit outside the one place that commits."""
    if path.startswith(CORE) or not path.startswith((SERVICES, "backend/")) or "/tests/" in path:
        return
    for call in _calls(path, text, {"commit", "rollback"}):
        yield Finding(
            path,
            call.lineno,
            "own-commit",
            "half of a change could be saved and the rest not. The session commits when its block ends;"
            " raise an error to take everything back.",
        )


def naked_outbox(path: str, text: str) -> Iterator[Finding]:
    """An outbox row written by hand."""
    if path.startswith(CORE) or not path.startswith(SERVICES) or "/tests/" in path:
        return
    for number, line in _lines_with(text, r"INSERT\s+INTO\s+\S*\boutbox\b"):
        yield Finding(
            path,
            number,
            "naked-outbox",
            "an event written by hand has no envelope, actor or trace. Use `await announce(session, ...)`: "
            + line,
        )


def planar_distance(path: str, text: str) -> Iterator[Finding]:
    """Distances on a flat earth."""
    if (
        not path.startswith(SERVICES)
        or not path.endswith(".py")
        or "<->" not in text
        or "ll_to_earth" in text
    ):
        return
    for number, _ in _lines_with(text, r"<->"):
        yield Finding(
            path,
            number,
            "planar-distance",
            "`point <-> point` measures degrees on a plane and finds the wrong nearest set in two of three queries."
            " Order by `position <-> ll_to_earth(latitude, longitude)` on cube.",
        )


def registry_host(path: str, text: str) -> Iterator[Finding]:
    """A lock that only one registry can serve."""
    pattern = None
    if path.startswith("locks/"):
        pattern = r"://"
    elif path.endswith("package-lock.json"):
        pattern = r'"resolved": "https?:'
    for number, _ in _lines_with(text, pattern) if pattern else ():
        yield Finding(
            path,
            number,
            "registry-host",
            "a lock that names a host cannot be installed through a mirror. Write it anew by `make lock`.",
        )


def incomplete_lock(path: str, text: str) -> Iterator[Finding]:
    """A lock without some platform's packages."""
    if not path.endswith("package-lock.json"):
        return
    packages: dict[str, Any] = json.loads(text).get("packages", {})
    there = {name.rpartition("node_modules/")[2] for name in packages}
    wanted = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    missing = sorted(wanted - there)
    if missing:
        yield Finding(
            path,
            1,
            "incomplete-lock",
            f"{missing[0]} is not in the lock (the registry did not have that version yet), and `npm ci` refuses it on"
            " a fresh machine. Ask for a version whose packages are all published, then `make lock`.",
        )


def quiet_skip(path: str, text: str) -> Iterator[Finding]:
    """A test that is switched off without a word."""
    if not path.endswith(".py") or "/tests/" not in path:
        return
    for call in _calls(path, text, {"skip", "skipif"}):
        words = [
            w for w in ast.walk(call) if isinstance(w, ast.Constant) and isinstance(w.value, str)
        ]
        if not words:
            yield Finding(
                path,
                call.lineno,
                "quiet-skip",
                "a skip must say which missing program causes it, and how to get it; CI allows none.",
            )


def foreign_service(path: str, text: str) -> Iterator[Finding]:
    """A query that reads another service's tables."""
    found = re.match(r"microservices/([a-z-]+)/", path)
    if found is None or not path.endswith(".py") or "/tests/" in path:
        return
    own = found[1].replace("-", "_")
    others = [name for name in _schemas() if name != own]
    if not others:
        return
    for number, line in _lines_with(
        text, rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+({'|'.join(others)})\.\w+"
    ):
        if "import" not in line:
            yield Finding(
                path,
                number,
                "foreign-table",
                "another service's tables are not ours to read: tomorrow they lie in another database."
                " Ask by gRPC, or keep the fields you need from its events.",
            )


RULES: tuple[Rule, ...] = (
    long_file,
    direct_task,
    own_commit,
    naked_outbox,
    planar_distance,
    registry_host,
    incomplete_lock,
    quiet_skip,
    foreign_service,
)


def _schemas() -> list[str]:
    return [
        folder.name.replace("-", "_")
        for folder in sorted((ROOT / "microservices").iterdir())
        if folder.is_dir()
    ]


def _calls(path: str, text: str, names: set[str]) -> Iterator[ast.Call]:
    """Calls of a method with one of these names."""
    if not path.endswith(".py"):
        return
    for node in ast.walk(ast.parse(text, path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in names
        ):
            yield node


def _lines_with(text: str, pattern: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(pattern, line):
            yield number, line.strip()


def findings_in(path: str, text: str) -> list[Finding]:
    """What the rules say about one file, but for what its lines excuse."""
    lines = text.splitlines()

    def excused(finding: Finding) -> bool:
        line = lines[finding.line - 1] if finding.line <= len(lines) else ""
        return f"lint: {finding.rule} because " in line

    return [found for rule in RULES for found in rule(path, text) if not excused(found)]


def _files() -> Iterator[Path]:
    folders = [ROOT]
    while folders:
        for entry in sorted(folders.pop().iterdir()):
            if entry.is_symlink():
                continue
            if entry.is_dir() and entry.name not in SKIPPED_FOLDERS:
                folders.append(entry)
            elif (
                entry.suffix in {".py", ".ts", ".tsx"}
                or entry.parent.name == "locks"
                or entry.name == "package-lock.json"
            ):
                yield entry


def main() -> int:
    """Look at every file; answers the exit status."""
    found: list[Finding] = []
    for file in _files():
        path = file.relative_to(ROOT).as_posix()
        if not GENERATED.search(path):
            found += findings_in(path, file.read_text(encoding="utf-8"))
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
