"""The journal as the search index reads it when it is built anew."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from activity_log.repository import walks
from muster.activity.v1.documents import Entry, entry_document, note_of
from muster.search.v1.documents import Document
from muster_core.auth import Actor, authorize_service
from muster_core.database import Reader


async def searchable(reads: Reader, actor: Actor, batch: int) -> AsyncIterator[list[Document]]:
    """Every entry, the oldest first."""
    authorize_service(actor)
    last = 0
    while rows := await walks.searchable_after(reads, last, batch):
        yield [
            entry_document(
                Entry(
                    id=row["id"],
                    time=row["time"],
                    type=row["type"],
                    subject=row["subject"],
                    organization_id=row["organization_id"],
                    incident_id=row["incident_id"],
                    exercise=row["exercise"],
                    requires=row["requires"],
                    summary=row["summary"],
                    actor_name=row["actor_name"],
                    note=note_of(row["type"], json.loads(row["data"])) if row["data"] else None,
                )
            )
            for row in rows
        ]
        last = rows[-1]["position"]
