"""What anyone may read without an account: feeds, pages and the CAP of what was published, kept for a few seconds."""

from __future__ import annotations

from uuid import UUID

from alert_management.pages import feeds
from alert_management.pages.feeds import Feed
from alert_management.pages.warnings import Message, alert_page, list_page
from alert_management.repository import public
from muster.alerts.v1.events import AlertEnded, AlertPublished
from muster_core.cached import CachedRead
from muster_core.database import Reader
from muster_core.errors import NotFoundError
from muster_core.runtime import Runtime

SECONDS = 5
_DROPPED_BY = (AlertPublished, AlertEnded)
_FEEDS = CachedRead("alert-management.feeds", seconds=SECONDS, dropped_by=_DROPPED_BY)
_PAGES = CachedRead("alert-management.pages", seconds=SECONDS, dropped_by=_DROPPED_BY)
# What was sent never changes.
_CAP = CachedRead("alert-management.cap", seconds=3600)


async def feed(
    runtime: Runtime, reads: Reader, kind: str, *, exercise: bool, organization: UUID | None
) -> bytes:
    """The alerts in force as atom, rss or geojson; those of exercises have feeds of their own."""

    async def make() -> bytes:
        found = await public.in_force(reads, exercise=exercise, organization=organization)
        changed = await public.last_change(reads, exercise=exercise, organization=organization)
        alerts = [AlertPublished.model_validate_json(one.told) for one in found]
        made = Feed(
            address=runtime.settings.address.rstrip("/"),
            query=_query(exercise=exercise, organization=organization),
            exercise=exercise,
            changed=changed,
            alerts=alerts,
        )
        if kind == "rss":
            lengths = {
                str(told.alert_id): one.cap_length for told, one in zip(alerts, found, strict=True)
            }
            return feeds.rss(made, lengths)
        return feeds.atom(made) if kind == "atom" else feeds.geojson(made)

    return await _FEEDS.get(runtime, f"{kind}:{exercise}:{organization}", make)


def _query(*, exercise: bool, organization: UUID | None) -> str:
    parts = [
        *(["world=exercise"] if exercise else []),
        *([f"organization={organization}"] if organization else []),
    ]
    return f"?{'&'.join(parts)}" if parts else ""


async def warnings(runtime: Runtime, reads: Reader, *, exercise: bool) -> bytes:
    """The page of all alerts in force, in one world."""

    async def make() -> bytes:
        found = await public.in_force(reads, exercise=exercise, organization=None)
        alerts = [AlertPublished.model_validate_json(one.told) for one in found]
        return list_page(alerts, exercise=exercise).encode()

    return await _PAGES.get(runtime, f"list:{exercise}", make)


async def warning(runtime: Runtime, reads: Reader, alert_id: UUID) -> bytes:
    """The page of one alert, in force or not.

    Raises:
        NotFoundError: nothing of this id was ever published.
    """

    async def make() -> bytes:
        found = await public.published(reads, alert_id)
        if found is None:
            raise _unpublished(alert_id)
        thread = [
            Message(f"/warnings/{one['id']}", one["headline"], one["msg_type"], one["status"])
            for one in await public.thread(reads, found["thread_id"])
        ]
        told = AlertPublished.model_validate_json(found["told"])
        shown = alert_page(
            told, None, status=found["status"], thread=thread if len(thread) > 1 else []
        )
        return shown.encode()

    return await _PAGES.get(runtime, f"one:{alert_id}", make)


async def cap_message(runtime: Runtime, reads: Reader, alert_id: UUID) -> bytes:
    """The CAP message of a published alert, byte for byte as it was sent.

    Raises:
        NotFoundError: nothing of this id was ever published.
    """

    async def make() -> bytes:
        found = await public.cap_of(reads, alert_id)
        if found is None:
            raise _unpublished(alert_id)
        return found

    return await _CAP.get(runtime, str(alert_id), make)


def _unpublished(alert_id: UUID) -> NotFoundError:
    return NotFoundError(f"No alert {alert_id} was published here.")
