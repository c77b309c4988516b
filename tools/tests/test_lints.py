"""The project's own lints find what they are for, and leave alone what is right."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "muster_lints", Path(__file__).parents[1] / "lints.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


lints = _load()
SERVICE = "microservices/identity/identity_service/service.py"


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        (SERVICE, "poll.delay(1)\n", "direct-task"),
        (SERVICE, "await session.commit()\n", "own-commit"),
        (SERVICE, 'text("INSERT INTO identity.outbox VALUES (1)")\n', "naked-outbox"),
        (SERVICE, 'order = "position <-> point(1, 2)"\n', "planar-distance"),
        (SERVICE, 'sql = "SELECT 1 FROM activity_log.entry"\n', "foreign-table"),
        (SERVICE, "x = 1\n" * 401, "long-file"),
        ("locks/run.txt", "--index-url https://example.org/simple\n", "registry-host"),
        (
            "frontend/package-lock.json",
            '{"resolved": "https://example.org/x.tgz"}',
            "registry-host",
        ),
        (
            "frontend/package-lock.json",
            '{"packages": {"node_modules/a": {"optionalDependencies": {"a-linux": "1"}}}}',
            "incomplete-lock",
        ),
        ("backend/core/tests/test_x.py", "pytest.skip()\n", "quiet-skip"),
    ],
)
def test_a_breach_is_found_and_explained(path: str, text: str, rule: str) -> None:
    (finding,) = lints.findings_in(path, text)

    assert finding.rule == rule
    assert len(finding.message) > 60


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("backend/core/muster_core/database.py", "await session.commit()\n"),
        (
            SERVICE,
            "await session.commit()  # lint: own-commit because the test of the lint says so\n",
        ),
        (SERVICE, 'order = "position <-> ll_to_earth(1, 2)"\n'),
        (SERVICE, 'sql = "SELECT 1 FROM identity.account"\n'),
        ("frontend/package-lock.json", '{"integrity": "sha512-x"}'),
    ],
)
def test_what_is_right_or_excused_is_left_alone(path: str, text: str) -> None:
    assert lints.findings_in(path, text) == []
