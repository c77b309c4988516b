"""The settings: names that nobody reads, values that contradict each other, what must not meet the public."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from muster_core.errors import SettingError
from muster_core.rpc import check_settings
from muster_core.settings import Settings
from muster_host.doctor.findings import Finding, Place, fail, off, ok, warn
from muster_host.settings import HostSettings

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

# Read where no class of settings is at hand: before the packages are, or by tests and tools.
OTHERS = frozenset(
    {
        "MUSTER_ENGINE",
        "MUSTER_ENGINES_CACHE",
        "MUSTER_GATEWAY_PORT",
        "MUSTER_JAVA_HOME",
        "MUSTER_POSTGRES_BIN",
        "MUSTER_RABBITMQ_BIN",
        "MUSTER_REDIS",
        "MUSTER_SECRETS_DIR",
        "MUSTER_SNAPSHOT",
        "MUSTER_TEST_ENGINES",
        "MUSTER_VALKEY",
        "MUSTER_WORKER_PARENT",
    }
)
_LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def known_names(place: Place) -> set[str]:
    """Every variable that some process of ours reads."""
    kinds: list[type[BaseSettings]] = [Settings, HostSettings]
    kinds += [kind for service in place.services for kind in service.settings]
    names = {
        (str(kind.model_config.get("env_prefix", "")) + name).upper()
        for kind in kinds
        for name in kind.model_fields
    }
    return names | OTHERS


async def names(place: Place) -> Sequence[Finding]:
    """A variable that nobody reads is most likely misspelt."""
    known = known_names(place)
    ours = sorted(name for name in os.environ if name.upper().startswith("MUSTER_"))
    findings = [_unknown(name, known) for name in ours if name.upper() not in known]
    return findings or [ok("settings", f"{len(ours)} set, all of them known")]


def _unknown(name: str, known: set[str]) -> Finding:
    near = difflib.get_close_matches(name.upper(), sorted(known), 1, cutoff=0.75)
    meant = f"did you mean {near[0]}?" if near else "`muster settings` lists them all"
    return warn("settings", f"nobody reads {name}", f"{meant} Else remove it")


async def contradictions(place: Place) -> Sequence[Finding]:
    """Values that do not go together."""
    found = list(_contradictions(place.settings, {service.name for service in place.services}))
    return found or [ok("settings together", "no contradiction")]


def _contradictions(settings: Settings, services: set[str]) -> Iterator[Finding]:
    about = "settings together"
    if settings.log_level.upper() not in _LEVELS:
        levels = "DEBUG, INFO, WARNING or ERROR"
        yield fail(about, f"MUSTER_LOG_LEVEL is {settings.log_level!r}", f"one of {levels}")
    distributed = settings.database_url is not None
    if distributed and settings.cache_url is None:
        yield warn(
            about,
            "MUSTER_DATABASE_URL is set and MUSTER_CACHE_URL is not",
            "each process then keeps a cache and limits of its own: name a Redis or Valkey",
        )
    if settings.broker_url is not None and not distributed:
        remedy = "set both, or neither for `muster up`"
        yield warn(about, "MUSTER_BROKER_URL is set and MUSTER_DATABASE_URL is not", remedy)
    if settings.traces_url is not None and settings.traces_ratio == 0:
        yield warn(
            about, "MUSTER_TRACES_RATIO is 0: no trace begins here", "raise it, or unset the URL"
        )
    for peer in sorted(set(settings.rpc_peers) - services):
        near = difflib.get_close_matches(peer, sorted(services), 1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(services))}"
        yield warn(about, f"MUSTER_RPC_PEERS names a service {peer!r}", meant)
    if distributed:
        try:
            check_settings(settings, serves=False)
        except SettingError as error:
            yield fail(about, str(error), "see gRPC in docs/operations.md")
    if settings.host not in _LOOPBACK and not settings.address.startswith("https://"):
        yield warn(
            about,
            f"the port is open to the network ({settings.host}) and users come without TLS",
            "put a proxy with TLS in front, and its address into MUSTER_PUBLIC_URL",
        )


async def demo(place: Place) -> Sequence[Finding]:
    """Accounts whose password is on a terminal must not meet the public."""
    settings = place.settings
    if settings.demo == "off":
        return [ok("demo", "no demo accounts, no exercise at the start")]
    if settings.public_url is None and settings.host in _LOOPBACK:
        return [off("demo", "demo accounts are on, for this machine only")]
    return [
        warn(
            "demo",
            f"demo accounts are on (MUSTER_DEMO={settings.demo}) and {settings.address} is for others",
            "set MUSTER_DEMO=off and block the demo accounts in Administration",
        )
    ]
