"""Dead letters: what no attempt could handle, kept whole in the service's own schema until a person decides.

An event's letter names its consumer, a task's `task <name>`; `relay` holds outbox rows that were no events of ours.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from muster_core.auth import system_actor
from muster_core.errors import ConflictError, NotFoundError
from muster_core.events import Event
from muster_core.identifiers import uuid7
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.consumers import Consumer
    from muster_core.runtime import Runtime

TASK_PREFIX = "task "
_LONGEST_ERROR = 2000
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One letter; `body` is the message as it came."""

    id: UUID
    schema: str
    consumer: str
    body: str
    error: str
    attempts: int
    died_at: datetime

    @property
    def about(self) -> str:
        """What it was: an event's type, a task's name, or that it cannot be read."""
        try:
            value = json.loads(self.body)
            return str(value.get("type") or value.get("task") or "?")
        except (ValueError, AttributeError):
            return "unreadable"


async def set_aside(
    runtime: Runtime,
    schema: str,
    consumer: str,
    body: str,
    error: BaseException | str,
    *,
    attempts: int,
    event_id: UUID | None = None,
) -> None:
    """Store a letter, in a transaction of its own. With `event_id` the consumer's inbox remembers the event too.

    Raises:
        Exception: the database did not answer; nothing is stored, and the message must be kept.
    """
    words = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    _log.error(
        "set aside as a dead letter",
        consumer=consumer,
        event_id=str(event_id) if event_id else None,
        exc_info=None if isinstance(error, str) else error,
    )
    async with runtime.session(schema) as session:
        await session.execute(
            text(
                f"INSERT INTO {schema}.dead_letter (id, consumer, body, error, attempts)"  # noqa: S608 - our own schema
                " VALUES (:id, :consumer, :body, :error, :attempts)"
            ),
            {
                "id": uuid7(),
                "consumer": consumer,
                "body": body.replace("\x00", "\\0"),
                "error": words.replace("\x00", "\\0")[:_LONGEST_ERROR],
                "attempts": attempts,
            },
        )
        if event_id is not None:
            # Setting aside is an outcome too: a redelivery must not repeat it.
            await session.execute(
                text(
                    f"INSERT INTO {schema}.inbox (consumer, event_id)"  # noqa: S608
                    " VALUES (:consumer, :id) ON CONFLICT DO NOTHING"
                ),
                {"consumer": consumer, "id": event_id},
            )


async def letters(runtime: Runtime, schema: str, most: int = 200) -> list[DeadLetter]:
    """The oldest letters of a service."""
    rows = await runtime.database(schema).reader.fetch(
        f"SELECT id, consumer, body, error, attempts, died_at FROM {schema}.dead_letter"  # noqa: S608
        " ORDER BY died_at, id LIMIT $1",
        most,
    )
    return [DeadLetter(schema=schema, **dict(row)) for row in rows]


async def letter(runtime: Runtime, schema: str, letter_id: UUID) -> DeadLetter:
    """One letter.

    Raises:
        NotFoundError: there is none of this id.
    """
    rows = await runtime.database(schema).reader.fetch(
        f"SELECT id, consumer, body, error, attempts, died_at FROM {schema}.dead_letter"  # noqa: S608
        " WHERE id = $1",
        letter_id,
    )
    if not rows:
        raise NotFoundError(f"{schema} has no dead letter {letter_id}.")
    return DeadLetter(schema=schema, **dict(rows[0]))


async def replay(runtime: Runtime, found: DeadLetter, consumers: Sequence[Consumer]) -> None:
    """Handle the message once more: an event by its consumer alone, now; a task by way of the outbox.

    The letter is gone only if that worked.

    Raises:
        ConflictError: it is no message of ours, or its consumer no longer exists.
        Exception: whatever the consumer raised; the letter stays.
    """
    if found.consumer.startswith(TASK_PREFIX):
        if work_in(found.body) is None:
            raise ConflictError("It cannot be read as work to be done: discard it.")
        async with runtime.session(found.schema) as session:
            await _remove(session, found)
            session.info["announced"] = True
            await session.execute(
                text(f"INSERT INTO {found.schema}.outbox (kind, body) VALUES ('task', :body)"),  # noqa: S608
                {"body": found.body},
            )
        return
    consumer = next((one for one in consumers if one.name == found.consumer), None)
    if consumer is None:
        raise ConflictError(
            f"The consumer {found.consumer!r} does not exist here: discard the letter, or replay it"
            " where that service is installed."
        )
    event = Event.from_json(found.body)
    async with runtime.session(found.schema, system_actor(consumer.service)) as session:
        await _remove(session, found)
        await session.execute(
            text(
                f"DELETE FROM {found.schema}.inbox WHERE consumer = :consumer AND event_id = :id"  # noqa: S608
            ),
            {"consumer": found.consumer, "id": event.id},
        )
        await consumer.handle_within(session, [event])


def work_in(body: str) -> dict[str, Any] | None:
    """The task of an outbox row's text, or None if it is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    wanted = {"id", "task", "arguments", "lane"}
    return value if isinstance(value, dict) and wanted <= value.keys() else None  # pyright: ignore[reportUnknownVariableType]


async def discard(runtime: Runtime, found: DeadLetter) -> None:
    """Forget a letter; what it would have done will not be done. An event stays remembered as handled."""
    async with runtime.session(found.schema) as session:
        await _remove(session, found)
    _log.warning(
        "dead letter discarded",
        id=str(found.id),
        consumer=found.consumer,
        about=found.about,
    )


async def _remove(session: AsyncSession, found: DeadLetter) -> None:
    gone: Any = await session.scalar(
        text(f"DELETE FROM {found.schema}.dead_letter WHERE id = :id RETURNING 1"),  # noqa: S608
        {"id": found.id},
    )
    if gone is None:
        raise NotFoundError(f"{found.schema} has no dead letter {found.id} any more.")
