"""What the workers leave for people to read: messages of the sink, and the providers' health."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.models.delivery import SinkMessage


class ReportRepository:
    """Reports of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, messages: Sequence[dict[str, Any]]) -> None:
        """Keep what would have been sent; the same key again changes nothing."""
        if messages:
            await self._session.execute(
                insert(SinkMessage).on_conflict_do_nothing(), list(messages)
            )

    async def note_health(self, process: str, lines: Sequence[dict[str, Any]]) -> None:
        """Keep the lines of one process, and forget those of processes that ended long ago."""
        await self._session.execute(
            text(
                f"INSERT INTO {SCHEMA}.provider_health (process, channel, provider, health, seen_at)"
                " SELECT :process, l ->> 'channel', l ->> 'provider', l, clock_timestamp()"
                " FROM jsonb_array_elements(CAST(:lines AS jsonb)) AS l"
                " ON CONFLICT (process, channel, provider) DO UPDATE"
                " SET health = excluded.health, seen_at = excluded.seen_at"
            ),
            {"process": process, "lines": json.dumps(list(lines))},
        )
        await self._session.execute(
            text(
                f"DELETE FROM {SCHEMA}.provider_health WHERE seen_at < clock_timestamp() - interval '7 days'"
            )
        )
