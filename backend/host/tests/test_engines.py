"""The embedded engines keep what they acknowledged, whatever was killed, and let nobody else in."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
import redis

from muster_host.engines import Postgres, Valkey, embedded_postgres, embedded_valkey
from muster_host.engines.processes import processes_in
from muster_host.errors import HostError


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A server that means it: with fsync."""
    made = Postgres(tmp_path / "postgres", tmp_path / "s", "a-password")
    made.start()
    yield made
    made.stop()


def test_an_acknowledged_write_survives_a_power_cut(server: Postgres) -> None:
    server.query("CREATE TABLE kept (n int)")
    server.query("INSERT INTO kept VALUES (1)")

    server.kill()
    server.start()

    assert server.query("SELECT n FROM kept") == "1"


def test_an_orphan_of_a_killed_host_is_stopped_and_its_data_taken_over(
    server: Postgres, tmp_path: Path
) -> None:
    server.query("CREATE TABLE kept (n int)")
    orphan = server.pid

    second = Postgres(tmp_path / "postgres", tmp_path / "s", "a-password")
    second.start()
    try:
        assert orphan not in processes_in(second.data, "postgres")
        assert second.query("SELECT count(*) FROM kept") == "0"
    finally:
        second.stop()


def test_a_lock_file_with_the_number_of_another_program_does_not_hinder_the_start(
    server: Postgres,
) -> None:
    server.kill()
    lock = server.data / "postmaster.pid"
    words = lock.read_text(encoding="utf-8").splitlines()
    lock.write_text("\n".join([str(os.getppid()), *words[1:]]) + "\n", encoding="utf-8")

    server.start()

    assert server.query("SELECT 1") == "1"


def test_a_creation_that_was_interrupted_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")

    with embedded_postgres(tmp_path / "postgres", durable=False) as made:
        assert made.query("SELECT 1") == "1"


def test_data_of_another_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n", encoding="utf-8")

    with pytest.raises(HostError, match="belongs to PostgreSQL 15"):
        Postgres(tmp_path / "postgres", tmp_path / "s", "x").start()


def test_nobody_enters_without_the_password_nor_by_the_network(server: Postgres) -> None:
    async def enter() -> None:
        await asyncpg.connect(server.url.replace("a-password", "wrong"))

    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(enter())
    assert server.query("SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_a_folder_with_a_long_path_still_gets_a_server(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path / ("long" * 30), durable=False) as made:
        assert made.query("SELECT 1") == "1"


def _client(url: str) -> redis.Redis:
    return cast("Any", redis.Redis).from_url(url)


def test_valkey_keeps_its_data_and_its_port_and_asks_for_the_password(tmp_path: Path) -> None:
    with embedded_valkey(tmp_path / "valkey") as made:
        client = _client(made.url)
        client.set("kept", "yes")
        time.sleep(1.2)  # appendfsync everysec
        port = made.port
        client.close()

        made.kill()
        made.start()

        assert made.port == port
        with _client(made.url) as again:
            assert again.get("kept") == b"yes"
        with (
            redis.Redis(port=port) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.get("kept")
        command = Path(f"/proc/{made.pid}/cmdline").read_bytes().decode()
        assert made.url.split(":")[2].split("@")[0] not in command


def test_an_orphaned_valkey_is_stopped(tmp_path: Path) -> None:
    first = Valkey(tmp_path / "valkey", "password", durable=False)
    first.start()
    orphan = first.pid

    with embedded_valkey(tmp_path / "valkey", durable=False) as second:
        assert second.pid != orphan
        assert not first.running()


def test_a_shell_in_the_data_folder_is_no_orphan(tmp_path: Path) -> None:
    folder = tmp_path / "valkey"
    folder.mkdir()
    shell = subprocess.Popen(["sleep", "60"], cwd=folder)
    try:
        with embedded_valkey(folder, durable=False):
            assert shell.poll() is None
    finally:
        shell.send_signal(signal.SIGKILL)
        shell.wait()
