"""Each part of a distributed installation fails under load; what was acknowledged is there, once, and in order."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest

from muster_testing.faults.checker import check
from muster_testing.faults.clients import Crowd, observe
from muster_testing.faults.site import Site

pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(300)]


@contextmanager
def at_work(site: Site, seed: int) -> Generator[Crowd]:
    """People at work for the length of a block; afterwards everything settles, and every promise is checked."""
    with Crowd(site.address, site.token(), people=5, seed=seed) as crowd:
        crowd.wait_for(15, within=30)
        yield crowd
        crowd.wait_for(15, within=60)
        crowd.rest()
        site.settled()
        verified = site.muster("journal", "verify")
        with site.client() as commander:
            observed = observe(
                commander,
                [crowd.watcher],
                journal_verifies=verified.returncode == 0,
                dead_letters=site.dead_letters(),
            )
        assert check(crowd.history, observed) == [], crowd.history.count()


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
