"""`muster serve`: some faces of some services, in surroundings that the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster_core.logs import configure_logs
from muster_core.microservice import FACES
from muster_core.rpc import check_settings
from muster_host.application import make_application, make_runtime
from muster_host.environment import read_settings
from muster_host.errors import HostError
from muster_host.services import chosen
from muster_host.serving import listening_socket, run, serve

if TYPE_CHECKING:
    from collections.abc import Sequence


def serve_alone(names: Sequence[str], faces: frozenset[str]) -> int:
    """Serve until a signal; health and metrics are served whatever the faces."""
    unknown = sorted(faces - FACES)
    if unknown:
        raise HostError(f"There is no face {unknown[0]!r}; there are {', '.join(sorted(FACES))}.")
    settings = read_settings()
    if settings.database_url is None:
        raise HostError(
            "`muster serve` needs MUSTER_DATABASE_URL; `muster up` brings a database of its own."
        )
    check_settings(settings, serves="rpc" in faces)
    configure_logs(settings.log_level, settings.log_format)
    services = chosen(names)
    listening = listening_socket(settings.host, settings.port)

    async def main() -> bool:
        app = make_application(services, make_runtime(settings), faces)
        return await serve(app, listening)

    return 0 if run(main) else 1
