"""The check of the contracts, on copies of them: what may change in a published one, and what may not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A copy without git beside it, as in an archive of the source."""
    copy = tmp_path / "contracts"
    shutil.copytree(
        ROOT / "backend" / "contracts", copy, ignore=shutil.ignore_patterns("*.py*", "__pycache__")
    )
    return copy


def checked(contracts: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "contracts.py"), *words, str(contracts)],
        capture_output=True,
        text=True,
        check=False,
    )


def change(contracts: Path, old: str, new: str, area: str = "hazards") -> None:
    path = contracts / "muster" / area / "v1" / f"{area}.proto"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_contracts_are_as_published_or_more(contracts: Path) -> None:
    result = checked(contracts)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_field_may_be_added_and_is_then_held_to(contracts: Path) -> None:
    change(
        contracts, "message GetHazardRequest {", "message GetHazardRequest {\n  string why = 99;"
    )
    assert checked(contracts).returncode == 0
    assert checked(contracts, "--refresh").returncode == 0
    change(contracts, "string why = 99;", "int64 why = 99;")
    assert checked(contracts).returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("string hazard_id = 1;", "int64 hazard_id = 1;", "changed type"),
        ("string hazard_id = 1;", "string hazard_id = 2;", "was deleted"),
        ("string hazard_id = 1;", "reserved 1;", "was deleted"),
        ("string hazard_id = 1;", "string hazard = 1;", "name"),
        ("rpc GetHazard(", "rpc FindHazard(", "GetHazard"),
        ("package muster.hazards.v1;", "package muster.hazards.v2;", "package"),
        ("string hazard_id = 1;", "repeated string hazard_id = 1;", "cardinality"),
    ],
)
def test_a_breaking_change_is_refused_with_what_to_do_instead(
    contracts: Path, old: str, new: str, said: str
) -> None:
    change(contracts, old, new)
    if "FindHazard" in new:
        change(contracts, "FindHazard(GetHazardRequest)", "FindHazard(FindHazardRequest)")
        change(contracts, "message GetHazardRequest", "message FindHazardRequest")
    result = checked(contracts)
    assert result.returncode == 1
    assert said in result.stdout
    if "v2" not in new:
        assert "muster/<area>/v2/<area>.proto" in result.stdout
    # Nor does `make proto` take it for the new baseline.
    before = (contracts / "baseline.json").read_bytes()
    assert checked(contracts, "--refresh").returncode == 1
    assert (contracts / "baseline.json").read_bytes() == before


def test_a_method_says_whether_it_may_be_asked_twice(contracts: Path) -> None:
    change(contracts, "option idempotency_level = NO_SIDE_EFFECTS;", "")
    result = checked(contracts)
    assert result.returncode == 1
    assert "does not say `option idempotency_level`" in result.stdout


def test_style_is_checked(contracts: Path) -> None:
    change(contracts, "string hazard_id = 1;", "string hazard_id = 1;\n  string someThing = 98;")
    result = checked(contracts)
    assert result.returncode == 1
    assert "some_thing" in result.stdout
