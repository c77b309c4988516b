"""What hazard-monitoring announces. Hazards and feeds concern every organization; proposals one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from muster_core.events import EventData

READ = "hazards:read"


class HazardFacts(EventData):
    """What every event about a hazard tells of it. Degrees WGS 84, depth in km, times UTC."""

    hazard_id: UUID
    revision: int
    feed: str
    external_id: str
    kind: str
    title: str
    magnitude: float | None = None
    severity: str
    alert_level: str | None = None
    tsunami: bool = False
    place: str | None = None
    longitude: float
    latitude: float
    depth_km: float | None = None
    occurred_at: datetime
    reported_at: datetime


class HazardReported(
    HazardFacts, type="muster.hazard.reported.v1", requires=READ, subject="hazard/{hazard_id}"
):
    """A feed told of an event that was not known."""

    def summary(self) -> str:
        return f'reported "{self.title}"'


class HazardUpdated(
    HazardFacts, type="muster.hazard.updated.v1", requires=READ, subject="hazard/{hazard_id}"
):
    """A feed revised an event; `changes` is `[{field, from, to}]`."""

    changes: list[dict[str, Any]]
    restored: bool = False
    """The feed had withdrawn it and tells of it again."""

    def summary(self) -> str:
        if self.restored:
            return f'reported "{self.title}" again'
        fields = ", ".join(str(change["field"]).replace("_", " ") for change in self.changes)
        return f'revised "{self.title}": {fields}' if fields else f'confirmed "{self.title}"'


class HazardDeleted(
    HazardFacts, type="muster.hazard.deleted.v1", requires=READ, subject="hazard/{hazard_id}"
):
    """The feed withdrew an event."""

    def summary(self) -> str:
        return f'withdrew "{self.title}"'


class HazardMerged(
    HazardFacts, type="muster.hazard.merged.v1", requires=READ, subject="hazard/{hazard_id}"
):
    """Events turned out to be one; `merged_hazard_ids` are the records that now point here."""

    merged_hazard_ids: list[UUID]
    changes: list[dict[str, Any]]

    def summary(self) -> str:
        return f'merged "{self.title}" under the id {self.external_id}'


class HazardProposed(
    EventData, type="muster.hazard.proposed.v1", requires=READ, subject="hazard/{hazard_id}"
):
    """A rule of the organization found a hazard worth declaring an incident for."""

    proposal_id: UUID
    hazard_id: UUID
    title: str
    rule: str
    reason: str
    severity: str

    def summary(self) -> str:
        return f'proposed an incident for "{self.title}" ({self.reason})'


class HazardProposalDismissed(
    EventData,
    type="muster.hazard.proposal_dismissed.v1",
    requires=READ,
    subject="hazard/{hazard_id}",
):
    """Someone decided that a proposed hazard needs no incident, or the feed withdrew it."""

    proposal_id: UUID
    hazard_id: UUID
    title: str
    reason: str

    def summary(self) -> str:
        return f'dismissed the proposal for "{self.title}": {self.reason}'


class FeedStateChanged(
    EventData, type="muster.feed.state_changed.v1", requires=READ, subject="feed/{feed_id}"
):
    """A feed's news became fresh, late or stale."""

    feed_id: UUID
    key: str
    name: str
    before: Literal["fresh", "late", "stale", "unknown"]
    after: Literal["fresh", "late", "stale", "unknown"]
    error: str | None = None

    def summary(self) -> str:
        why = f" ({self.error})" if self.error and self.after != "fresh" else ""
        return f'feed "{self.name}" went from {self.before} to {self.after}{why}'


class FeedPaused(EventData, type="muster.feed.paused.v1", requires=READ, subject="feed/{feed_id}"):
    """Someone stopped the polling of a feed."""

    feed_id: UUID
    key: str
    name: str

    def summary(self) -> str:
        return f'paused the feed "{self.name}"'


class FeedResumed(
    EventData, type="muster.feed.resumed.v1", requires=READ, subject="feed/{feed_id}"
):
    """Someone started the polling of a feed again, or added it."""

    feed_id: UUID
    key: str
    name: str

    def summary(self) -> str:
        return f'resumed the feed "{self.name}"'


class HazardRuleChanged(
    EventData, type="muster.hazard_rule.changed.v1", requires=READ, subject="hazard-rule/{rule_id}"
):
    """An organization's rule for proposals was added, updated or removed."""

    rule_id: UUID
    version: int
    name: str
    change: Literal["added", "updated", "removed"]

    def summary(self) -> str:
        return f'{self.change} the hazard rule "{self.name}"'
