"""What providers told of messages, and what of it moved a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.delivery import State
from notification.models.delivery import Receipt

# By our own key if the provider gave it back, else by the provider's number for it.
_FOUND = f"""
    SELECT r.position, r.state, r.reason, r.gone, r.provider, r.provider_id, d.id, d.chunk_id
    FROM {SCHEMA}.receipts r
    CROSS JOIN LATERAL (
        SELECT d.id, d.chunk_id FROM {SCHEMA}.deliveries d WHERE d.id = r.key
        UNION ALL
        SELECT d.id, d.chunk_id FROM {SCHEMA}.deliveries d
        WHERE r.key IS NULL AND d.provider_id = r.provider_id AND d.provider = r.provider
        LIMIT 1
    ) AS d"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt that nothing was made of yet, and the delivery it is about."""

    position: int
    state: str
    reason: str | None
    gone: bool
    provider: str
    provider_id: str
    delivery_id: UUID
    chunk_id: UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as it is, its chunk locked."""

    id: UUID
    state: State
    contact_point_id: UUID


class ReceiptRepository:
    """The receipts of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, values: dict[str, Any]) -> int | None:
        """Keep a receipt; None if the provider told the same before."""
        added = insert(Receipt).values(values).on_conflict_do_nothing()
        return await self._session.scalar(added.returning(Receipt.position))

    async def found(self, position: int) -> list[Waiting]:
        """The delivery of one receipt, if it is written already."""
        return await self._waiting("r.position = :position", {"position": position})

    async def of_providers(self, provider_ids: Sequence[str]) -> list[Waiting]:
        """Receipts that came before we had written what they are about."""
        if not provider_ids:
            return []
        return await self._waiting(
            "r.settled_at IS NULL AND r.provider_id = ANY(:ids)", {"ids": list(provider_ids)}
        )

    async def waiting(self, most: int) -> list[Waiting]:
        """Receipts of the last quarter of an hour that nothing was made of, the oldest first."""
        return await self._waiting(
            "r.settled_at IS NULL AND r.received_at > clock_timestamp() - interval '15 minutes'"
            " ORDER BY r.position LIMIT :most",
            {"most": most},
        )

    async def _waiting(self, condition: str, values: dict[str, Any]) -> list[Waiting]:
        rows = await self._session.execute(text(f"{_FOUND} WHERE {condition}"), values)
        return [Waiting(*row) for row in rows]

    async def lock(self, chunks: Sequence[UUID], deliveries: Sequence[UUID]) -> list[Standing]:
        """Lock chunks in the order of their ids, then read the deliveries as they are."""
        await self._session.execute(
            text(f"SELECT id FROM {SCHEMA}.chunks WHERE id = ANY(:ids) ORDER BY id FOR UPDATE"),
            {"ids": list(chunks)},
        )
        rows = await self._session.execute(
            text(
                f"SELECT id, state, contact_point_id FROM {SCHEMA}.deliveries WHERE id = ANY(:ids)"
            ),
            {"ids": list(deliveries)},
        )
        return [Standing(row.id, State(row.state), row.contact_point_id) for row in rows]

    async def settled(self, positions: Sequence[int]) -> None:
        """Something was made of them."""
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.receipts SET settled_at = clock_timestamp() WHERE position = ANY(:positions)"
            ),
            {"positions": list(positions)},
        )

    async def forget(self, before: datetime) -> None:
        """Receipts that old are not told again by any provider."""
        await self._session.execute(
            text(
                f"DELETE FROM {SCHEMA}.receipts WHERE position IN (SELECT position FROM {SCHEMA}.receipts"
                " WHERE received_at < :before ORDER BY position LIMIT 5000)"
            ),
            {"before": before},
        )
