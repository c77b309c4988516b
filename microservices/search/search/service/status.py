"""How the index is, for administrators."""

from __future__ import annotations

import json
from typing import Any

from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from search.engines.choosing import Engines
from search.permissions import Permission
from search.repository import state
from search.service.comparing import summed


async def read_status(reads: Reader, engines: Engines, actor: Actor) -> dict[str, Any]:
    """Which engine answers, how far it is behind, what is stored, and the latest rebuild."""
    authorize(actor, Permission.MANAGE)
    now = await state.situation(reads, actor.organization_id or actor.id)
    stored = summed(await engines.postgresql.tallies())
    latest = await state.latest_rebuild(reads)
    other = engines.elasticsearch is not None
    return {
        "engine": "elasticsearch" if other else "postgresql",
        "built": now.engine.built or not other,
        "pending": await state.count_pending(reads, "index"),
        "behind_seconds": round(now.engine.behind, 3),
        "documents": {kind: tally.count for kind, tally in sorted(stored.items())},
        "rebuild": rebuild_of(latest) if latest is not None else None,
    }


def rebuild_of(row: Any) -> dict[str, Any]:
    """A rebuild as the API answers it."""
    names = ("id", "requested_at", "started_at", "finished_at", "state", "phase", "problem")
    return {name: row[name] for name in names} | {
        "requested_by": row["requested_by_name"],
        "progress": json.loads(row["progress"]),
    }
