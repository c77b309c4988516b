"""Rules, as data, that say when a hazard is worth proposing as an incident, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hazard_monitoring.domain.hazards import AlertLevel, HazardKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Conditions that must all hold; one left out (None, empty) is not asked."""

    name: str
    kind: HazardKind | None = HazardKind.EARTHQUAKE
    minimum_magnitude: float | None = None
    alert_levels: frozenset[AlertLevel] = frozenset()
    tsunami: bool | None = None
    within_km: float | None = None


# Given to an organization when it is first heard of; its administrators change them at will.
DEFAULT_RULES: tuple[Rule, ...] = (
    Rule(name="Felt close by", minimum_magnitude=4.5, within_km=100),
    Rule(name="Strong earthquake in the region", minimum_magnitude=6.0, within_km=500),
    Rule(
        name="PAGER orange or red in reach",
        alert_levels=frozenset({AlertLevel.ORANGE, AlertLevel.RED}),
        within_km=1500,
    ),
    Rule(name="PAGER red anywhere", alert_levels=frozenset({AlertLevel.RED})),
    Rule(name="Tsunami possible", minimum_magnitude=6.5, tsunami=True, within_km=3000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the rules look at in a hazard."""

    kind: HazardKind
    magnitude: float | None
    alert_level: AlertLevel | None
    tsunami: bool


def reason_for(rule: Rule, hazard: Measured, distance_km: Callable[[], float] | None) -> str | None:
    """Why this rule proposes this hazard, in half a sentence for operators; None if it does not.

    `distance_km` answers how far the hazard is from the organization's area, and is asked only when
    all else fits. Without an area (None) a rule with a distance proposes nothing.
    """
    magnitude = float("-inf") if hazard.magnitude is None else hazard.magnitude
    fits = (
        (rule.kind is None or hazard.kind is rule.kind)
        and (rule.minimum_magnitude is None or magnitude >= rule.minimum_magnitude)
        and (not rule.alert_levels or hazard.alert_level in rule.alert_levels)
        and (rule.tsunami is None or hazard.tsunami is rule.tsunami)
    )
    if not fits:
        return None
    if rule.within_km is None:
        return _told(rule, hazard, None)
    distance = distance_km() if distance_km is not None else float("inf")
    return _told(rule, hazard, distance) if distance <= rule.within_km else None


def _told(rule: Rule, hazard: Measured, distance: float | None) -> str:
    parts: list[str] = []
    if hazard.magnitude is not None:
        parts.append(f"M {hazard.magnitude:.1f}")
    if rule.alert_levels and hazard.alert_level is not None:
        parts.append(f"PAGER {hazard.alert_level}")
    if rule.tsunami:
        parts.append("tsunami flag set")
    if distance is not None:
        parts.append("within the area" if distance == 0 else f"{distance:.0f} km from the area")
    return f"{rule.name}: {', '.join(parts)}" if parts else rule.name


def is_recent(occurred_at: datetime, as_of: datetime, window: timedelta) -> bool:
    """Whether an event is news at `as_of`, the time of the data, rather than history."""
    return occurred_at >= as_of - window
