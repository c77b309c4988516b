"""Feeds: who is asked when, and what becomes of the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.domain.hazards import Withdrawal
from hazard_monitoring.feeds import PLUGINS
from hazard_monitoring.models import Feed
from hazard_monitoring.permissions import Permission
from hazard_monitoring.repository.feeds import FeedRepository
from hazard_monitoring.repository.hazards import HazardRepository
from hazard_monitoring.service import ingest
from hazard_monitoring.service.ingest import Brought, Target
from hazard_monitoring.settings import Settings
from muster.hazards.v1.events import FeedPaused, FeedResumed, FeedStateChanged
from muster_core.auth import Actor, authorize
from muster_core.errors import ConflictError
from muster_core.fetching import Failed, Source
from muster_core.outbox import announce, enqueue
from muster_core.polling import Breaker, FeedState

USGS = "usgs"
POLL = "hazard_monitoring.poll_feed"


async def keep_configured_feed(session: AsyncSession, actor: Actor, settings: Settings) -> None:
    """Make the feed of the settings exist as they say; an empty address pauses it."""
    authorize(actor, Permission.MANAGE)
    feeds = FeedRepository(session)
    feed = await feeds.by_key(USGS)
    if feed is None:
        if settings.usgs_url:
            feeds.add(
                Feed(
                    key=USGS,
                    name="USGS earthquakes",
                    kind="usgs-geojson",
                    url=settings.usgs_url,
                    poll_seconds=settings.poll_seconds,
                )
            )
            await session.flush()
        return
    if not settings.usgs_url:
        feed.paused = True
    elif (feed.url, feed.poll_seconds) != (settings.usgs_url, settings.poll_seconds):
        feed.start_over(settings.usgs_url, settings.poll_seconds, datetime.now(UTC))


async def start_due_polls(session: AsyncSession, actor: Actor, settings: Settings) -> None:
    """One tick of the clock: note how the feeds have aged, and start a poll of each that is due.

    Two ticks at once start each poll once; a poll whose worker died is started again when its lease
    has run out.
    """
    authorize(actor, Permission.MANAGE)
    feeds = FeedRepository(session)
    if not await feeds.be_the_clock():
        return
    await keep_configured_feed(session, actor, settings)
    now = datetime.now(UTC)
    for feed in await feeds.polled():
        await _tell_state(session, feed, now)
    for feed in await feeds.claim_due(now, settings.lease):
        await _start_poll(session, feed, now)


async def _start_poll(session: AsyncSession, feed: Feed, now: datetime) -> None:
    feed.ask(now)
    await enqueue(session, POLL, {"feed_id": str(feed.id), "lease": str(feed.lease)})


async def target_of(
    session: AsyncSession, actor: Actor, feed_id: UUID, lease: UUID
) -> Target | None:
    """Where to ask and with which validators; None if somebody else holds the feed now."""
    authorize(actor, Permission.MANAGE)
    feed = await FeedRepository(session).get(feed_id)
    if feed.lease != lease or feed.paused:
        return None
    accept = PLUGINS[feed.kind].accept
    source = Source(feed.url, accept, etag=feed.etag, last_modified=feed.last_modified)
    return Target(feed.kind, source, feed.digest)


async def store_answer(
    session: AsyncSession,
    actor: Actor,
    feed_id: UUID,
    lease: UUID,
    answer: Brought | Failed,
    settings: Settings,
) -> None:
    """Store what one poll brought, all of it and its announcements, or nothing.

    An answer whose lease was lost meanwhile is dropped: whoever holds it now brings a newer one.
    """
    authorize(actor, Permission.MANAGE)
    feed = await FeedRepository(session).get(feed_id, lock=True)
    if feed.lease != lease:
        return
    feed.let_go()
    now = datetime.now(UTC)
    if isinstance(answer, Brought):
        await ingest.store_brought(session, feed, answer, now, settings.recent)
        generated = answer.document.generated_at if answer.document else feed.generated_at
        feed.succeed(generated, now, vouched=answer.vouched)
    else:
        await ingest.quarantine_failure(session, feed, answer, now)
        feed.fail(answer, now)
    await _tell_state(session, feed, now)


async def _tell_state(session: AsyncSession, feed: Feed, now: datetime) -> None:
    aged = feed.age_to(now)
    if aged is None:
        return
    before, after = aged
    await announce(
        session,
        FeedStateChanged(
            exercise=feed.exercise,
            feed_id=feed.id,
            key=feed.key,
            name=feed.name,
            before=before.value,
            after=after.value,
            error=feed.last_error,
        ),
    )


async def poll_now(session: AsyncSession, actor: Actor, feed_id: UUID, settings: Settings) -> None:
    """Ask a feed at once, whatever its plan or its breaker say."""
    authorize(actor, Permission.MANAGE)
    feed = await FeedRepository(session).get(feed_id, lock=True)
    if feed.paused:
        raise ConflictError(f"The feed '{feed.name}' is paused; resume it to poll it.")
    now = datetime.now(UTC)
    feed.next_poll_at = now
    await session.flush()
    for due in await FeedRepository(session).claim_due(now, settings.lease):
        await _start_poll(session, due, now)


async def pause(session: AsyncSession, actor: Actor, feed_id: UUID) -> None:
    """Stop polling a feed; what it told stays, and ages. Pausing twice is pausing."""
    authorize(actor, Permission.MANAGE)
    feed = await FeedRepository(session).get(feed_id, lock=True)
    if not feed.paused:
        feed.paused = True
        feed.let_go()
        await announce(
            session,
            FeedPaused(exercise=feed.exercise, feed_id=feed.id, key=feed.key, name=feed.name),
        )


async def resume(session: AsyncSession, actor: Actor, feed_id: UUID) -> None:
    """Poll a feed again, from now on and as if it had never failed."""
    authorize(actor, Permission.MANAGE)
    feed = await FeedRepository(session).get(feed_id, lock=True)
    if feed.paused:
        feed.start_over(feed.url, feed.poll_seconds, datetime.now(UTC))
        await announce(
            session,
            FeedResumed(exercise=feed.exercise, feed_id=feed.id, key=feed.key, name=feed.name),
        )


async def add_exercise_feed(
    session: AsyncSession, actor: Actor, *, key: str, name: str, url: str, poll_seconds: float
) -> UUID:
    """Poll an exercise's feed at `url`, marked as an exercise in all that comes of it.

    The same key again only moves it to the new address: what it told before stays known.
    """
    authorize(actor, Permission.MANAGE)
    feeds = FeedRepository(session)
    feed = await feeds.by_key(key, lock=True)
    if feed is None:
        feed = Feed(
            key=key, name=name, kind="usgs-geojson", url=url, poll_seconds=poll_seconds,
            exercise=True, state=FeedState.UNKNOWN, paused=False, next_poll_at=datetime.now(UTC),
            consecutive_failures=0, breaker=Breaker.CLOSED, clock_moves=False,
        )  # fmt: skip
        feeds.add(feed)
        await session.flush()
    elif not feed.exercise:
        raise ConflictError(f"The feed '{feed.name}' is no exercise.")
    else:
        feed.start_over(url, poll_seconds, datetime.now(UTC))
    await announce(
        session, FeedResumed(exercise=True, feed_id=feed.id, key=feed.key, name=feed.name)
    )
    return feed.id


async def clear_exercise(session: AsyncSession, actor: Actor, *, prefix: str) -> int:
    """Take back what earlier plays of an exercise reported, so that it can be played anew.

    Answers how many events were taken back. Feeds that are no exercise are never touched.
    """
    authorize(actor, Permission.MANAGE)
    hazards = HazardRepository(session)
    cleared = 0
    now = datetime.now(UTC)
    for feed in await FeedRepository(session).with_prefix(prefix):
        if not feed.exercise:
            continue
        feed.paused = True
        feed.let_go()
        present = await hazards.present([feed.id])
        withdrawn = [
            Withdrawal(
                external_id=hazard.external_id,
                ids=(hazard.external_id,),
                reported_at=hazard.reported_at,
                raw={"type": "Feature", "id": hazard.external_id, "exercise": "cleared"},
            )
            for hazard in present
        ]
        await ingest.store_reports(session, feed, withdrawn, now)
        cleared += len(present)
    return cleared
