"""Everything at once: a nemesis breaks one thing after the other while people work, and every promise is checked.

The seed decides the schedule: `MUSTER_FAULTS_SEEDS=7 make test-faults` repeats one, MUSTER_FAULTS_SECONDS lasts longer.
"""

from __future__ import annotations

import os

import pytest

from muster_testing.faults.clients import Crowd
from muster_testing.faults.nemesis import schedule, strike
from muster_testing.faults.site import Site

SECONDS = float(os.environ.get("MUSTER_FAULTS_SECONDS", "60"))
SEEDS = [int(seed) for seed in os.environ.get("MUSTER_FAULTS_SEEDS", "1,2,3").split(",")]
pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(SECONDS + 600)]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_acknowledged_is_lost_whatever_breaks(
    site: Site, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with Crowd(site.address, site.token(), people=6, seed=1000 + seed) as crowd:
        struck = strike(site, seed, SECONDS)
        for link in (site.database_link, site.broker_link, site.cache_link):
            assert type(link.mode).__name__ == "Pass"
        crowd.wait_for(20, within=60)
        found = site.findings(crowd)
    blows = ", ".join(f"{blow.what} {blow.whom}" for blow in struck)
    with capsys.disabled():
        print(
            f"\nseed {seed}, {SECONDS:.0f} s: {dict(crowd.history.count())},"
            f" stream resumed {crowd.watcher.resumed} times; {blows}"
        )
    assert len(struck) >= 3
    assert found == [], f"seed {seed}: {blows}"


def test_a_seed_decides_the_schedule() -> None:
    assert list(schedule(5, 60)) == list(schedule(5, 60))
    assert list(schedule(5, 60)) != list(schedule(6, 60))
