"""The physical limit: pgbench running the very statements that one request makes the API send.

They are not written by hand: the server logs what one request sends, and that becomes the pgbench script. New ids are
replaced by `uuidv7()`, as the request after it would have others.
"""

from __future__ import annotations

import re
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from muster_host.engines.postgres import binaries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from muster_host.engines import Postgres

_PREFIX = r"^\d{4}-\d\d-\d\d [^\n]*?"
_ENTRY = re.compile(
    _PREFIX + r"LOG:\s+(?:statement|execute [^:]+): (?P<sql>.*?)(?=^\d{4}-\d\d-\d\d |\Z)",
    re.DOTALL | re.MULTILINE,
)
_DETAIL = re.compile(
    _PREFIX + r"DETAIL:\s+[Pp]arameters: (?P<values>.*?)(?=^\d{4}-\d\d-\d\d |\Z)",
    re.DOTALL | re.MULTILINE,
)
_STRING = re.compile(r"(?<![EeUuBb\w])'(?:[^']|'')*'")
_PARAMETER = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_FRESH_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
# An incident's number, which no two may share.
_FRESH_NUMBER = re.compile(r"(?:EX-)?\d{4}-\d{6}")


def script_of(log: str, known: Iterable[uuid.UUID]) -> str:
    """A pgbench script of the statements in a piece of PostgreSQL's log, in order, parameters filled in.

    `known` ids existed before the request and stay; all others are made anew each time.
    """
    kept = {str(one) for one in known}
    lines: list[str] = []
    for match in _ENTRY.finditer(log):
        sql = _STRING.sub(_without_colons, " ".join(match["sql"].split()).rstrip("; "))
        detail = _DETAIL.match(log, match.end())
        if detail:
            values = {
                int(n): _literal(value, kept) for n, value in _PARAMETER.findall(detail["values"])
            }
            sql = re.sub(r"\$(\d+)", lambda found, v=values: v[int(found[1])], sql)
        lines.append(sql + ";")
    return "\n".join(lines) + "\n"


def _without_colons(literal: re.Match[str]) -> str:
    """Hide colons: pgbench would read the `:34` in a time, or the `:MI` in its format, as a variable of its own."""
    if ":" not in literal[0]:
        return literal[0]
    return "E" + literal[0].replace("\\", "\\\\").replace(":", "\\x3a")


def _literal(value: str, kept: set[str]) -> str:
    """A parameter as an SQL literal, with ids that must be new made anew."""
    if value == "NULL":
        return value
    if _FRESH_NUMBER.fullmatch(value[1:-1]):
        return "uuidv7()::text"
    text = value[1:-1].replace("\\", "\\\\").replace(":", "\\x3a")
    pieces: list[str] = []
    rest = 0
    for match in _FRESH_UUID.finditer(text):
        if match[0] in kept:
            continue
        if match.span() == (0, len(text)):
            return "uuidv7()"
        pieces += [f"E'{text[rest : match.start()]}'", "uuidv7()"]
        rest = match.end()
    pieces.append(f"E'{text[rest:]}'")
    return pieces[0] if len(pieces) == 1 else "(" + " || ".join(pieces) + ")"


def pgbench(server: Postgres, script: str, folder: Path, *, clients: int, seconds: int) -> float:
    """Transactions per second of a script."""
    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8")
    result = subprocess.run(
        [
            binaries() / "pgbench",
            *("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)),
            *("-f", str(file), "-d", server.url),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    match = re.search(r"tps = ([\d.]+)", result.stdout)
    if result.returncode or match is None or "failed" in result.stderr:
        message = f"pgbench: {result.stderr[-2000:]}"
        raise RuntimeError(message)
    return float(match[1])
