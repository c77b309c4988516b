"""Each part of a distributed installation fails under load; what was acknowledged is there, once, and in order."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from kombu import Connection, Exchange
from redis import Redis

from muster_testing.faults.checker import check
from muster_testing.faults.clients import Crowd, Watcher, observe
from muster_testing.faults.proxy import CutAfter, Delay, HalfOpen, Pass, Refuse, Reset
from muster_testing.faults.site import Site
from muster_testing.hosting import everything

pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(600)]


@contextmanager
def at_work(site: Site, seed: int) -> Generator[Crowd]:
    """People at work for the length of a block; afterwards everything settles, and every promise is checked."""
    with Crowd(site.address, site.token(), people=5, seed=seed) as crowd:
        crowd.wait_for(15, within=30)
        yield crowd
        crowd.wait_for(15, within=60)
        assert site.findings(crowd) == [], crowd.history.count()


def test_the_database_is_killed(site: Site) -> None:
    with at_work(site, 11) as crowd:
        site.kill_database()
        site.postgres.start()
        assert crowd.wait_for(5, within=30) < 10


def test_the_broker_is_killed_and_the_api_accepts_on(site: Site) -> None:
    with at_work(site, 21) as crowd:
        site.rabbitmq.kill()
        crowd.wait_for(30, within=30)
        assert site.waiting() > 0, "the outbox does not hold what cannot be sent"
        site.rabbitmq.start()
        began = time.monotonic()
        while site.waiting() > 20:
            assert time.monotonic() - began < 60, "the outbox does not drain"
            time.sleep(0.1)


def test_the_broker_is_paused_and_the_api_accepts_on(site: Site) -> None:
    with at_work(site, 22) as crowd:
        site.rabbitmq.pause()
        try:
            crowd.wait_for(30, within=30)
            time.sleep(4)  # longer than a publish may wait
            assert site.waiting() > 0
        finally:
            site.rabbitmq.resume()
    for face in site.of_kind("relay"):
        assert httpx.get(f"{face.address}/healthz", timeout=5).is_success


def test_the_brokers_disk_is_full_and_the_api_accepts_on(site: Site) -> None:
    with at_work(site, 23) as crowd:
        site.rabbitmq.control("set_disk_free_limit", "500GB")
        try:
            crowd.wait_for(30, within=30)
            time.sleep(4)
            assert site.waiting() > 0, "a blocked connection took what it could not confirm"
        finally:
            site.rabbitmq.control("set_disk_free_limit", "50MB")


@pytest.mark.parametrize("kind", ["relay", "consumers", "worker", "api"])
def test_processes_of_ours_are_killed_in_turn(site: Site, kind: str) -> None:
    with at_work(site, 30 + len(kind)) as crowd:
        for face in site.of_kind(kind):
            crowd.wait_for(8, within=30)
            face.kill()
            crowd.wait_for(8, within=30)
            face.start()
            face.wait()


def test_the_cache_is_killed_and_flushed(site: Site) -> None:
    with at_work(site, 41) as crowd:
        site.redis.kill()
        crowd.wait_for(20, within=30)
        with site.client() as commander:
            assert commander.get("/incidents").is_success, "signed in and read without a cache"
        site.redis.start()
        crowd.wait_for(10, within=30)
        server: Any = Redis.from_url(site.redis.url)  # pyright: ignore[reportUnknownMemberType]
        server.flushall()
        server.close()
        crowd.wait_for(10, within=30)


def test_a_relay_killed_between_publishing_and_marking_has_no_second_effect(site: Site) -> None:
    with at_work(site, 51) as crowd:
        with site.broken_relay("dies") as relay:
            deadline = time.monotonic() + 30
            while relay.running():
                assert time.monotonic() < deadline, "it was given nothing to publish"
                time.sleep(0.05)
            assert site.waiting() > 0, "it marked what it had published"
        crowd.wait_for(5, within=30)


def test_two_relays_and_two_clocks_do_nothing_twice(site: Site) -> None:
    ticks = "SELECT count(*) FROM hazard_monitoring.tick"
    with at_work(site, 52) as crowd:
        crowd.wait_for(60, within=60)
        assert int(site.postgres.query(ticks)) > 0
    # A clock is killed; the other one ticks on.
    site.faces["consumers-1"].kill()
    before = _last_tick(site)
    deadline = time.monotonic() + 10
    while _last_tick(site) <= before + 2:
        assert time.monotonic() < deadline, "nobody ticks"
        time.sleep(0.1)
    site.faces["consumers-1"].start()
    site.settled()


def _last_tick(site: Site) -> int:
    return int(site.postgres.query("SELECT max(slot) FROM hazard_monitoring.tick"))


def test_messages_doubled_malformed_and_unknown_have_no_second_effect(site: Site) -> None:
    for face in site.of_kind("relay"):
        face.signal(signal.SIGSTOP)
    with site.client() as commander:
        made = [
            commander.post("/incidents", json={"name": f"Told twice {n}"}).json()["id"]
            for n in range(5)
        ]
    bodies = site.postgres.query(
        "SELECT body FROM incident_management.outbox WHERE kind = 'event' ORDER BY position DESC"
    ).splitlines()
    assert len(bodies) == 5
    broker = site.environment["MUSTER_BROKER_URL"]
    with Connection(broker) as connection:
        exchange = Exchange("muster.events", "topic", durable=True)
        producer = connection.Producer(exchange=exchange)
        for body in [*bodies, *bodies, "not json at all", '{"specversion": "1.0", "type": "?"}']:
            producer.publish(
                body.encode(),
                routing_key="muster.incident.declared.v1",
                content_type="application/cloudevents+json",
                content_encoding="utf-8",
            )
    for face in site.of_kind("relay"):
        face.signal(signal.SIGCONT)
    site.settled()
    deadline = time.monotonic() + 30
    while True:
        with site.client() as commander:
            entries = everything(commander, "/activity", type="muster.incident.declared.v1")
        told = Counter(str(entry["incident_id"]) for entry in entries)
        if all(told[incident_id] for incident_id in made) and site.dead_letters():
            break
        assert time.monotonic() < deadline, (told, site.dead_letters())
        time.sleep(0.2)
    assert {told[incident_id] for incident_id in made} == {1}
    listed = json.loads(site.muster("dead-letters", "list", "--json").stdout)
    assert {letter["consumer"] for letter in listed} >= {"activity-log.journal_everything"}
    site.forget_dead_letters()
    assert site.dead_letters() == []


def test_identity_is_down_and_tokens_verify_offline(site: Site) -> None:
    with at_work(site, 61) as crowd:
        site.faces["rpc"].kill()
        crowd.wait_for(40, within=40)
        site.faces["rpc"].start()
        site.faces["rpc"].wait()


def test_signing_in_says_503_while_it_cannot_look(site: Site) -> None:
    resume = site.pause_database()
    try:
        time.sleep(2.5)
        answer = httpx.post(
            f"{site.address()}/api/v1/auth/token",
            data={"grant_type": "password", "username": "dispatcher", "password": "x" * 12},
            timeout=10,
        )
    finally:
        resume()
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    site.settled()


def test_keys_are_rotated_under_load_and_nobody_is_signed_out(site: Site) -> None:
    with at_work(site, 62) as crowd, site.client("administrator") as administrator:
        for _ in range(2):
            assert administrator.post("/signing-keys/rotate").is_success
            crowd.wait_for(15, within=30)
            with site.client("dispatcher") as newcomer:
                assert newcomer.get("/incidents").is_success, "the new key is not known yet"
        assert not [one for one in crowd.history.operations if one.status == 401]


def test_a_stream_that_is_cut_again_and_again_misses_nothing(site: Site) -> None:
    with Crowd(site.address, site.token(), people=5, seed=71) as crowd:
        link = site.network.before("127.0.0.1", site.faces["api-1"].port)
        watcher = Watcher(lambda: f"http://127.0.0.1:{link.port}", site.token())
        watcher.start()
        for mode in (CutAfter(3000), Reset(), Refuse(), CutAfter(500), Delay(0.3), HalfOpen()):
            link.set(mode)
            crowd.wait_for(8, within=30)
            if isinstance(mode, HalfOpen):
                link.set(Reset())  # what a person does who sees that nothing moves
            link.set(Pass())
            time.sleep(0.7)
            crowd.wait_for(3, within=30)
        assert watcher.resumed >= 3
        crowd.rest()
        site.settled()
        with site.client() as commander:
            observed = observe(commander, [watcher])
        watcher.end()
        link.set(Reset())
        assert check(crowd.history, observed) == []
