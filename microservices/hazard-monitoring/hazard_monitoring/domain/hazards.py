"""A hazard as a feed reports it, and what becomes of it when the feed reports it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class HazardKind(StrEnum):
    """What shook. The ANSS catalogue's event types, gathered into what an operator tells apart."""

    EARTHQUAKE = "earthquake"
    QUARRY_BLAST = "quarry-blast"
    EXPLOSION = "explosion"
    MINE_COLLAPSE = "mine-collapse"
    LANDSLIDE = "landslide"
    VOLCANIC_ERUPTION = "volcanic-eruption"
    ICE_QUAKE = "ice-quake"
    SONIC_BOOM = "sonic-boom"
    OTHER = "other"


class AlertLevel(StrEnum):
    """USGS PAGER: the estimated impact, from green (little) to red (international response)."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Severity(StrEnum):
    """CAP 1.2 `severity`, values verbatim."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Change(StrEnum):
    """What a revision did to a hazard."""

    REPORTED = "reported"
    UPDATED = "updated"
    DELETED = "deleted"
    RESTORED = "restored"
    MERGED = "merged"


# PAGER's colours stand for estimated losses (USGS Fact Sheet 2010-3036): green little or none,
# yellow local, orange regional, red national or international response. CAP 1.2 (section 3.2.2)
# words severity as minimal, possible, significant and extraordinary threat: the same four steps.
SEVERITY_OF_ALERT: dict[AlertLevel, Severity] = {
    AlertLevel.RED: Severity.EXTREME,
    AlertLevel.ORANGE: Severity.SEVERE,
    AlertLevel.YELLOW: Severity.MODERATE,
    AlertLevel.GREEN: Severity.MINOR,
}

# Without PAGER (most small events never get one, large ones only after about 20 minutes) the
# magnitude class speaks: major and great, strong, moderate (USGS "Earthquake Magnitude Classes").
# It knows nothing of depth or people; the first PAGER colour replaces it.
SEVERITY_FROM_MAGNITUDE: tuple[tuple[float, Severity], ...] = (
    (7.0, Severity.EXTREME),
    (6.0, Severity.SEVERE),
    (5.0, Severity.MODERATE),
)


