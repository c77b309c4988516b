"""Mutual TLS between services: who is let in, under which name, and that renewing stops nothing."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from muster_core import errors
from muster_core.auth import system_actor
from muster_core.errors import SettingError
from muster_core.rpc import Rpc, RpcServer, check_settings, current_caller
from muster_core.rpc import certificates as files
from muster_core.rpc.health import Health
from muster_core.settings import Settings
from muster_host.certificates import make
from muster_testing.hosting import free_port
from muster_testing.notes import Notes, NotesStub

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

SERVICES = ["notes", "search", "alerting"]
ASKING = system_actor("search")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    make(tmp_path / "house", SERVICES)
    return tmp_path / "house"


def settings_of(folder: Path, service: str, port: int) -> Settings:
    return Settings(
        rpc_address=f"127.0.0.1:{port}",
        rpc_certificate_file=folder / f"{service}.crt",
        rpc_key_file=folder / f"{service}.key",
        rpc_ca_file=folder / "ca.crt",
    )


async def who(_request: bytes, _context: Any) -> bytes:
    return current_caller().name.encode()


@asynccontextmanager
async def serving(
    settings: Settings, callers: frozenset[str] | None = None
) -> AsyncGenerator[RpcServer]:
    server = RpcServer(settings)
    server.add(Notes(get=who).add_to, None, callers)
    server.report(Health({}, asyncio.Event()))
    await server.start()
    try:
        yield server
    finally:
        await server.close(0.2)


async def ask(settings: Settings, service: str = "notes") -> bytes:
    rpc = Rpc(settings)
    try:
        stub = rpc.stub(NotesStub, service)
        answer: bytes = await rpc.call(stub.get, b"", actor=ASKING)
        return answer
    finally:
        await rpc.close()


async def test_a_service_of_the_house_is_let_in_and_believed(house: Path) -> None:
    port = free_port()
    async with serving(settings_of(house, "notes", port)):
        assert await ask(settings_of(house, "search", port)) == b"search"
        assert await ask(settings_of(house, "host", port)) == b"search"


async def test_a_process_with_every_service_serves_under_each_name(house: Path) -> None:
    port = free_port()
    async with serving(settings_of(house, "host", port)):
        assert await ask(settings_of(house, "search", port), "notes") == b"search"
        assert await ask(settings_of(house, "search", port), "alerting") == b"search"


async def test_another_authority_is_refused_on_both_sides(house: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    make(foreign, SERVICES)
    port = free_port()
    theirs = settings_of(foreign, "search", port)
    half = theirs.model_copy(update={"rpc_ca_file": house / "ca.crt"})
    async with serving(settings_of(house, "notes", port)):
        with pytest.raises(errors.UnavailableError):
            await ask(theirs)
        with pytest.raises(errors.UnavailableError):
            await ask(half)
        assert await ask(settings_of(house, "search", port)) == b"search"


async def test_an_expired_certificate_is_refused_on_both_sides(house: Path, tmp_path: Path) -> None:
    for name in ("ca.crt", "ca.key"):
        (tmp_path / "old").mkdir(exist_ok=True)
        (tmp_path / "old" / name).write_bytes((house / name).read_bytes())
    make(tmp_path / "old", SERVICES, days=-1)
    port = free_port()
    async with serving(settings_of(house, "notes", port)):
        with pytest.raises(errors.UnavailableError):
            await ask(settings_of(tmp_path / "old", "search", port))
    async with serving(settings_of(tmp_path / "old", "notes", port)):
        with pytest.raises(errors.UnavailableError):
            await ask(settings_of(house, "search", port))


async def test_without_a_certificate_nobody_gets_in(house: Path) -> None:
    port = free_port()
    async with serving(settings_of(house, "notes", port)):
        with pytest.raises(errors.UnavailableError):
            await ask(Settings(rpc_address=f"127.0.0.1:{port}"))
        context = ssl.create_default_context(cafile=str(house / "ca.crt"))
        context.set_alpn_protocols(["h2"])
        assert await _first_bytes(port, context) == b""


async def _first_bytes(port: int, context: ssl.SSLContext) -> bytes:
    """What a server says first over TLS; with TLS 1.3 a client is done before it is refused."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="notes"
    )
    try:
        return await asyncio.wait_for(reader.read(100), 5)
    except (ssl.SSLError, ConnectionError):
        return b""
    finally:
        writer.close()


async def test_tls_below_1_2_is_refused(house: Path) -> None:
    port = free_port()
    old = ssl.create_default_context(cafile=str(house / "ca.crt"))
    old.load_cert_chain(house / "search.crt", house / "search.key")
    old.set_alpn_protocols(["h2"])
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    async with serving(settings_of(house, "notes", port)):
        assert await _first_bytes(port, old) != b"", "the same client with TLS of today"
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            old.minimum_version = ssl.TLSVersion.TLSv1
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await _first_bytes(port, old)


