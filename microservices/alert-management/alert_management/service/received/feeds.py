"""Feeds of others' alerts: who is asked when, and what becomes of the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.feed_settings import FeedSettings
from alert_management.models.received import AlertFeed
from alert_management.permissions import Permission
from alert_management.repository.alert_feeds import AlertFeedRepository
from alert_management.service.received.reading import (
    ACCEPTS,
    Brought,
    Document,
    FeedKind,
    Linked,
    Rejected,
    Target,
    Wanted,
)
from alert_management.service.received.store import Origin, take_in
from muster.alerts.v1.events import AlertFeedChanged, AlertFeedStateChanged
from muster_core.auth import Actor, authorize, authorize_service
from muster_core.errors import ConflictError, InvalidInputError
from muster_core.fetching import KEPT_EXCERPT, Failed, Source
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbound import RefusedAddressError
from muster_core.outbox import announce, enqueue
from muster_core.polled import printable
from muster_core.polling import Breaker, FeedState

POLL = "alert_management.poll_alert_feed"
SOON = timedelta(seconds=1)


async def add_feed(
    session: AsyncSession,
    actor: Actor,
    settings: FeedSettings,
    *,
    name: str,
    kind: FeedKind,
    url: str,
    poll_seconds: float | None,
    exercise: bool,
) -> AlertFeed:
    """Listen to a publisher from now on.

    Raises:
        InvalidInputError: the address is none that may be asked.
        ConflictError: the organization listens to this address already.
    """
    authorize(actor, Permission.MANAGE)
    _check(settings, url)
    feeds = AlertFeedRepository(session)
    await _refuse_twice(feeds, actor, url)
    now = datetime.now(UTC)
    feed = AlertFeed(
        id=uuid7(), organization_id=actor.organization, name=name, kind=kind.value, url=url,
        poll_seconds=poll_seconds or settings.poll_seconds, exercise=exercise, paused=False,
        state=FeedState.UNKNOWN, breaker=Breaker.CLOSED, consecutive_failures=0, clock_moves=False,
        next_poll_at=now, version=1,
    )  # fmt: skip
    feeds.add(feed)
    await _tell(session, feed, "added")
    return feed


async def change_feed(
    session: AsyncSession,
    actor: Actor,
    feed_id: UUID,
    changes: dict[str, Any],
    if_match: int,
    settings: FeedSettings,
) -> AlertFeed:
    """Change a feed's name, address or interval; a new address is read from the start.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.MANAGE)
    feeds = AlertFeedRepository(session)
    feed = await feeds.get(feed_id, actor.organization)
    check_version(feed.version, if_match, f"'{feed.name}'")
    url = changes.get("url", feed.url)
    if url != feed.url:
        _check(settings, url)
        await _refuse_twice(feeds, actor, url)
        paused = feed.paused
        feed.start_over(url, feed.poll_seconds, datetime.now(UTC))
        feed.paused = paused
    feed.name = changes.get("name", feed.name)
    feed.poll_seconds = changes.get("poll_seconds", feed.poll_seconds)
    feed.touch()
    await _tell(session, feed, "changed")
    return feed


async def remove_feed(session: AsyncSession, actor: Actor, feed_id: UUID) -> None:
    """Listen no more; what it brought stays until it expires, under its name."""
    authorize(actor, Permission.MANAGE)
    feeds = AlertFeedRepository(session)
    feed = await feeds.get(feed_id, actor.organization)
    await _tell(session, feed, "removed")
    await feeds.remove(feed)


async def poll_now(
    session: AsyncSession, actor: Actor, feed_id: UUID, settings: FeedSettings
) -> None:
    """Ask a feed at once, whatever its plan or its breaker say.

    Raises:
        ConflictError: it is paused.
    """
    authorize(actor, Permission.MANAGE)
    feeds = AlertFeedRepository(session)
    feed = await feeds.get(feed_id, actor.organization)
    if feed.paused:
        raise ConflictError(f"The feed '{feed.name}' is paused; resume it to poll it.")
    now = datetime.now(UTC)
    feed.next_poll_at = now
    await session.flush()
    for due in await feeds.claim_due(now, settings.lease):
        await _start_poll(session, due, now)


async def pause_feed(session: AsyncSession, actor: Actor, feed_id: UUID) -> None:
    """Stop polling a feed; what it told stays, and ages. Pausing twice is pausing."""
    authorize(actor, Permission.MANAGE)
    feed = await AlertFeedRepository(session).get(feed_id, actor.organization)
    if not feed.paused:
        feed.paused = True
        feed.let_go()
        feed.touch()
        await _tell(session, feed, "paused")


async def resume_feed(session: AsyncSession, actor: Actor, feed_id: UUID) -> None:
    """Poll a feed again, from now on and as if it had never failed."""
    authorize(actor, Permission.MANAGE)
    feed = await AlertFeedRepository(session).get(feed_id, actor.organization)
    if feed.paused:
        feed.start_over(feed.url, feed.poll_seconds, datetime.now(UTC))
        feed.touch()
        await _tell(session, feed, "resumed")


async def start_due_polls(session: AsyncSession, actor: Actor, settings: FeedSettings) -> None:
    """One tick of the clock: note how the feeds have aged, and start a poll of each that is due.

    Two ticks at once start each poll once; a poll whose worker died is started again when its lease has run out.
    """
    authorize_service(actor)
    feeds = AlertFeedRepository(session)
    if not await feeds.be_the_clock():
        return
    now = datetime.now(UTC)
    for feed in await feeds.polled():
        await _tell_state(session, feed, now)
    for feed in await feeds.claim_due(now, settings.lease):
        await _start_poll(session, feed, now)


