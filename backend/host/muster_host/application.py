"""The services as one application, with what only the host adds: pages, the front end, security headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from muster.identity.v1.gateway import GrpcIdentity
from muster_core.microservice import create_app
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_host.frontend import FrontEnd, SecurityHeaders
from muster_host.pages import pages_router
from muster_host.settings import HostSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

    from muster_core.microservice import Microservice


def make_runtime(settings: Settings | None = None) -> Runtime:
    """A process's surroundings, from its environment."""
    return Runtime(settings or Settings(), GrpcIdentity)


def make_application(
    services: Sequence[Microservice], runtime: Runtime, faces: frozenset[str]
) -> FastAPI:
    """Everything that one process serves by HTTP."""
    host = HostSettings()
    app = create_app(*services, runtime=runtime, faces=faces)
    if "api" in faces:
        app.include_router(pages_router(host.problems, host.runbooks))
        app.router.default = FrontEnd(host.frontend, app.router.default)
    secure = runtime.settings.address.startswith("https://")
    app.add_middleware(cast("Any", SecurityHeaders), secure=secure)
    return app