async def test_a_server_is_asked_only_under_its_own_name(house: Path) -> None:
    port = free_port()
    async with serving(settings_of(house, "alerting", port)):
        with pytest.raises(errors.UnavailableError):
            await ask(settings_of(house, "search", port), "notes")


async def test_a_service_that_has_no_business_there_is_refused(
    house: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    async with serving(settings_of(house, "notes", port), frozenset({"search"})):
        assert await ask(settings_of(house, "search", port)) == b"search"
        # Not ForbiddenError: the person on whose behalf it asks lacks no permission.
        with pytest.raises(errors.UnavailableError):
            await ask(settings_of(house, "alerting", port))


async def test_health_is_answered_to_every_service(house: Path) -> None:
    port = free_port()
    async with serving(settings_of(house, "notes", port), frozenset({"search"})):
        rpc = Rpc(settings_of(house, "alerting", port))
        stub: Any = rpc.stub(health_pb2_grpc.HealthStub, "notes")
        answer = await rpc.call(stub.Check, health_pb2.HealthCheckRequest())
        await rpc.close()
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_certificates_are_replaced_while_calls_go_on(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LOOK_SECONDS", 0.05)
    port = free_port()
    asking = settings_of(house, "search", port)
    async with serving(settings_of(house, "notes", port)):
        rpc = Rpc(asking)
        failed: list[Exception] = []
        answered = 0
        going = True

        async def go() -> None:
            nonlocal answered
            while going:
                try:
                    await rpc.call(rpc.stub(NotesStub, "notes").get, b"", actor=ASKING)
                    answered += 1
                except errors.DomainError as error:
                    failed.append(error)
                await asyncio.sleep(0.002)

        tasks = [asyncio.create_task(go()) for _ in range(4)]
        before = rpc.stub(NotesStub, "notes")
        for _ in range(4):
            await asyncio.sleep(0.25)
            make(house, SERVICES)
        await asyncio.sleep(0.4)
        assert rpc.stub(NotesStub, "notes") is not before
        going = False
        await asyncio.gather(*tasks)
        await rpc.close()
        # New connections meet the new pair: the old authority's heirs alone would not do.
        for name in ("ca.crt", "ca.key"):
            (house / name).unlink()
        make(house, SERVICES)
        await asyncio.sleep(0.1)
        assert await ask(settings_of(house, "search", port)) == b"search"
    assert failed == []
    assert answered > 50


async def test_half_replaced_files_change_nothing(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LOOK_SECONDS", 0.0)
    found = files.Certificates(house / "notes.crt", house / "notes.key", house / "ca.crt")
    before = found.current()
    old = (house / "notes.crt").read_bytes()
    make(house, SERVICES)
    new = (house / "notes.crt").read_bytes()
    (house / "notes.crt").write_bytes(old)
    assert found.current() is before
    (house / "notes.crt").write_bytes(new)
    assert found.current().certificate == new
    (house / "notes.crt").unlink()
    assert found.current().certificate == new


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, None),
        ({"rpc_key_file": None}, "MUSTER_RPC_KEY_FILE"),
        ({"rpc_ca_file": None}, "MUSTER_RPC_CA_FILE"),
        ({"rpc_certificate_file": "/nowhere.crt"}, "MUSTER_RPC_CERTIFICATE_FILE"),
        ({"rpc_address": ""}, "MUSTER_RPC_ADDRESS"),
    ],
)
def test_what_is_missing_is_named_at_the_start(
    house: Path, changes: dict[str, Any], named: str | None
) -> None:
    given = settings_of(house, "notes", 9).model_dump() | changes
    settings = Settings(**given)
    if named is None:
        check_settings(settings, serves=True)
        return
    with pytest.raises(SettingError, match=named):
        check_settings(settings, serves=True)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("unix:/run/muster/rpc.sock", True),
        ("127.0.0.1:9000", True),
        ("localhost:9000", True),
        ("[::1]:9000", True),
        ("ipv4:127.0.0.1:9000,127.0.0.2:9000", True),
        ("ipv4:127.0.0.1:9000,10.0.0.2:9000", False),
        ("0.0.0.0:9000", False),
        ("[::]:9000", False),
        ("identity:9000", False),
        ("dns:identity:9000", False),
        ("dns:///identity.muster:9000", False),
        ("127.0.0.1.example.org:9000", False),
    ],
)
def test_beyond_this_machine_nothing_is_plain(address: str, *, plain: bool) -> None:
    given = [
        (Settings(rpc_address=address), True),
        (Settings(rpc_address="unix:/run/x", rpc_peers={"identity": address}), False),
    ]
    for settings, serves in given:
        if plain:
            check_settings(settings, serves=serves)
        else:
            with pytest.raises(SettingError, match="MUSTER_RPC_CERTIFICATE_FILE is not set"):
                check_settings(settings, serves=serves)
