"""The services that the stories about one process use: identity, incidents and the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from muster_core.microservice import Microservice


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """Who acts, what is declared, and who writes it down."""
    from activity_log.main import service as activity_log  # noqa: PLC0415
    from identity_service.main import service as identity  # noqa: PLC0415
    from incident_management.main import service as incidents  # noqa: PLC0415

    return [activity_log, identity, incidents]
