"""What an enemy sends is refused within a second of work and 100 MB, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from alert_management.cap import Refused, parse_many
from alert_management.cap.testing import ALERT_XML, CORPUS, REAL

MEASURE = """
import resource, sys, time
from pathlib import Path
from alert_management.cap import CapError, parse, parse_many
from alert_management.cap.validating import judge
parse(Path(sys.argv[2]).read_bytes())
data = Path(sys.argv[1]).read_bytes()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    parse_many(data)
    said = "taken"
except CapError as error:
    said = str(error)[:200]
spent = time.process_time() - began
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
valid = judge(data).valid
print(f"{spent:.3f} {used // 1024} {valid} {said}")
"""

HEAD, _, REST = ALERT_XML.partition("<polygon>")
HEAD, TAIL = f"{HEAD}<polygon>", REST[REST.index("</polygon>") :]
NAMESPACES = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(2500))


def zigzag(points: int) -> str:
    """A ring that crosses itself as often as it can."""
    middle = " ".join(f"{46 + (n % 2):d},{7 + n / points:.6f}" for n in range(points))
    return f"{middle} 46,7"


def declared(body: str) -> str:
    return ALERT_XML.replace("<alert", f"{body}\n<alert", 1)


ATTACKS: dict[str, tuple[str, str]] = {
    "entities that multiply": (
        declared('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>').replace(
            "Flood", "&b;"
        ),
        "DOCTYPE",
    ),
    "a file of ours": (
        declared('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>').replace(
            "Flood", "&x;"
        ),
        "DOCTYPE",
    ),
    "a document type after a comment": (
        declared("<!-- <alert> --><?x <alert>?><!DOCTYPE alert>"),
        "DOCTYPE",
    ),
    "an entity nobody declared": (ALERT_XML.replace("Flood", "&xxe;"), "not well-formed"),
    "10 MB of text": (HEAD + "46.1,7.1 " * 1_111_111 + TAIL, "bytes; at most"),
    "10 MB of elements": (
        ALERT_XML.replace("<area>", "<b/>" * 2_500_000 + "<area>"),
        "bytes; at most",
    ),
    "a million elements": (ALERT_XML.replace("<area>", "<b/>" * 1_000_000 + "<area>"), "tags"),
    "a million attributes": (
        ALERT_XML.replace(
            "<area>", "<area " + " ".join(f'a{n:x}=""' for n in range(400_000)) + ">"
        ),
        "attributes",
    ),
    "100,000 vertices": (HEAD + "46.10,7.10 " * 100_000 + TAIL, "more than 50,000 points"),
    "100,000 vertices in many": (
        HEAD
        + ("46.1,7.1 46.1,7.2 46.2,7.2 46.1,7.1</polygon><polygon>" * 25_000)
        + "46.1,7.1"
        + TAIL,
        "more than 50,000 points",
    ),
    "a depth of 1,000": (
        ALERT_XML.replace("<area>", "<b>" * 1000 + "</b>" * 1000 + "<area>"),
        "depth",
    ),
    "2,500 namespaces": (ALERT_XML.replace("<area>", f"<area {NAMESPACES}>"), "namespace"),
    "a ring that crosses itself 10,000 times": (HEAD + zigzag(20_000) + TAIL, "crosses itself"),
    "a number without end": (HEAD + "9" * 4_000_000 + ",7 1,1 2,2 1,1" + TAIL, "400 digits"),
    "a list of references without end": (
        ALERT_XML.replace("</scope>", "</scope><references>" + "a,b," * 500_000 + "</references>"),
        "characters; at most",
    ),
    "commas without end": (HEAD + "," * 4_000_000 + TAIL, "has 0 points"),
}


def measure(file: Path, ordinary: Path) -> tuple[float, int, bool, str]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file), str(ordinary)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    spent, used, valid, said = done.stdout.strip().split(" ", 3)
    return float(spent), int(used), valid == "True", said


@pytest.fixture
def ordinary(tmp_path: Path) -> Path:
    file = tmp_path / "ordinary.cap"
    file.write_text(ALERT_XML, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_soon_and_cheaply(name: str, tmp_path: Path, ordinary: Path) -> None:
    text, reason = ATTACKS[name]
    file = tmp_path / "attack.cap"
    file.write_text(text, encoding="utf-8")

    spent, used, valid, said = measure(file, ordinary)

    refused = said if said != "taken" else _refusal(text)
    assert reason in refused
    assert not valid
    assert spent < 1
    assert used < 100


def _refusal(text: str) -> str:
    """A lone alert that is refused comes back from `parse_many` as such."""
    (only,) = parse_many(text.encode())
    assert isinstance(only, Refused)
    return "; ".join(map(str, only.problems))


REAL_ATTACKS = (
    [
        *sorted((REAL / "security/xml").glob("*.xml")),
        *(file for file in CORPUS if file.name.startswith("google_xee")),
    ]
    if REAL
    else []
)


@pytest.mark.parametrize("file", REAL_ATTACKS, ids=lambda file: file.name)
def test_real_attack_files_are_refused_soon_and_cheaply(file: Path, ordinary: Path) -> None:
    spent, used, valid, said = measure(file, ordinary)

    assert not valid
    assert "DOCTYPE" in said or "no CAP alert" in said
    assert spent < 1
    assert used < 100
