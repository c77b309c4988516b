"""The checker can fail: an installation that acknowledges early is caught.

It is the last to use the shared installation, which is at odds with itself afterwards: nothing brings the events back.
"""

from __future__ import annotations

import time

import pytest

from muster_testing.faults.clients import Crowd
from muster_testing.faults.proxy import Pass, Refuse
from muster_testing.faults.site import Site

pytestmark = [pytest.mark.faults, pytest.mark.serial, pytest.mark.timeout(600)]


def _taken(site: Site) -> None:
    """Wait until the outbox of incidents is (nearly) empty: people go on working."""
    count = "SELECT count(*) FROM incident_management.outbox WHERE kind = 'event'"
    deadline = time.monotonic() + 60
    while int(site.postgres.query(count)) > 5:
        assert time.monotonic() < deadline, "it takes nothing out of the outboxes"
        time.sleep(0.1)


def test_the_negative_control_is_caught(site: Site) -> None:
    """A relay that acknowledges early and asks for no confirms loses events, and the checker must say so."""
    with Crowd(site.address, site.token(), people=5, seed=99) as crowd:
        crowd.wait_for(10, within=30)
        with site.broken_relay("early"):
            _taken(site)  # it works, and nobody would notice yet
            site.broker_link.set(Refuse())
            crowd.wait_for(20, within=30)
            _taken(site)
            site.broker_link.set(Pass())
        found = site.findings(crowd, within=10)
    assert any("journal does not know it" in finding for finding in found), found