def severity_of(magnitude: float | None, alert_level: AlertLevel | None) -> Severity:
    """Grade a hazard in CAP's words: by PAGER colour where there is one, else by magnitude."""
    if alert_level is not None:
        return SEVERITY_OF_ALERT[alert_level]
    if magnitude is None:
        return Severity.UNKNOWN
    for least, severity in SEVERITY_FROM_MAGNITUDE:
        if magnitude >= least:
            return severity
    return Severity.MINOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One event as one document of a feed describes it. Degrees WGS 84, depth in km, times UTC."""

    external_id: str
    ids: tuple[str, ...]
    """Every id under which the feed's networks know this event, sorted, its own included."""
    kind: HazardKind
    title: str
    magnitude: float | None
    magnitude_type: str | None
    alert_level: AlertLevel | None
    tsunami: bool
    felt: int | None
    place: str | None
    longitude: float
    latitude: float
    depth_km: float | None
    occurred_at: datetime
    reported_at: datetime
    url: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def severity(self) -> Severity:
        return severity_of(self.magnitude, self.alert_level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A feed takes an event back: it was no event, or not this network's."""

    external_id: str
    ids: tuple[str, ...]
    reported_at: datetime
    raw: Mapping[str, Any] = field(repr=False)


Report = Observation | Withdrawal


# What an operator is told when it changes, in the order told. `reported_at` always changes.
COMPARED: tuple[str, ...] = (
    "external_id",
    "kind",
    "title",
    "magnitude",
    "magnitude_type",
    "alert_level",
    "tsunami",
    "felt",
    "place",
    "longitude",
    "latitude",
    "depth_km",
    "occurred_at",
    "url",
)


def plain(value: object) -> object:
    """A field's value as JSON shows it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def differences(before: object, after: object) -> list[dict[str, object]]:
    """`[{field, from, to}]` for every field told to operators that differs."""
    found: list[dict[str, object]] = []
    for name in COMPARED:
        old, new = plain(getattr(before, name)), plain(getattr(after, name))
        if old != new:
            found.append({"field": name, "from": old, "to": new})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of a hazard, as far as deciding about a new document needs it."""

    hazard_id: UUID
    external_id: str
    ids: frozenset[str]
    reported_at: datetime
    first_seen_at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class Revise:
    """A known hazard gets one revision; `absorbed` hazards turn out to be the same event."""

    hazard: Known
    report: Report
    change: Change
    absorbed: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What one document changes. What it merely repeats is in neither list."""

    reported: list[Observation]
    revised: list[Revise]


def newest_of_each(reports: Iterable[Report]) -> list[Report]:
    """One report for each external id: the one updated last, should a document repeat one."""
    newest: dict[str, Report] = {}
    for report in reports:
        held = newest.get(report.external_id)
        if held is None or report.reported_at > held.reported_at:
            newest[report.external_id] = report
    return list(newest.values())


def usable_ids(report: Report, own_ids: set[str]) -> list[str]:
    """The ids that stand for this event alone: not those the document lists as another event."""
    return [i for i in report.ids if i == report.external_id or i not in own_ids]


def reconcile(reports: Sequence[Report], known: Iterable[Known]) -> Reconciliation:
    """Decide what a document changes; `reports` hold each external id once (`newest_of_each`).

    - An event is recognized by any of its ids, so one whose preferred id changes stays itself.
    - Only a later `reported_at` makes a revision: content delivery networks serve old copies after
      new ones. A withdrawal also counts when it keeps the time of the report it takes back.
    - Ids that a document lists as an event of its own are not merged: the feed tells them apart.
    - An event that a document does not list is left alone: summary feeds drop it when it is old.
    """
    own_ids = {report.external_id for report in reports}
    by_id = {external_id: hazard for hazard in known for external_id in hazard.ids}
    result = Reconciliation([], [])
    taken: set[UUID] = set()
    for report in reports:
        same = _same_event(report, by_id, own_ids, taken)
        if not same:
            # Never heard of and withdrawn: there is nothing to tell anyone.
            if isinstance(report, Observation):
                result.reported.append(report)
            continue
        survivor, *others = same
        taken.update(hazard.hazard_id for hazard in same)
        if isinstance(report, Withdrawal):
            if report.reported_at >= survivor.reported_at and not survivor.deleted:
                result.revised.append(Revise(survivor, report, Change.DELETED))
        elif report.reported_at > survivor.reported_at:
            absorbed = tuple(hazard.hazard_id for hazard in others)
            change = _change(report, survivor, absorbed)
            result.revised.append(Revise(survivor, report, change, absorbed))
    return result


def _same_event(
    report: Report, by_id: Mapping[str, Known], own_ids: set[str], taken: set[UUID]
) -> list[Known]:
    """The known hazards that are this event, the one that stays first."""
    found = {
        hazard.hazard_id: hazard for i in usable_ids(report, own_ids) if (hazard := by_id.get(i))
    }
    # A hazard whose preferred id the document reports separately belongs to that other event.
    same = [
        hazard
        for hazard in found.values()
        if hazard.hazard_id not in taken
        and (hazard.external_id == report.external_id or hazard.external_id not in own_ids)
    ]
    return sorted(
        same, key=lambda h: (h.external_id != report.external_id, h.first_seen_at, h.hazard_id)
    )


def _change(seen: Observation, survivor: Known, absorbed: Sequence[UUID]) -> Change:
    if survivor.deleted:
        return Change.RESTORED
    if absorbed or seen.external_id != survivor.external_id:
        return Change.MERGED
    return Change.UPDATED
