"""Processes of Muster's own on throwaway engines, as every part of the bench runs them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from bench.load import Connection, request
from muster_core.settings import Settings
from muster_host.accounts import ensure_accounts
from muster_host.application import make_runtime
from muster_host.engines import Postgres, Valkey

PASSWORD = "a-bench-is-no-secret"  # noqa: S105 - of a database that lives for a minute
# Who asks asks as fast as it can: limits are counted, and never reached.
UNLIMITED = {
    f"MUSTER_LIMIT_{whose}_{what}": "1000000"
    for whose in ("ACCOUNT", "ADDRESS", "ANONYMOUS")
    for what in ("RATE", "BURST")
}


def environment_of(
    folder: Path, server: Postgres, cache: Valkey, **settings: str
) -> dict[str, str]:
    """What a process of this run is started with; the database is brought to its newest revision."""
    environment = {
        **os.environ,
        "MUSTER_HOME": str(folder / "home"),
        "MUSTER_DATABASE_URL": server.url,
        "MUSTER_CACHE_URL": cache.url,
        "MUSTER_RPC_ADDRESS": f"unix:{folder}/rpc.sock",
        "MUSTER_DEMO_PASSWORD": PASSWORD,
        "MUSTER_LOG_LEVEL": "WARNING",
        **settings,
    }
    subprocess.run(
        [sys.executable, "-m", "muster_host", "migrate"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return environment


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The same, for a runtime in this process."""
    names = ("home", "database_url", "cache_url", "rpc_address", "demo_password")
    return Settings(**{name: environment[f"MUSTER_{name.upper()}"] for name in names})  # pyright: ignore[reportArgumentType]


@contextlib.contextmanager
def process(environment: Mapping[str, str], folder: Path, *words: str) -> Generator[None]:
    """`muster words…` for the length of a block; what it says goes to a file in `folder`."""
    with (folder / f"{words[0]}.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "muster_host", *words], env=environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait()


async def people(environment: Mapping[str, str]) -> None:
    """The demo accounts, as `muster up` would have made them; identity answers from the API process."""
    settings = settings_of(environment)
    runtime = make_runtime(settings)
    try:
        await ensure_accounts(runtime, settings)
    finally:
        await runtime.close()


async def ready(address: str, seconds: float, *, path: str = "/readyz") -> float:
    """Wait until `path` says yes; answers how long it took, in seconds."""
    started = time.monotonic()
    while True:
        connection = Connection(address)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            status, _ = await connection.send(request("GET", path, ""))
            if status == 200:
                return time.monotonic() - started
        connection.close()
        if time.monotonic() - started > seconds:
            raise RuntimeError(f"{address} was not ready after {seconds} s")
        await asyncio.sleep(0.02)


async def sign_in(address: str, name: str, password: str) -> str:
    """An access token."""
    form = f"grant_type=password&username={name}&password={password}".encode()
    message = request("POST", "/api/v1/auth/token", "", form).replace(
        b"application/json", b"application/x-www-form-urlencoded"
    )
    connection = Connection(address)
    status, body = await connection.send(message)
    connection.close()
    if status != 200:
        raise RuntimeError(f"{status} {body[:300]!r}")
    answer: dict[str, Any] = json.loads(body)
    return str(answer["access_token"])