async def target_of(
    session: AsyncSession, actor: Actor, feed_id: UUID, lease: UUID
) -> Target | None:
    """Where to ask and with which validators; None if somebody else holds the feed now, or it is gone."""
    authorize_service(actor)
    feed = await _held(session, feed_id, lease)
    if feed is None:
        return None
    kind = FeedKind(feed.kind)
    source = Source(feed.url, ACCEPTS[kind], etag=feed.etag, last_modified=feed.last_modified)
    return Target(kind, source, feed.digest)


async def links_to_read(
    session: AsyncSession,
    actor: Actor,
    feed_id: UUID,
    lease: UUID,
    answer: Brought | Failed,
    settings: FeedSettings,
) -> list[Wanted]:
    """Note the documents that an answer links to; answers those to be read now, only new ones and not too many."""
    authorize_service(actor)
    feed = await _held(session, feed_id, lease)
    if feed is None or isinstance(answer, Failed):
        return []
    feeds = AlertFeedRepository(session)
    now = datetime.now(UTC)
    entries = answer.document.entries if answer.document else ()
    await feeds.note_links(feed_id, [(one.url, one.stamp) for one in entries], now)
    pending = await feeds.pending_links(feed_id, settings.most_linked, now)
    return [Wanted(link_id, url) for link_id, url in pending]


async def store_answer(
    session: AsyncSession,
    actor: Actor,
    feed_id: UUID,
    lease: UUID,
    answer: Brought | Failed,
    linked: Sequence[Linked],
    settings: FeedSettings,
) -> None:
    """Store what one poll brought, all of it and its announcements, or nothing.

    An answer whose lease was lost meanwhile is dropped: whoever holds it now brings a newer one.
    """
    authorize_service(actor)
    feed = await _held(session, feed_id, lease)
    if feed is None:
        return
    feed.let_go()
    now = datetime.now(UTC)
    feeds = AlertFeedRepository(session)
    if isinstance(answer, Failed):
        await _quarantine(feeds, feed, [answer], now)
        feed.fail(answer, now)
        await _tell_state(session, feed, now)
        return
    documents = [answer.document] if answer.document else []
    failures: list[Failed | Rejected] = []
    for one in linked:
        if isinstance(one.outcome, Document):
            documents.append(one.outcome)
            await feeds.link_read(one.wanted.link_id)
        else:
            failures.append(one.outcome)
            await feeds.link_failed(one.wanted.link_id, now, final=one.final)
    failures.extend(one for document in documents for one in document.rejected)
    taken = [one for document in documents for one in document.taken]
    origin = Origin(
        organization_id=feed.organization_id,
        source=feed.name,
        feed_id=feed.id,
        exercise=feed.exercise,
    )
    await take_in(session, origin, taken, now, settings.without_expiry)
    await _quarantine(feeds, feed, failures, now)
    feed.digest, feed.etag, feed.last_modified = answer.digest, answer.etag, answer.last_modified
    generated = answer.document.generated_at if answer.document else feed.generated_at
    feed.succeed(generated, now, vouched=answer.vouched)
    if linked and await feeds.more_pending(feed.id, now):
        feed.next_poll_at = min(feed.next_poll_at, now + SOON)
    await _tell_state(session, feed, now)


async def _held(session: AsyncSession, feed_id: UUID, lease: UUID) -> AlertFeed | None:
    found = await AlertFeedRepository(session).find(feed_id)
    return found if found and found.lease == lease and not found.paused else None


async def _start_poll(session: AsyncSession, feed: AlertFeed, now: datetime) -> None:
    feed.ask(now)
    await enqueue(session, POLL, {"feed_id": str(feed.id), "lease": str(feed.lease)})


async def _quarantine(
    feeds: AlertFeedRepository,
    feed: AlertFeed,
    failures: Sequence[Failed | Rejected],
    now: datetime,
) -> None:
    """Set aside what was not believed; an error without a document leaves nothing."""
    rows: list[dict[str, Any]] = []
    for one in failures:
        raw = one.raw if isinstance(one, Rejected) else one.excerpt
        if raw is None:
            continue
        rows.append(
            {
                "digest": hashlib.sha256(one.reason.encode() + raw).digest(),
                "received_at": now,
                "reason": one.reason,
                "detail": one.detail,
                "external_id": one.external_id if isinstance(one, Rejected) else None,
                "size_bytes": len(raw) if isinstance(one, Rejected) else one.size,
                "excerpt": printable(raw[:KEPT_EXCERPT]),
            }
        )
    await feeds.quarantine(feed.id, rows)


async def _tell(session: AsyncSession, feed: AlertFeed, what: str) -> None:
    await announce(
        session,
        AlertFeedChanged(
            organization_id=feed.organization_id,
            exercise=feed.exercise,
            feed_id=feed.id,
            name=feed.name,
            what=what,
        ),
    )


async def _tell_state(session: AsyncSession, feed: AlertFeed, now: datetime) -> None:
    aged = feed.age_to(now)
    if aged is None:
        return
    before, after = aged
    await announce(
        session,
        AlertFeedStateChanged(
            organization_id=feed.organization_id,
            exercise=feed.exercise,
            feed_id=feed.id,
            name=feed.name,
            before=before.value,
            after=after.value,
            error=feed.last_error,
        ),
    )


async def _refuse_twice(feeds: AlertFeedRepository, actor: Actor, url: str) -> None:
    known = await feeds.by_url(actor.organization, url)
    if known is not None:
        raise ConflictError(f"'{known.name}' has this address already.")


def _check(settings: FeedSettings, url: str) -> None:
    """Refuse at once what no resolver is needed to refuse; names are judged at each poll."""
    try:
        settings.outbound.check(url)
    except RefusedAddressError as error:
        raise InvalidInputError.at("/url", str(error)) from None
