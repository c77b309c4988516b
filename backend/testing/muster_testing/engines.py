"""Real RabbitMQ, Redis and Elasticsearch for tests: those of `muster engines up`, else one each for the session.

`tools/test` starts them once and names their folder in MUSTER_TEST_ENGINES. Tests that share one keep apart: by a
virtual host, a key prefix, an index prefix. A program that is missing fails the test in CI, and skips it elsewhere.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def instance(name: str) -> Generator[dict[str, Any]]:
    """The note of a running engine: `url`, `pid`, and for RabbitMQ `management_url`."""
    from muster_host.engines import elasticsearch, instances  # noqa: PLC0415 - only tests that need it pay
    from muster_host.errors import HostError  # noqa: PLC0415

    shared = os.environ.get("MUSTER_TEST_ENGINES")
    found = instances.running(Path(shared)).get(name) if shared else None
    if found is not None:
        yield found
        return
    in_ci = os.environ.get("CI") == "true"
    if name == "elasticsearch" and not (in_ci or elasticsearch.installed()):
        pytest.skip("Elasticsearch is missing: `tools/bootstrap engines` fetches it")
    folder = Path(tempfile.mkdtemp(prefix="muster-engine-"))
    try:
        started = instances.up(folder, [name])[name]
    except HostError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if in_ci or "not installed" not in str(error):
            pytest.fail(str(error))
        pytest.skip(str(error))
    try:
        yield started
    finally:
        instances.down(folder, [name])
        shutil.rmtree(folder, ignore_errors=True)


def need_everything() -> None:
    """Fail in CI, and skip elsewhere, where a program is missing that a distributed installation consists of."""
    from muster_host.compose.servers import check_programs  # noqa: PLC0415
    from muster_host.errors import HostError  # noqa: PLC0415

    try:
        check_programs()
    except HostError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[dict[str, Any]]:
    """A broker: `url` of its first virtual host, `management_url`, `pid`."""
    with instance("rabbitmq") as note:
        yield note


@contextmanager
def virtual_host(note: dict[str, Any]) -> Generator[str]:
    """The URL of a virtual host for the length of a block."""
    from muster_host.engines.rabbitmq import add_vhost, remove_vhost  # noqa: PLC0415

    name = f"test-{secrets.token_hex(6)}"
    add_vhost(note["management_url"], name)
    try:
        yield f"{note['url'].rstrip('/')}/{name}"
    finally:
        remove_vhost(note["management_url"], name)


@pytest.fixture(scope="session")
def rabbitmq_url(rabbitmq: dict[str, Any]) -> Iterator[str]:
    """A virtual host for this test process."""
    with virtual_host(rabbitmq) as url:
        yield url


@pytest.fixture
def fresh_rabbitmq_url(rabbitmq: dict[str, Any]) -> Iterator[str]:
    """A virtual host for one test."""
    with virtual_host(rabbitmq) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis; what a test writes there begins with a prefix of its own."""
    with instance("redis") as note:
        yield str(note["url"])


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """An Elasticsearch; the indices a test makes there begin with a prefix of its own."""
    with instance("elasticsearch") as note:
        yield str(note["url"])
