"""What a document changes: hazards, revisions, merges, quarantine, announcements and proposals."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.domain.hazards import (
    Change,
    Observation,
    Report,
    Revise,
    Withdrawal,
    differences,
    newest_of_each,
    reconcile,
    usable_ids,
)
from hazard_monitoring.feeds import PLUGINS
from hazard_monitoring.feeds.plugin import Document, DocumentRejected, Rejected
from hazard_monitoring.models import Feed, Hazard
from hazard_monitoring.repository.feeds import FeedRepository
from hazard_monitoring.repository.hazards import HazardRepository
from hazard_monitoring.service import proposals
from muster.hazards.v1.events import (
    HazardDeleted,
    HazardMerged,
    HazardReported,
    HazardUpdated,
)
from muster_core.events import EventData
from muster_core.fetching import KEPT_EXCERPT, Downloaded, Failed, NotModified, Source
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from muster_core.polled import printable


@dataclass(frozen=True, slots=True)
class Target:
    """What a poller needs to know of its feed: the plug-in, where to ask, and what is known."""

    kind: str
    source: Source
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Brought:
    """A believable answer. `document` is None if it is word for word the last one."""

    document: Document | None
    digest: bytes | None
    etag: str | None
    last_modified: str | None
    vouched: bool = False
    """The server said itself that the copy we have is current."""


async def read(target: Target, answer: Downloaded | NotModified | Failed) -> Brought | Failed:
    """Make of a download what can be stored; no transaction is open while it is read."""
    if isinstance(answer, Failed):
        return answer
    if isinstance(answer, NotModified):
        known = target.source
        return Brought(None, target.digest, known.etag, known.last_modified, vouched=True)
    digest = hashlib.sha256(answer.body).digest()
    if digest == target.digest:
        return Brought(None, digest, answer.etag, answer.last_modified)
    plugin = PLUGINS[target.kind]
    try:
        # A large document takes a while, and others share this event loop.
        document = await asyncio.to_thread(plugin.parse, answer.body, received_at=datetime.now(UTC))
    except DocumentRejected as rejected:
        excerpt = answer.body[:KEPT_EXCERPT]
        return Failed(rejected.reason, rejected.detail, excerpt=excerpt, size=len(answer.body))
    return Brought(document, digest, answer.etag, answer.last_modified)


async def store_brought(
    session: AsyncSession, feed: Feed, brought: Brought, now: datetime, recent: timedelta
) -> None:
    """Store a believable answer; the feed's row is locked."""
    document = brought.document
    if document is not None:
        changed = await store_reports(session, feed, document.reports, now)
        await _quarantine_events(session, feed, document.rejected, now)
        await proposals.propose(session, changed, document.generated_at or now, recent)
    feed.digest, feed.etag, feed.last_modified = (
        brought.digest,
        brought.etag,
        brought.last_modified,
    )


async def store_reports(
    session: AsyncSession, feed: Feed, reports: Sequence[Report], now: datetime
) -> list[Hazard]:
    """Store what a feed reports and announce it; answers the hazards that are new or changed."""
    current = newest_of_each(reports)
    own_ids = {report.external_id for report in current}
    hazards = HazardRepository(session)
    known = await hazards.known(feed.id, {i for report in current for i in report.ids})
    plan = reconcile(current, known)

    owner: dict[str, UUID] = {}
    revisions: list[dict[str, Any]] = []
    facts: list[EventData] = []
    added = [_hazard_row(seen, feed, now) for seen in plan.reported]
    fresh = [Hazard(**row) for row in added]
    for hazard, seen in zip(fresh, plan.reported, strict=True):
        _own(owner, hazard.id, seen, own_ids)
        revisions.append(_revision(hazard, seen, Change.REPORTED, [], now))
        facts.append(HazardReported(**facts_of(hazard, feed)))

    held = await hazards.load(
        {i for revise in plan.revised for i in (revise.hazard.hazard_id, *revise.absorbed)}
    )
    withdrawn: list[Hazard] = []
    merged: list[Hazard] = []
    revised: list[Hazard] = []
    for revise in plan.revised:
        hazard = held[revise.hazard.hazard_id]
        changes = _apply(hazard, revise.report)
        _own(owner, hazard.id, revise.report, own_ids)
        for other in (held[i] for i in revise.absorbed):
            told = _merge_into(hazard, other)
            revisions.append(_revision(other, revise.report, Change.MERGED, told, now))
            merged.append(other)
        if revise.absorbed:
            await hazards.absorb(hazard.id, revise.absorbed)
        revisions.append(_revision(hazard, revise.report, revise.change, changes, now))
        facts.extend(_announcement(hazard, feed, revise, changes))
        (withdrawn if hazard.deleted else revised).append(hazard)

    await hazards.add(added)
    await hazards.identify(feed.id, owner)
    await hazards.add_revisions(revisions)
    await announce(session, *facts)
    await proposals.withdraw(session, withdrawn, "The feed withdrew the event.")
    await proposals.withdraw(session, merged, "It is the same event as another one proposed.")
    return [*fresh, *revised]


