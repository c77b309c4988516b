from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hazard_monitoring.domain.hazards import Observation, Withdrawal
from hazard_monitoring.feeds import PLUGINS
from muster_host.errors import HostError
from muster_host.exercise import (
    Scenario,
    StoryClock,
    TwoLooks,
    load_scenario,
    scenario_names,
    served,
)


@pytest.fixture(scope="module")
def ridgecrest() -> Scenario:
    return load_scenario("ridgecrest-2019")


def events(document: bytes) -> dict[str, Any]:
    return {feature["id"]: feature["properties"] for feature in json.loads(document)["features"]}


def test_every_scenario_can_be_read_and_its_feed_is_believed_to_the_last_word() -> None:
    assert "ridgecrest-2019" in scenario_names()
    for name in scenario_names():
        scenario = load_scenario(name)
        for report in scenario.reports:
            document = PLUGINS["usgs-geojson"].parse(
                scenario.document(report.at), received_at=report.at
            )
            assert not document.rejected
            assert all(isinstance(r, Observation | Withdrawal) for r in document.reports)


def test_a_scenario_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(HostError, match="ridgecrest-2019"):
        load_scenario("atlantis")


def test_the_feed_knows_only_what_was_known_then(ridgecrest: Scenario) -> None:
    assert events(ridgecrest.document(ridgecrest.starts_at)) == {}
    before = events(ridgecrest.document(ridgecrest.first_look))
    after = events(ridgecrest.document(ridgecrest.ends_at))
    assert before["ci38457511"]["mag"] == 6.9
    assert (after["ci38457511"]["mag"], after["ci38457511"]["alert"]) == (7.1, "orange")
    assert after["ci38443183"]["mag"] == 6.4
    assert len(after) > len(before) > 10
    deleted = [e for e, p in after.items() if p["status"] == "deleted"]
    assert len(deleted) == 1


def test_who_starts_in_the_middle_sees_the_revisions_come(ridgecrest: Scenario) -> None:
    looks = TwoLooks(ridgecrest)
    assert [looks() for _ in range(3)] == [
        ridgecrest.first_look,
        ridgecrest.ends_at,
        ridgecrest.ends_at,
    ]


def test_the_clock_runs_from_the_beginning_and_stops_at_the_end(ridgecrest: Scenario) -> None:
    assert StoryClock(ridgecrest, 1)() - ridgecrest.starts_at < timedelta(seconds=5)
    assert StoryClock(ridgecrest, 1e12)() == ridgecrest.ends_at


def test_the_feed_is_served_with_a_validator(ridgecrest: Scenario) -> None:
    with (
        served(ridgecrest, lambda: ridgecrest.ends_at) as url,
        httpx.Client(trust_env=False) as client,
    ):
        first = client.get(url)
        assert first.json()["metadata"]["title"].startswith("EXERCISE")
        again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
