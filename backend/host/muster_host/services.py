"""Which of the installed services a process runs."""

from __future__ import annotations

import gc
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from muster_host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.microservice import Microservice

GROUP = "muster.microservices"


def installed_names() -> list[str]:
    """Every installed service by name, without importing any."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def chosen(names: Sequence[str]) -> list[Microservice]:
    """The services of these names; all of them for none.

    Raises:
        HostError: a name that no installed service has.
    """
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise HostError(
            f"There is no service {unknown[0]!r}; installed are {', '.join(sorted(found))}."
        )
    # Modules stay for as long as the process: looking for garbage among them would take an eighth of the start, and
    # make a pause of each full collection afterwards.
    gc.disable()
    try:
        return [cast("Microservice", found[name].load()) for name in (names or sorted(found))]
    finally:
        gc.freeze()
        gc.enable()
