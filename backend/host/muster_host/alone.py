"""`muster serve`: some faces of some services, in surroundings that the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster_core.errors import SettingError
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

    from muster_core.settings import Settings


def check_alone(names: Sequence[str], settings: Settings) -> None:
    """Whether a process for these services alone knows where it meets the others; for none given it has them all.

    Raises:
        SettingError: names the variable that is not set.
    """
    if not names:
        return
    others = "is not set, and without it this process never meets the other services"
    for name in ("broker_url", "cache_url"):
        if getattr(settings, name) is None:
            raise SettingError(name, others)
    if "identity" not in names and "identity" not in settings.rpc_peers:
        raise SettingError("rpc_peers", "names no identity, and without it nobody can be let in")


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
    check_alone(names, settings)
    check_settings(settings, serves="rpc" in faces)
    configure_logs(settings.log_level, settings.log_format)
    services = chosen(names)
    listening = listening_socket(settings.host, settings.port)

    async def main() -> bool:
        app = make_application(services, make_runtime(settings), faces)
        return await serve(app, listening)

    return 0 if run(main) else 1
