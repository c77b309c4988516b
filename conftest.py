"""What holds for every test of the workspace."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: it says which program is missing, and CI has them all."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI allows no skipped test.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
