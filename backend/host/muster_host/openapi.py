"""The OpenAPI document of all installed services, without starting any of them."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from muster_core.microservice import create_app
from muster_core.settings import Settings
from muster_host.application import make_runtime
from muster_host.services import chosen


def openapi_document() -> dict[str, Any]:
    """The document that a running installation has at /api/v1/openapi.json."""
    # Nothing connects: an engine is only a promise until its first query.
    settings = Settings(database_url=SecretStr("postgresql://nobody@localhost/nothing"))
    app = create_app(*chosen(()), runtime=make_runtime(settings), faces=frozenset({"api"}))
    return app.openapi()
