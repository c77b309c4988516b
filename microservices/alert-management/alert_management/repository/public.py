"""What the public may read: what was published, of every organization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alert_management.database import SCHEMA
from muster_core.database import Reader

# More warnings at once than any country has; a feed must not grow without end.
MOST = 500
_PUBLIC = "status IN ('published', 'updated', 'cancelled', 'expired')"
_GRAVEST = (
    "array_position(ARRAY['Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'], severity::text)"
)


@dataclass(frozen=True, slots=True)
class InForce:
    """A published alert, as it was told."""

    told: str
    cap_length: int


async def in_force(reads: Reader, *, exercise: bool, organization: UUID | None) -> list[InForce]:
    """What holds now, in one world: the gravest first, then the latest."""
    rows = await reads.fetch(
        f"SELECT told::text AS told, length(cap) AS cap_length FROM {SCHEMA}.alert"
        " WHERE status = 'published' AND expires > now() AND (exercise OR test) = $1"
        " AND ($2::uuid IS NULL OR organization_id = $2)"
        f" ORDER BY {_GRAVEST}, sent DESC, id DESC LIMIT {MOST}",
        exercise,
        organization,
    )
    return [InForce(row["told"], row["cap_length"]) for row in rows]


async def last_change(reads: Reader, *, exercise: bool, organization: UUID | None) -> datetime:
    """When an alert of a world last came into force or ended; the beginning of time if none ever did."""
    rows = await reads.fetch(
        "SELECT coalesce(max(greatest(sent, least(coalesce(ended_at, expires), now()))),"
        f" 'epoch'::timestamptz) AS at FROM (SELECT sent, ended_at, expires FROM {SCHEMA}.alert"
        f" WHERE {_PUBLIC} AND (exercise OR test) = $1 AND ($2::uuid IS NULL OR organization_id = $2)"
        " AND (ended_at IS NOT NULL OR expires <= now()) UNION ALL"
        f" SELECT sent, sent, sent FROM {SCHEMA}.alert WHERE {_PUBLIC} AND (exercise OR test) = $1"
        " AND ($2::uuid IS NULL OR organization_id = $2)) seen",
        exercise,
        organization,
    )
    found: datetime = rows[0]["at"]
    return found.replace(microsecond=0)


async def published(reads: Reader, alert_id: UUID) -> dict[str, Any] | None:
    """An alert that the public has seen, with what has become of it; None if it has not."""
    rows = await reads.fetch(
        f"SELECT told::text AS told, thread_id, CASE WHEN status = 'published' AND expires <= now()"
        f" THEN 'expired' ELSE status END AS status FROM {SCHEMA}.alert WHERE id = $1 AND {_PUBLIC}",
        alert_id,
    )
    return dict(rows[0]) if rows else None


async def thread(reads: Reader, thread_id: UUID) -> list[dict[str, Any]]:
    """What the public has seen of a thread, in order."""
    rows = await reads.fetch(
        f"SELECT id, headline, msg_type, CASE WHEN status = 'published' AND expires <= now()"
        f" THEN 'expired' ELSE status END AS status FROM {SCHEMA}.alert"
        f" WHERE thread_id = $1 AND {_PUBLIC} ORDER BY number",
        thread_id,
    )
    return [dict(row) for row in rows]


async def cap_of(reads: Reader, alert_id: UUID) -> bytes | None:
    """The CAP message, byte for byte as it was sent."""
    rows = await reads.fetch(
        f"SELECT cap FROM {SCHEMA}.alert WHERE id = $1 AND {_PUBLIC}", alert_id
    )
    return bytes(rows[0]["cap"]) if rows else None
