"""Schemathesis over the whole document: no input makes the API fall over, or answer what it does not promise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from muster_testing.hosting import Host

# The stream never ends; the others would end the session that the rest of the requests are made with.
NOT_CALLED = r"^/api/v1/(stream|auth/sign-out-everywhere|me/password|signing-keys/rotate)$"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.serial
@pytest.mark.timeout(1800)
def test_no_input_makes_it_fall_over_or_answer_what_the_document_does_not_say(
    tmp_path: Path,
) -> None:
    with Host(tmp_path / "var", MUSTER_LOG_LEVEL="ERROR") as host:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{host.address}/api/v1/openapi.json",
                *("--header", f"Authorization: Bearer {host.token('administrator')}"),
                *("--exclude-path-regex", NOT_CALLED),
                *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
                *("--max-examples", "3", "--seed", "20190706", "--request-timeout", "20"),
                *("--workers", "2", "--no-color"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
