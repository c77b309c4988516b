"""What the stories share: the services of one process, and a distributed installation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from muster_core.microservice import Microservice
    from muster_testing.faults.site import Site


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """Who acts, what is declared, and who writes it down."""
    from activity_log.main import service as activity_log  # noqa: PLC0415
    from identity_service.main import service as identity  # noqa: PLC0415
    from incident_management.main import service as incidents  # noqa: PLC0415

    return [activity_log, identity, incidents]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A distributed installation that the stories share; each leaves it whole."""
    from muster_testing.faults.site import Site  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="muster-site-"))
    try:
        with Site(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
