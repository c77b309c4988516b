from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from hazard_monitoring.domain.hazards import AlertLevel, HazardKind
from hazard_monitoring.domain.rules import DEFAULT_RULES, Measured, Rule, is_recent, reason_for


def ridgecrest(
    magnitude: float | None = 7.1,
    alert: AlertLevel | None = None,
    kind: HazardKind = HazardKind.EARTHQUAKE,
    *,
    tsunami: bool = False,
) -> Measured:
    return Measured(kind=kind, magnitude=magnitude, alert_level=alert, tsunami=tsunami)


NEAR: Callable[[], float] = partial(float, 2)
FAR: Callable[[], float] = partial(float, 9000)
STRONG_NEARBY = Rule(name="Strong nearby", minimum_magnitude=6.0, within_km=500)


def test_a_strong_earthquake_at_the_edge_of_the_county_is_proposed_with_its_reason() -> None:
    told = reason_for(STRONG_NEARBY, ridgecrest(), NEAR)
    assert told == "Strong nearby: M 7.1, 2 km from the area"


@pytest.mark.parametrize(
    ("hazard", "distance"),
    [
        (ridgecrest(magnitude=5.9), NEAR),
        (ridgecrest(magnitude=None), NEAR),
        (ridgecrest(kind=HazardKind.QUARRY_BLAST), NEAR),
        (ridgecrest(), FAR),
    ],
)
def test_weaker_unmeasured_man_made_and_faraway_events_are_not(
    hazard: Measured, distance: Callable[[], float]
) -> None:
    assert reason_for(STRONG_NEARBY, hazard, distance) is None


def test_distance_cannot_be_judged_without_an_area() -> None:
    anywhere = Rule(name="Red", alert_levels=frozenset({AlertLevel.RED}))
    red = ridgecrest(alert=AlertLevel.RED)
    assert reason_for(STRONG_NEARBY, red, None) is None
    assert reason_for(anywhere, red, None) == "Red: M 7.1, PAGER red"


def test_a_tsunami_rule_waits_for_the_flag() -> None:
    rule = Rule(name="Tsunami", minimum_magnitude=6.5, tsunami=True)
    assert reason_for(rule, ridgecrest(), None) is None
    assert reason_for(rule, ridgecrest(tsunami=True), None) == "Tsunami: M 7.1, tsunami flag set"


def test_each_default_rule_asks_something() -> None:
    for rule in DEFAULT_RULES:
        assert rule.minimum_magnitude is not None or rule.alert_levels


def test_news_is_measured_against_the_time_of_the_data() -> None:
    generated = datetime(2019, 7, 6, 4, tzinfo=UTC)
    window = timedelta(hours=48)
    assert is_recent(datetime(2019, 7, 4, 17, 33, tzinfo=UTC), generated, window)
    assert not is_recent(datetime(2019, 7, 4, 3, 59, tzinfo=UTC), generated, window)
