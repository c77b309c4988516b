"""The lean client, against servers that say exactly what a test tells them to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from muster_testing.providers.hooks import hook_server
from notification.channels.client import Answer, Silence
from notification.channels.lean import LeanClient

Says = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def saying(says: Says) -> AsyncGenerator[str]:
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await says(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            """The other side hung up."""
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/a?b=c"
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def heard(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)


async def ask(says: Says, seconds: float = 5) -> Answer | Silence:
    async with saying(says) as url:
        client = LeanClient(seconds)
        found = await client.post(url, b"To=1", {"Accept": "text/plain"})
        await client.close()
        return found


async def test_a_request_arrives_whole_and_its_answer_too() -> None:
    got: list[bytes] = []

    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await heard(reader))
        writer.write(OK)

    found = await ask(says)

    assert isinstance(found, Answer)
    assert (found.status, found.body) == (201, b"ok")
    assert got[0].startswith(b"POST /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")
    assert got[0].endswith(b"Accept: text/plain\r\nContent-Length: 4\r\n\r\nTo=1")


@pytest.mark.parametrize(
    ("said", "status", "body"),
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            200,
            b"abc",
        ),
        (b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + OK, 201, b"ok"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.1 429 Slow\r\nRETRY-AFTER: 7\r\nContent-Length: 0\r\n\r\n", 429, b""),
    ],
)
async def test_every_form_of_answer_is_read(said: bytes, status: int, body: bytes) -> None:
    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        for start in range(0, len(said), 7):
            writer.write(said[start : start + 7])
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    found = await ask(says)

    assert isinstance(found, Answer)
    assert (found.status, found.body) == (status, body)
    assert found.headers.get("Retry-After") == ("7" if status == 429 else None)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\nok",
        b"HTTP/1.1 20",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
async def test_an_answer_that_breaks_off_may_have_been_accepted(said: bytes) -> None:
    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        writer.write(said)
        writer.close()

    found = await ask(says)

    assert isinstance(found, Silence)
    assert found.sent
    assert found.reason.startswith("cut-off")


async def test_silence_ends_after_the_time_allowed() -> None:
    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard(reader)
        await asyncio.sleep(2)
        writer.close()

    began = asyncio.get_running_loop().time()
    found = await ask(says, seconds=0.3)

    assert found == Silence("timed-out", sent=True)
    assert asyncio.get_running_loop().time() - began < 1.5


async def test_nobody_there_means_that_nothing_was_sent() -> None:
    async with saying(lambda reader, writer: asyncio.sleep(0)) as url:  # noqa: ARG005 - it says nothing
        pass
    found = await LeanClient(1).post(url, b"", {})

    assert isinstance(found, Silence)
    assert not found.sent


async def test_a_connection_is_used_again_unless_the_server_hung_up() -> None:
    connections: list[int] = []

    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        for _ in range(3):
            await heard(reader)
            connections[-1] += 1
            writer.write(OK)
        writer.close()

    async with saying(says) as url:
        client = LeanClient(5)
        found: list[Answer | Silence] = []
        for _ in range(6):
            found.append(await client.post(url, b"x", {}))
            await asyncio.sleep(0.05)
        await client.close()

    assert [isinstance(one, Answer) for one in found] == [True] * 6
    assert connections == [3, 3]


async def test_one_who_gives_up_leaves_no_answer_for_the_next() -> None:
    served: list[bytes] = []

    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await heard(reader)
        served.append(body)
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + body[-1:])

    async with saying(says) as url:
        client = LeanClient(5)
        task = asyncio.create_task(client.post(url, b"1", {}))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        found = await client.post(url, b"2", {})
        await client.close()

    assert isinstance(found, Answer)
    assert found.body == b"2"


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nX: y", "a\rb"])
async def test_a_header_cannot_become_two(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        await LeanClient(1).post("http://127.0.0.1:9/", b"", {"Idempotency-Key": value})


@pytest.mark.parametrize("url", ["ftp://x.example/", "https://", "file:///etc/passwd"])
async def test_only_http_addresses_are_called(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        await LeanClient(1).post(url, b"", {})


async def test_a_certificate_is_believed_only_if_an_authority_vouches_for_it(
    authority: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hook_server(tls=authority.server) as there:
        url = f"{there.url}/x"
        found = await LeanClient(5).post(url, b"x", {})
        assert isinstance(found, Silence)
        assert not found.sent
        assert there.record.all == []

        # As the operator names an authority to OpenSSL.
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        client = LeanClient(5)
        found = await client.post(url, b"x", {})
        await client.close()
        assert isinstance(found, Answer)
        assert found.status == 401
