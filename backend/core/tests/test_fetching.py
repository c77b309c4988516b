from __future__ import annotations

import gzip
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from muster_core.fetching import Downloaded, Failed, Limits, NotModified, Source, fetch
from muster_core.outbound import Outbound
from muster_testing.feed_server import FeedServer

LIMITS = Limits(most_bytes=100_000, connect_seconds=1, read_seconds=0.5, total_seconds=2)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer(body=b"<feed/>").serving() as served:
        yield served


async def test_a_document_comes_with_the_validators_to_ask_again(server: FeedServer) -> None:
    server.headers = {"ETag": '"1"', "Last-Modified": "Sat, 06 Jul 2019 03:30:00 GMT"}
    first = await fetch(Source(server.url, "text/xml"), LIMITS)
    assert isinstance(first, Downloaded)
    assert first == Downloaded(b"<feed/>", '"1"', "Sat, 06 Jul 2019 03:30:00 GMT")
    again = await fetch(Source(server.url, "text/xml", first.etag, first.last_modified), LIMITS)
    assert again == NotModified()
    assert server.requests[0]["accept"] == "text/xml"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"status": "500 Internal Server Error"}, "refused"),
        ({"status": "304 Not Modified", "length": False}, "refused"),
        ({"status": "302 Found", "headers": {"Location": "http://example.org/"}}, "redirected"),
        ({"status": "302 Found", "headers": {"Location": "/again"}}, "redirected"),
        ({"headers": {"Content-Encoding": "br"}}, "refused"),
        ({"body": b" " * 4096, "pause": 0.1}, "too-slow"),
        ({"body": b" " * 4096, "pause": 0.9}, "too-slow"),
        ({"body": b" " * 50_000_000}, "too-large"),
        ({"body": b" " * 90_000, "cut_after": 50_000}, "broken-off"),
        (
            {"body": gzip.compress(b" " * 9_000_000), "headers": {"Content-Encoding": "gzip"}},
            "too-large",
        ),
    ],
)
async def test_a_sick_server_is_a_failure_with_its_reason(
    behaviour: dict[str, Any], reason: str, server: FeedServer
) -> None:
    server.behave(**behaviour)
    answer = await fetch(Source(server.url, "*/*"), LIMITS)
    assert isinstance(answer, Failed)
    assert answer.reason == reason, answer.detail


async def _nobody(host: str, port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, f"{host}:{port} is nowhere")


async def test_an_address_of_somebody_elses_choice_is_judged_before_it_is_asked(
    server: FeedServer,
) -> None:
    refused = await fetch(Source(server.url, "*/*"), LIMITS, Outbound())
    assert isinstance(refused, Failed)
    assert refused.reason == "forbidden-address"
    assert server.paths == []
    unknown = await fetch(Source("https://feed.invalid/", "*/*"), LIMITS, Outbound(resolve=_nobody))
    assert isinstance(unknown, Failed)
    assert (unknown.reason, unknown.detail) == (
        "unknown-name",
        "The name 'feed.invalid' is not known.",
    )
    allowed = await fetch(Source(server.url, "*/*"), LIMITS, Outbound(loopback=True))
    assert isinstance(allowed, Downloaded)


async def test_the_connection_goes_to_the_address_that_was_judged(server: FeedServer) -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    url = f"http://feeds.example.org:{server.port}/feed"
    outbound = Outbound(loopback=True, resolve=resolve)
    answer = await fetch(Source(url, "*/*"), LIMITS, outbound)
    assert isinstance(answer, Downloaded)
    assert server.requests[0]["host"] == f"feeds.example.org:{server.port}"
