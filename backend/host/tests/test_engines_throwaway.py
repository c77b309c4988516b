"""Throwaway engines speak their protocol, keep what they acknowledged, freeze on demand and leave no process behind."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import aio_pika
import httpx
import pytest
import redis

from muster_host.engines import Engine, Redis, embedded_postgres, embedded_redis, instances
from muster_host.engines.processes import marked
from muster_host.engines.rabbitmq import handshake
from muster_host.errors import HostError


def _client(url: str) -> redis.Redis:
    return cast("Any", redis.Redis).from_url(url, socket_timeout=1)


def _command_lines(folder: str) -> str:
    pids = marked(Path(folder))
    return " ".join(Path(f"/proc/{pid}/cmdline").read_text() for pid in pids)


def test_redis_keeps_its_data_over_a_kill_and_asks_for_the_password(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "redis") as made:
        with _client(made.url) as client:
            client.set("kept", "yes")
            time.sleep(1.2)  # appendfsync everysec
        port = made.ports

        made.kill()
        made.start()

        assert made.ports == port
        with _client(made.url) as client:
            assert client.get("kept") == b"yes"
        with redis.Redis(port=port[0]) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.get("kept")
        secret = (made.folder / "password").read_text()
        assert secret not in Path(f"/proc/{made.pid}/cmdline").read_text()


def test_a_paused_redis_is_silent_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "redis") as made, _client(made.url) as client:
        client.set("kept", "yes")
        made.pause()
        with pytest.raises(redis.TimeoutError):
            client.get("kept")
        made.resume()
        assert client.get("kept") == b"yes"


def test_a_paused_postgres_is_silent_in_connections_that_were_open(tmp_path: Path) -> None:
    import asyncpg  # noqa: PLC0415

    async def story() -> None:
        with embedded_postgres(tmp_path / "postgres", durable=False) as made:
            connection = await asyncpg.connect(made.url)
            made.pause()
            waiting = asyncio.create_task(connection.fetchval("SELECT 1"))
            await asyncio.sleep(0.5)
            assert not waiting.done()
            made.resume()
            assert await waiting == 1
            await connection.close()

    asyncio.run(story())


def test_an_engine_stops_even_while_it_is_paused(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "redis") as made:
        made.pause()
    assert marked(made.folder) == []


def test_a_port_that_another_program_took_is_told_in_a_sentence(tmp_path: Path) -> None:
    with embedded_redis(tmp_path / "one") as first:
        second = Redis(tmp_path / "two", "password")
        second.ports = list(first.ports)
        with pytest.raises(HostError, match="cannot start"):
            second.start()
        assert marked(second.folder) == []


async def test_a_broker_with_an_account_a_password_and_confirmed_messages(
    fresh_rabbitmq_url: str, rabbitmq: dict[str, Any]
) -> None:
    connection = await aio_pika.connect(fresh_rabbitmq_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        queue = await channel.declare_queue(
            "kept", durable=True, arguments={"x-queue-type": "quorum"}
        )
        await channel.default_exchange.publish(aio_pika.Message(b"yes"), "kept")
        message = await queue.get(timeout=10)
        assert message.body == b"yes"
        await message.ack()
    port = httpx.URL(fresh_rabbitmq_url.replace("amqp:", "http:")).port
    assert port is not None
    assert not handshake(port, "muster", "wrong")
    assert rabbitmq["url"].split(":")[2].split("@")[0] not in _command_lines(rabbitmq["folder"])


def test_elasticsearch_keeps_a_document_and_strangers_out(elasticsearch_url: str) -> None:
    with httpx.Client(base_url=elasticsearch_url, timeout=60, trust_env=False) as client:
        client.put("/engines-try/_doc/1?refresh=true", json={"word": "kept"}).raise_for_status()
        found = client.get("/engines-try/_search", params={"q": "word:kept"}).json()
        assert found["hits"]["total"]["value"] == 1
        client.delete("/engines-try").raise_for_status()
        bare = str(client.base_url.copy_with(username=None, password=None))
        assert httpx.get(f"{bare}/_cluster/health", trust_env=False).status_code == 401


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no engine is left running."""
    yield tmp_path
    instances.down(tmp_path)


def test_instances_outlive_the_command_and_are_stopped_by_the_next(folder: Path) -> None:
    started = instances.up(folder, ["redis"])

    assert instances.up(folder, ["redis"]) == started
    assert instances.running(folder) == started
    assert json.loads((folder / "running.json").read_text()) == started
    assert (folder / "running.json").stat().st_mode & 0o077 == 0
    with _client(started["redis"]["url"]) as client:
        assert client.set("kept", "yes")

    assert instances.down(folder) == ["redis"]
    assert instances.running(folder) == {}
    assert marked(folder / "redis") == []


def test_an_unknown_engine_is_refused_with_the_names_of_those_there_are(folder: Path) -> None:
    with pytest.raises(HostError, match="rabbitmq, redis, elasticsearch"):
        instances.up(folder, ["kafka"])


@pytest.mark.serial
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["rabbitmq", "elasticsearch"])
def test_a_killed_engine_comes_back_on_its_ports_and_a_stop_leaves_nothing(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("rabbitmq" if name == "rabbitmq" else "elasticsearch_url")
    made: Callable[[Path, str], Engine] = instances.KINDS[name]
    engine = made(tmp_path / name, "a-password-of-32-characters-more")
    engine.start()
    ports = engine.ports
    assert len(engine.processes()) > 1

    engine.kill()
    assert engine.processes() == []
    engine.start()
    assert engine.ports == ports

    engine.stop()
    assert engine.processes() == []