def _own(owner: dict[str, UUID], hazard_id: UUID, report: Report, own_ids: set[str]) -> None:
    for external_id in usable_ids(report, own_ids):
        owner.setdefault(external_id, hazard_id)


def _hazard_row(seen: Observation, feed: Feed, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "feed_id": feed.id,
        "first_seen_at": now,
        "revision": 1,
        "deleted": False,
        "exercise": feed.exercise,
        **_described(seen),
    }


def _described(seen: Observation) -> dict[str, Any]:
    return {
        "external_id": seen.external_id,
        "kind": seen.kind.value,
        "title": seen.title,
        "magnitude": seen.magnitude,
        "magnitude_type": seen.magnitude_type,
        "severity": seen.severity.value,
        "alert_level": seen.alert_level.value if seen.alert_level else None,
        "tsunami": seen.tsunami,
        "felt": seen.felt,
        "place": seen.place,
        "location": (seen.longitude, seen.latitude),
        "depth_km": seen.depth_km,
        "occurred_at": seen.occurred_at,
        "reported_at": seen.reported_at,
        "url": seen.url,
    }


def _apply(hazard: Hazard, report: Report) -> list[dict[str, object]]:
    """Change a hazard into what is reported of it now; answers the differences."""
    hazard.revision += 1
    if isinstance(report, Withdrawal):
        hazard.deleted = True
        hazard.reported_at = report.reported_at
        return [{"field": "deleted", "from": False, "to": True}]
    changes = differences(hazard, report)
    if hazard.deleted:
        changes.append({"field": "deleted", "from": True, "to": False})
        hazard.deleted = False
    for name, value in _described(report).items():
        if getattr(hazard, name) != value:
            setattr(hazard, name, value)
    return changes


def _merge_into(survivor: Hazard, other: Hazard) -> list[dict[str, object]]:
    other.revision += 1
    other.deleted = True
    other.merged_into_id = survivor.id
    return [{"field": "merged_into", "from": None, "to": str(survivor.id)}]


def _revision(
    hazard: Hazard,
    report: Report,
    change: Change,
    changes: list[dict[str, object]],
    now: datetime,
) -> dict[str, Any]:
    return {
        "hazard_id": hazard.id,
        "revision": hazard.revision,
        "seen_at": now,
        "reported_at": report.reported_at,
        "change": change.value,
        "changes": changes,
        "raw": report.raw,
    }


def facts_of(hazard: Hazard, feed: Feed) -> dict[str, Any]:
    """What every event about a hazard tells of it."""
    return {
        "exercise": hazard.exercise,
        "hazard_id": hazard.id,
        "revision": hazard.revision,
        "feed": feed.key,
        "external_id": hazard.external_id,
        "kind": hazard.kind,
        "title": hazard.title,
        "magnitude": hazard.magnitude,
        "severity": hazard.severity,
        "alert_level": hazard.alert_level,
        "tsunami": hazard.tsunami,
        "place": hazard.place,
        "longitude": hazard.longitude,
        "latitude": hazard.latitude,
        "depth_km": hazard.depth_km,
        "occurred_at": hazard.occurred_at,
        "reported_at": hazard.reported_at,
    }


def _announcement(
    hazard: Hazard, feed: Feed, revise: Revise, changes: list[dict[str, object]]
) -> list[EventData]:
    """What to tell of a revision. One that repeats the same facts is kept, but is no news."""
    facts = facts_of(hazard, feed)
    match revise.change:
        case Change.DELETED:
            return [HazardDeleted(**facts)]
        case Change.MERGED:
            merged = list(revise.absorbed)
            return [HazardMerged(**facts, changes=changes, merged_hazard_ids=merged)]
        case Change.RESTORED:
            return [HazardUpdated(**facts, changes=changes, restored=True)]
        case _:
            return [HazardUpdated(**facts, changes=changes)] if changes else []


async def _quarantine_events(
    session: AsyncSession, feed: Feed, rejected: Sequence[Rejected], now: datetime
) -> None:
    rows = [
        {
            "digest": hashlib.sha256(one.raw.encode()).digest(),
            "received_at": now,
            "reason": one.reason,
            "detail": one.detail,
            "external_id": one.external_id,
            "size_bytes": len(one.raw),
            "excerpt": one.raw[:KEPT_EXCERPT],
        }
        for one in rejected
    ]
    await FeedRepository(session).quarantine(feed.id, rows)


async def quarantine_failure(
    session: AsyncSession, feed: Feed, failed: Failed, now: datetime
) -> None:
    """Set aside a document that was not believed as a whole; an error without one leaves nothing."""
    if failed.excerpt is None:
        return
    row = {
        "digest": hashlib.sha256(failed.reason.encode() + failed.excerpt).digest(),
        "received_at": now,
        "reason": failed.reason,
        "detail": failed.detail,
        "external_id": None,
        "size_bytes": failed.size,
        "excerpt": printable(failed.excerpt),
    }
    await FeedRepository(session).quarantine(feed.id, [row])
