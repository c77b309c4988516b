"""Feeds as rows: what a service keeps of a feed that it polls, who holds it, and what was not believed.

Whoever polls holds a lease; who lost it may not store what it brought.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    delete,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from muster_core.columns import Instant
from muster_core.identifiers import uuid7
from muster_core.polling import (
    FRESHNESS,
    Breaker,
    FeedState,
    after_failure,
    after_success,
    freshness,
    on_attempt,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.fetching import Failed

KEPT_IN_QUARANTINE = 500


class Polled:
    """Mixin: a feed, and how asking there goes. The table has an `id` too."""

    if TYPE_CHECKING:
        id: Mapped[UUID]

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    poll_seconds: Mapped[float] = mapped_column(Float)
    paused: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    exercise: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # What the server said about the copy we have.
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    generated_at: Mapped[datetime | None] = mapped_column(Instant)
    # A feed whose own clock was seen to move and then stands still is old, though it answers.
    clock_moves: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    clock_moved_at: Mapped[datetime | None] = mapped_column(Instant)
    last_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    last_success_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(Text)
    consecutive_failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    breaker: Mapped[str] = mapped_column(Text, server_default=text("'closed'"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    """As last announced; what is shown is worked out from the age at the moment of asking."""
    next_poll_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def heard_at(self) -> datetime | None:
        """The moment of the newest good news."""
        if self.clock_moves and self.clock_moved_at and self.last_success_at:
            return min(self.clock_moved_at, self.last_success_at)
        return self.last_success_at

    def ask(self, now: datetime) -> None:
        """A poll begins."""
        self.last_attempt_at = now
        self.breaker = on_attempt(Breaker(self.breaker))

    def let_go(self) -> None:
        """Nobody polls it any more."""
        self.lease = self.leased_until = None

    def succeed(self, generated_at: datetime | None, now: datetime, *, vouched: bool) -> None:
        """A poll brought good news; `vouched`: the server said that the copy we have is current."""
        self.last_success_at = now
        self.last_error = None
        self.consecutive_failures = 0
        attempt = after_success(self.poll_seconds, random.random())  # noqa: S311 - jitter
        self.breaker = attempt.breaker
        self.next_poll_at = now + timedelta(seconds=attempt.delay)
        moved = generated_at != self.generated_at
        self.clock_moves = self.clock_moves or (moved and self.generated_at is not None)
        if moved or vouched or self.clock_moved_at is None:
            self.clock_moved_at = now
        self.generated_at = generated_at

    def fail(self, failed: Failed, now: datetime) -> None:
        """A poll brought nothing that can be believed."""
        self.last_error = f"{failed.reason}: {failed.detail}"
        self.consecutive_failures += 1
        attempt = after_failure(
            self.consecutive_failures,
            self.poll_seconds,
            random.random(),  # noqa: S311 - jitter
            retry_after=failed.retry_after,
        )
        self.breaker = attempt.breaker
        self.next_poll_at = now + timedelta(seconds=attempt.delay)

    def age_to(self, now: datetime) -> tuple[FeedState, FeedState] | None:
        """Note how it has aged: the state before and after, None if that is the same."""
        age = None if self.heard_at is None else (now - self.heard_at).total_seconds()
        before, after = FeedState(self.state), freshness(age, self.poll_seconds)
        if before is after:
            return None
        self.state = after
        return before, after

    def start_over(self, url: str, poll_seconds: float, now: datetime) -> None:
        """Forget validators and failures: the next answer is read whole."""
        self.url, self.poll_seconds, self.paused = url, poll_seconds, False
        self.etag = self.last_modified = self.digest = self.generated_at = None
        self.clock_moves, self.clock_moved_at = False, None
        self.consecutive_failures, self.breaker = 0, Breaker.CLOSED
        self.let_go()
        self.next_poll_at = now


class Quarantined:
    """Mixin: a document, or one piece of it, that was not believed, and why; unique by (feed_id, digest)."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        feed_id: Mapped[UUID]

    digest: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(Instant)
    last_received_at: Mapped[datetime] = mapped_column(Instant)
    times: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    excerpt: Mapped[str] = mapped_column(Text)


F = TypeVar("F", bound=Polled)


async def claim_due(
    session: AsyncSession, feeds: type[F], now: datetime, lease: timedelta
) -> list[F]:
    """Take a lease on every feed that is due and that nobody holds: each is claimed once."""
    query = (
        select(feeds)
        .where(
            ~feeds.paused,
            feeds.next_poll_at <= now,
            or_(feeds.leased_until.is_(None), feeds.leased_until < now),
        )
        .order_by(feeds.next_poll_at)
        .with_for_update(skip_locked=True)
    )
    due = list((await session.scalars(query)).all())
    for feed in due:
        feed.lease = uuid7()
        feed.leased_until = now + lease
    return due


async def unpaused(session: AsyncSession, feeds: type[F]) -> Sequence[F]:
    """Every feed that is not paused, skipping those that another transaction holds."""
    query = select(feeds).where(~feeds.paused).order_by(feeds.id)
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()


async def be_the_clock(session: AsyncSession, name: str) -> bool:
    """Whether this transaction alone may do what the clock asks for; a second tick has nothing to do."""
    held = await session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
    )
    return bool(held)


async def set_aside(
    session: AsyncSession,
    quarantine: type[Quarantined],
    feed_id: UUID,
    rows: Sequence[dict[str, Any]],
) -> None:
    """Set documents aside; one that is already there is counted, the oldest make room.

    `rows` have digest, received_at, reason, detail, external_id, size_bytes and excerpt.
    """
    if not rows:
        return
    added = insert(quarantine).on_conflict_do_update(
        index_elements=["feed_id", "digest"],
        set_={"times": quarantine.times + 1, "last_received_at": func.now()},
    )
    by_digest = {row["digest"]: row for row in rows[:KEPT_IN_QUARANTINE]}
    await session.execute(
        added,
        [
            {
                "id": uuid7(),
                "feed_id": feed_id,
                "last_received_at": row["received_at"],
                "times": 1,
                **row,
            }
            for row in by_digest.values()
        ],
    )
    keep = (
        select(quarantine.id)
        .where(quarantine.feed_id == feed_id)
        .order_by(quarantine.last_received_at.desc(), quarantine.id.desc())
        .offset(KEPT_IN_QUARANTINE)
    )
    await session.execute(delete(quarantine).where(quarantine.id.in_(keep)))


def printable(raw: bytes) -> str:
    """Bytes that were not believed, as text that a database and a screen can bear."""
    decoded = raw.decode("utf-8", "replace")
    return "".join(ch if ch.isprintable() or ch in "\n\t" else "\ufffd" for ch in decoded)


def age_sql(feed: str) -> str:
    """SQL for the age of a feed's newest good news in seconds; `feed` is the table's alias."""
    return (
        f"extract(epoch FROM now() - least(CASE WHEN {feed}.clock_moves THEN {feed}.clock_moved_at END,"
        f" {feed}.last_success_at))"
    )


def state_sql(feed: str) -> str:
    """SQL for a feed's freshness at this moment."""
    age = age_sql(feed)
    steps = " ".join(
        f"WHEN {age} <= greatest({polls:g} * {feed}.poll_seconds, {least:g}) THEN '{state}'"
        for state, polls, least in FRESHNESS
    )
    return f"CASE WHEN {age} IS NULL THEN 'unknown' {steps} ELSE 'stale' END"
