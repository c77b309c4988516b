"""The engines that a process needs, started or found, and told to the process by its environment.

Whatever the environment already names (MUSTER_DATABASE_URL, MUSTER_CACHE_URL) is used as it is.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muster_host.engines import Postgres, Valkey
    from muster_host.home import Home


@dataclass(frozen=True, slots=True)
class Engines:
    """What was started here; None where the environment names a server of its own."""

    postgres: Postgres | None
    valkey: Valkey | None


@contextlib.contextmanager
def engines(home: Home) -> Generator[Engines]:
    """Start what the environment does not name; stop it at the end, the database last."""
    from muster_host.engines import Postgres, Valkey  # noqa: PLC0415 - most commands start none

    _adopt_secrets()
    sockets = home.sockets()
    postgres = valkey = None
    if not os.environ.get("MUSTER_DATABASE_URL"):
        postgres = Postgres(home.postgres, sockets, home.secret("database.password"))
    if not os.environ.get("MUSTER_CACHE_URL"):
        valkey = Valkey(home.valkey, home.secret("cache.password"))
    os.environ["MUSTER_HOME"] = str(home.folder)
    os.environ.setdefault("MUSTER_RPC_ADDRESS", f"unix:{sockets / 'rpc.sock'}")
    if not os.environ.get("MUSTER_SECRET_KEY_FILE"):
        home.secret("wrapping.key")
        os.environ["MUSTER_SECRET_KEY_FILE"] = str(home.folder / "secrets" / "wrapping.key")
    try:
        with ThreadPoolExecutor(2) as pool:
            starts = [
                pool.submit(engine.start) for engine in (postgres, valkey) if engine is not None
            ]
            for start in starts:
                start.result()
        if postgres is not None:
            os.environ["MUSTER_DATABASE_URL"] = postgres.url
        if valkey is not None:
            os.environ["MUSTER_CACHE_URL"] = valkey.url
        yield Engines(postgres, valkey)
    finally:
        for engine in (valkey, postgres):
            if engine is not None:
                engine.stop()


def _adopt_secrets() -> None:
    """What a file of MUSTER_SECRETS_DIR names counts like a variable: no engine is started beside it."""
    folder = os.environ.get("MUSTER_SECRETS_DIR")
    for name in ("MUSTER_DATABASE_URL", "MUSTER_CACHE_URL"):
        if folder and not os.environ.get(name):
            with contextlib.suppress(OSError):
                text = (Path(folder) / name.lower()).read_text(encoding="utf-8")
                os.environ[name] = text.strip()


@contextlib.contextmanager
def attached() -> Generator[None]:
    """For a command that needs the database: that of the running host, else one started for the block."""
    from muster_host.home import Home  # noqa: PLC0415

    home = Home(Path(os.environ.get("MUSTER_HOME", "var")))
    found = home.running()
    if found:
        for name, value in found.items():
            os.environ.setdefault(name, value)
        yield
        return
    home.create()
    with home.held(), engines(home):
        yield
