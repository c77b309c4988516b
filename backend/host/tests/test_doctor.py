"""`muster doctor`: it sees what is broken and says what to do, waits for nobody, and tells no secret."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr

from muster_core.microservice import Microservice, declare_topology
from muster_core.settings import Settings
from muster_host.doctor import configuration, database, engines, machine, peers, report
from muster_host.doctor.catalogue import CHECKS
from muster_host.doctor.findings import Check, Finding, Place, State, ok
from muster_host.engines import Postgres, embedded_valkey
from muster_host.home import Home
from muster_testing.hosting import Host

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET = "never-to-be-told"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def place(tmp_path: Path, services: list[Microservice]) -> Callable[..., Place]:
    """Call it with settings for an installation that has them and nothing else."""

    def made(*, runs: bool = False, **settings: Any) -> Place:
        return Place(Settings(home=tmp_path, **settings), Home(tmp_path), services, runs)

    return made


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield listening.getsockname()[1]


def states(findings: Sequence[Finding]) -> dict[str, State]:
    return {one.about: one.state for one in findings}


def told(findings: Sequence[Finding]) -> str:
    return report.as_text(findings)


def test_where_nothing_runs_nothing_is_wrong(place: Callable[..., Place]) -> None:
    found = report.run(CHECKS, place(port=free()))

    assert {one.state for one in found} == {State.OK, State.OFF}
    assert len({one.about for one in found}) >= 17


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_silent_servers_cost_two_seconds_together(
    place: Callable[..., Place], silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = f"muster:{SECRET}@127.0.0.1:{silent}"
    monkeypatch.setenv("MUSTER_SEARCH_ELASTICSEARCH_URL", f"http://{at}")
    everything = place(
        port=silent,
        database_url=SecretStr(f"postgresql://{at}/muster"),
        cache_url=SecretStr(f"redis://{at}/0"),
        broker_url=SecretStr(f"amqp://{at}/"),
        rpc_address=f"127.0.0.1:{silent}",
    )
    began = time.monotonic()

    found = report.run(CHECKS, everything)

    assert time.monotonic() - began < report.CHECK_SECONDS + 1.5
    seen = states(found)
    for about in ("PostgreSQL", "cache", "broker", "Elasticsearch", "gRPC", "port"):
        assert seen[about] is State.FAIL, told(found)
    assert SECRET not in told(found)
    assert all(one.remedy for one in found if one.state is State.FAIL)


def test_servers_that_are_away_are_named(
    place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = f"muster:{SECRET}@127.0.0.1:9"
    monkeypatch.setenv("MUSTER_SEARCH_ELASTICSEARCH_URL", f"http://{at}")
    found = report.run(
        CHECKS,
        place(
            port=free(),
            database_url=SecretStr(f"postgresql://{at}/muster"),
            cache_url=SecretStr(f"redis://{at}/0"),
            broker_url=SecretStr(f"amqp://{at}/"),
            rpc_address="127.0.0.1:9",
        ),
    )

    failed = {one.about for one in found if one.state is State.FAIL}
    assert {"PostgreSQL", "cache", "broker", "Elasticsearch", "gRPC"} <= failed
    assert SECRET not in told(found)


async def test_a_check_that_breaks_or_hangs_is_a_finding_and_stops_no_other(
    place: Callable[..., Place],
) -> None:
    async def breaks(_place: Place) -> Sequence[Finding]:
        raise ValueError(SECRET)

    async def hangs(_place: Place) -> Sequence[Finding]:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:  # as a driver that waits for its server's consent
                continue

    async def fine(_place: Place) -> Sequence[Finding]:
        return [ok("fine", "well")]

    checks = [Check("breaks", breaks), Check("hangs", hangs), Check("fine", fine)]
    found = await asyncio.to_thread(report.run, checks, place())
    assert [one.state for one in found] == [State.FAIL, State.FAIL, State.OK]
    assert SECRET not in told(found)


async def test_a_misspelt_setting_is_named_with_what_was_meant(
    place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSTER_DATABSE_URL", f"postgresql://muster:{SECRET}@db/muster")
    monkeypatch.setenv("MUSTER_HAZARDS_POLL_SECONDS", "30")

    (found,) = await configuration.names(place())

    assert found.state is State.WARN
    assert "MUSTER_DATABSE_URL" in found.seen
    assert "MUSTER_DATABASE_URL" in found.remedy
    assert SECRET not in told([found])


def test_every_variable_that_the_code_names_is_known(place: Callable[..., Place]) -> None:
    named: set[str] = set()
    for folder in ("backend/core/muster_core", "backend/host/muster_host", "microservices"):
        for file in (ROOT / folder).rglob("*.py"):
            named |= set(re.findall(r"[\"'](MUSTER_[A-Z_]*[A-Z])[\"']", file.read_text("utf-8")))
    assert len(named) > 5
    assert named - configuration.known_names(place()) == set()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"log_level": "LOUD"}, "MUSTER_LOG_LEVEL"),
        ({"traces_url": SecretStr("http://c:4318"), "traces_ratio": 0.0}, "TRACES_RATIO"),
        ({"rpc_peers": {"identty": "unix:/x"}}, "did you mean identity"),
        ({"host": "0.0.0.0"}, "without TLS"),  # noqa: S104 - it is what must be warned of
        ({"database_url": SecretStr("postgresql://db/x"), "rpc_address": "unix:/x"}, "CACHE_URL"),
        ({"broker_url": SecretStr("amqp://b/")}, "MUSTER_BROKER_URL"),
    ],
)
async def test_contradictions_are_found(
    place: Callable[..., Place], settings: dict[str, Any], word: str
) -> None:
    found = await configuration.contradictions(place(**settings))

    assert [one for one in found if one.state is not State.OK]
    assert word in told(found)


async def test_demo_accounts_must_not_meet_the_public(place: Callable[..., Place]) -> None:
    public = place(public_url="https://muster.example.org")

    assert states(await configuration.demo(public)) == {"demo": State.WARN}
    assert states(await configuration.demo(place())) == {"demo": State.OFF}
    assert states(await configuration.demo(place(demo="off"))) == {"demo": State.OK}


async def test_secrets_that_others_can_read_are_found(place: Callable[..., Place]) -> None:
    here = place()
    here.home.create()
    here.home.secret("wrapping.key")
    assert states(await machine.secrets(here)) == {"secrets": State.OK}

    key = here.home.folder / "secrets" / "wrapping.key"
    key.chmod(0o644)
    (found,) = await machine.secrets(here)
    assert (found.state, found.remedy) == (State.WARN, f"chmod 600 {key}")
    assert key.read_text().strip() not in told([found])
    assert states(await machine.backup(here)) == {"backup": State.OK}


async def test_a_taken_port_is_found(place: Callable[..., Place], silent: int) -> None:
    (found,) = await machine.port(place(port=silent))

    assert found.state is State.FAIL
    assert "MUSTER_PORT" in found.remedy


@pytest.mark.parametrize(
    ("days", "state"), [(60, State.OK), (5, State.WARN), (-1, State.FAIL), (None, State.FAIL)]
)
async def test_certificates_that_end_are_found_before(
    place: Callable[..., Place], tmp_path: Path, days: int | None, state: State
) -> None:
    file = tmp_path / "service.crt"
    file.write_bytes(b"nothing" if days is None else certificate(days))

    found = await peers.certificates(place(rpc_certificate_file=file))

    assert states(found) == {"certificate": state}


def certificate(days: int) -> bytes:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, None)
    )
    return made.public_bytes(Encoding.PEM)


async def test_a_migrated_database_is_well_and_an_empty_one_is_not(
    place: Callable[..., Place], database_url: str, postgres: Postgres
) -> None:
    migrated = place(database_url=SecretStr(database_url))
    found = [*await database.postgres(migrated), *await database.migrations(migrated)]
    found += [*await database.outboxes(migrated), *await database.clock(migrated)]
    assert {one.state for one in found} == {State.OK}, told(found)

    empty = place(database_url=SecretStr(postgres.database_url("postgres")))
    (found_behind,) = await database.migrations(empty)
    assert (found_behind.state, found_behind.remedy) == (State.FAIL, "`muster migrate`")
    assert states(await database.outboxes(empty)) == {"outbox": State.OFF}


async def test_what_waits_too_long_in_the_database_is_found(
    place: Callable[..., Place], database_url: str, postgres: Postgres
) -> None:
    name = database_url.partition("@/")[2].partition("?")[0]
    here = place(database_url=SecretStr(database_url), broker_url=SecretStr("amqp://b/"))
    for statement in (
        "INSERT INTO identity.outbox (kind, body, written_at) VALUES ('event', '{}', now() - interval '2 min')",
        (
            "INSERT INTO identity.dead_letter (id, consumer, body, error, attempts)"
            " VALUES (gen_random_uuid(), 'relay', '{}', 'x', 1)"
        ),
        (
            "INSERT INTO hazard_monitoring.tick (task, slot, ticked_at)"
            " VALUES ('hazard_monitoring.tick', 1, now() - interval '5 min')"
        ),
        (
            "INSERT INTO hazard_monitoring.feed (id, key, name, kind, url, poll_seconds, last_success_at)"
            " VALUES (gen_random_uuid(), 'usgs', 'USGS', 'usgs-geojson', 'http://x', 60, now() - interval '2 h')"
        ),
        (
            "INSERT INTO activity_log.verification (walk, position, ok, finished_at)"
            " VALUES ('whole', 0, false, now())"
        ),
    ):
        postgres.query(statement, name)

    found = [*await database.outboxes(here), *await database.clock(here)]
    found += [*await database.feeds(here), *await database.journal(here)]
    assert states(found) == {
        "outbox": State.WARN,
        "dead letters": State.WARN,
        "beat": State.FAIL,
        "feed usgs": State.WARN,
        "journal": State.FAIL,
    }, told(found)

    postgres.query("UPDATE identity.outbox SET written_at = now() - interval '1 hour'", name)
    assert states(await database.outboxes(here))["outbox"] is State.FAIL


async def test_a_cache_that_answers_and_one_that_refuses(
    place: Callable[..., Place], tmp_path: Path
) -> None:
    with embedded_valkey(tmp_path / "valkey", durable=False) as server:
        (well,) = await engines.cache(place(cache_url=SecretStr(server.url)))
        wrong = re.sub(r"://:[^@]*@", f"://:{SECRET}@", server.url)
        (refused,) = await engines.cache(place(cache_url=SecretStr(wrong)))
        (password,) = re.findall(r"://:([^@]*)@", server.url)

    assert (well.state, well.seen.split()[0]) == (State.OK, "Valkey")
    assert (refused.state, refused.seen) == (State.FAIL, "refuses our password")
    assert SECRET not in told([well, refused])
    assert password not in told([well, refused])


async def test_a_broker_without_our_queues_and_with_them_but_nobody_who_consumes(
    place: Callable[..., Place], fresh_rabbitmq_url: str, services: list[Microservice]
) -> None:
    here = place(broker_url=SecretStr(fresh_rabbitmq_url))
    bare = states(await engines.broker(here))
    assert (bare["broker"], bare["queues"]) == (State.OK, State.FAIL)

    await declare_topology(services, fresh_rabbitmq_url)
    found = await engines.broker(here)
    seen = states(found)
    assert (seen["broker"], seen["queues"], seen["consumers"]) == (
        State.OK,
        State.OK,
        State.WARN,
    ), told(found)


@pytest.mark.serial
def test_a_running_muster_is_well(tmp_path: Path) -> None:
    with ExitStack() as stack:
        host = stack.enter_context(Host(tmp_path / "home", MUSTER_HAZARDS_USGS_URL=""))
        deadline = time.monotonic() + 90
        while True:
            answer = host.muster("doctor", "--json")
            found = {one["about"]: one for one in json.loads(answer.stdout)}
            # The journal is verified within its first minute.
            if found["journal"]["state"] == "ok" or time.monotonic() > deadline:
                break
            time.sleep(2)
        seen = {about: one["state"] for about, one in found.items()}
        for about in ("PostgreSQL", "migrations", "outbox", "beat", "cache", "gRPC", "journal"):
            assert seen[about] == "ok", answer.stdout
        assert answer.returncode == 0, answer.stdout
        assert (tmp_path / "home" / "secrets" / "cache.password").read_text() not in answer.stdout
    assert host.muster("doctor").returncode == 0
