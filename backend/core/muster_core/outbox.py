"""The outbox: what is to be told or done after this transaction, saved within it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause, text

from muster_core.auth import Actor
from muster_core.context import traceparent
from muster_core.events import Event, EventActor, EventData
from muster_core.identifiers import uuid7
from muster_core.metrics import ANNOUNCED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession


@lru_cache(maxsize=64)
def _insert(schema: str) -> TextClause:
    return text(f"INSERT INTO {schema}.outbox (kind, body) VALUES (:kind, :body)")  # noqa: S608 - our own schema


def envelope(session: AsyncSession, data: EventData) -> Event:
    """Wrap a payload with who, when and where, as known to the session."""
    actor: Actor | None = session.info.get("actor")
    return Event(
        id=uuid7(),
        time=datetime.now(UTC),
        type=data.type,
        source=str(session.info["schema"]).replace("_", "-"),
        subject=data.subject(),
        organizationid=data.organization_id,
        incidentid=getattr(data, "incident_id", None),
        actor=EventActor(id=actor.id, name=actor.name, kind=actor.kind) if actor else None,
        exercise=data.exercise,
        traceparent=traceparent(),
        requires=data.requires,
        summary=data.summary(),
        data=data.model_dump(mode="json"),
    )


async def announce(session: AsyncSession, *facts: EventData) -> list[Event]:
    """Write events to the outbox, in order, in the session's own transaction: both are saved or neither.

    Answers them as they will be heard.
    """
    events = [envelope(session, fact) for fact in facts]
    if events:
        await _write(session, [("event", event.to_json()) for event in events])
        session.info.setdefault("announced_types", set()).update(event.type for event in events)
        for event in events:
            ANNOUNCED.labels(event.type).inc()
    return events


async def enqueue(
    session: AsyncSession,
    task: str,
    arguments: dict[str, Any] | None = None,
    *,
    lane: str = "default",
    expires_at: float | None = None,
) -> None:
    """Start background work once this transaction has committed; `task` is `<service>.<name>`.

    Work that could not be begun by `expires_at` (Unix time in seconds) is dropped.
    """
    work = {
        "id": str(uuid7()),
        "task": task,
        "arguments": arguments or {},
        "lane": lane,
        "traceparent": traceparent(),
        "expires_at": expires_at,
    }
    await _write(session, [("task", json.dumps(work))])


async def _write(session: AsyncSession, rows: Sequence[tuple[str, str]]) -> None:
    session.info["announced"] = True
    # An object changed before the announcement goes first, so that a refused write announces nothing.
    await session.flush()
    await session.execute(
        _insert(session.info["schema"]), [{"kind": kind, "body": body} for kind, body in rows]
    )
