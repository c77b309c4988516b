"""Warnings while everything breaks: 300 deliveries a second are asked for, and every promise about them is checked.

`MUSTER_FAULTS_SECONDS` and `MUSTER_FAULTS_SEEDS` as for the mixed faults, but one short run unless they say more, since
each seed has an installation of its own: 60 s and the seeds 1,2,3 are the whole proof. `MUSTER_FAULTS_RATE` asks for
more or fewer deliveries a second.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from muster_testing.faults.nemesis import strike
from muster_testing.faults.site import Site
from muster_testing.faults.town import Office, Town, at_rest
from muster_testing.faults.warnings import check, twice

SECONDS = float(os.environ.get("MUSTER_FAULTS_SECONDS", "20"))
SEEDS = [int(seed) for seed in os.environ.get("MUSTER_FAULTS_SEEDS", "1").split(",")]
RATE = float(os.environ.get("MUSTER_FAULTS_RATE", "300"))
pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(SECONDS + 900)]


@pytest.fixture
def town() -> Iterator[tuple[Town, Site]]:
    """A town, and an installation that warns it."""
    folder = Path(tempfile.mkdtemp(prefix="muster-town-"))
    made = Town(folder, ill=("--lost-rate", "0.01", "--error-rate", "0.01", "--latency", "0.01"))
    try:
        with Site(folder / "site", **made.environment) as site:
            made.settle(site)
            yield made, site
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_warning_is_lost_late_or_out_of_order_whatever_breaks(
    town: tuple[Town, Site], seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    people, site = town
    with Office(site, people, rate=RATE, seed=seed) as office:
        struck = strike(site, 100 + seed, SECONDS)
    site.settled()
    at_rest(site, office.asked, within=180)
    seen = people.seen(site)
    states = Counter(one.state for one in seen.recorded)
    blows = ", ".join(f"{blow.what} {blow.whom}" for blow in struck)
    with capsys.disabled():
        print(
            f"\nseed {seed}, {SECONDS:.0f} s: {office.acknowledged()} deliveries acknowledged,"
            f" {len(seen.effects)} received, {twice(seen)} of them again without a key; {dict(states)}; {blows}"
        )
    assert office.acknowledged() > SECONDS * RATE / 10
    assert check(office.asked, seen) == [], f"seed {seed}: {blows}"


def test_a_worker_that_acknowledges_early_is_caught(town: tuple[Town, Site]) -> None:
    """The negative control: messages are told as accepted that no provider ever got, and the checker must say so."""
    people, site = town
    with site.broken_workers(), Office(site, people, rate=RATE, seed=99) as office:
        for worker in site.bad:
            worker.wait()
        people.sms.turn(cut_rate=1.0)  # it takes nothing, and nobody would notice
        time.sleep(1)
        lied, deadline = _accepted(people, site), time.monotonic() + 60
        while _accepted(people, site) < lied + 20 and time.monotonic() < deadline:
            time.sleep(0.5)
        people.sms.turn(cut_rate=0.0)
        time.sleep(1)
    at_rest(site, office.asked, within=180)
    found = check(office.asked, people.seen(site))
    assert any("no provider ever got it" in finding for finding in found), found


def _accepted(people: Town, site: Site) -> int:
    return sum(one.state == "accepted" for one in people.seen(site).recorded)
