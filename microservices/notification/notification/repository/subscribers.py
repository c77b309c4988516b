"""Subscriptions, their contact points, the codes that confirm them, and how often somebody asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, cast, delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.subscribers import Source, Status
from notification.models import Asking, Confirmation, ContactPoint, Subscription
from notification.pieces import Piece

_ADDRESSES = 0x6D757374_61646472  # a lock of our own among the database's advisory ones
_COUNT = text(
    f"SELECT count(*) FROM {SCHEMA}.askings"
    " WHERE subject = :subject AND asked_at > clock_timestamp() - CAST(:window AS interval)"
)
_ADD_PIECES = text(
    f"INSERT INTO {SCHEMA}.subscription_areas (subscription_id, number, piece)"
    " SELECT id, number, CAST(ring AS polygon)"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS integer[]), CAST(:rings AS text[])) AS p (id, number, ring)"
)
# A list is stored by two statements, however long it is: columns travel as arrays.
_SUBSCRIPTION = {
    "id": "uuid", "organization_id": "uuid", "kind": "text", "source": "text", "status": "text", "list_name": "text",
    "language": "text", "details_sealed": "bytea", "area": "text", "exercise": "boolean",
}  # fmt: skip
_POINT = {
    "id": "uuid", "subscription_id": "uuid", "channel": "text", "address_sealed": "bytea", "address_index": "uuid",
    "language": "text", "active": "boolean", "verified_at": "timestamptz", "exercise": "boolean", "x": "float8",
    "y": "float8", "min_severity": "smallint", "hazards": "text", "tz": "text", "quiet_from": "time",
    "quiet_until": "time", "per_day": "smallint",
}  # fmt: skip


def _arrays(columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) AS r ({', '.join(columns)})"


_ADD_SUBSCRIPTIONS = text(
    f"INSERT INTO {SCHEMA}.subscriptions ({', '.join(_SUBSCRIPTION)})"
    " SELECT id, organization_id, kind, source, status, list_name, language, details_sealed, CAST(area AS jsonb),"
    f" exercise FROM {_arrays(_SUBSCRIPTION)}"
)
_ADD_POINTS = text(
    f"INSERT INTO {SCHEMA}.contact_points (id, subscription_id, channel, address_sealed, address_index, language,"
    " active, verified_at, exercise, at, min_severity, hazards, tz, quiet_from, quiet_until, per_day)"
    " SELECT id, subscription_id, channel, address_sealed, address_index, language, active, verified_at, exercise,"
    " point(x, y), min_severity, string_to_array(hazards, ','), tz, quiet_from, quiet_until, per_day"
    f" FROM {_arrays(_POINT)}"
)
# One gone subscription takes its contact points, pieces and codes with it (ON DELETE CASCADE).
_FORGET = text(
    f"""
    WITH late AS (
        DELETE FROM {SCHEMA}.contact_points
        WHERE verified_at IS NULL AND created_at < clock_timestamp() - CAST(:kept AS interval)
    ), gone AS (
        DELETE FROM {SCHEMA}.subscriptions s
        WHERE s.status = 'unconfirmed' AND s.created_at < clock_timestamp() - CAST(:kept AS interval)
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """
)
_FORGET_ASKINGS = text(
    f"DELETE FROM {SCHEMA}.askings WHERE asked_at < clock_timestamp() - CAST(:kept AS interval)"
)


class SubscriberRepository:
    """The subscribers of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, subscription: Subscription, points: Sequence[ContactPoint]) -> None:
        """Store a new subscription."""
        self._session.add(subscription)
        await self._session.flush()
        self._session.add_all(points)
        await self._session.flush()

    async def add_many(
        self, subscriptions: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]]
    ) -> None:
        """Store a list, in two statements."""
        await self._session.execute(_ADD_SUBSCRIPTIONS, _columns(subscriptions, _SUBSCRIPTION))
        flat: list[Mapping[str, Any]] = [
            {
                **row,
                "x": row["at"][0] if row["at"] else None,
                "y": row["at"][1] if row["at"] else None,
                "hazards": ",".join(row["hazards"]) if row["hazards"] else None,
            }
            for row in points
        ]
        await self._session.execute(_ADD_POINTS, _columns(flat, _POINT))

    async def mark_singles(
        self, contact_point_ids: Sequence[UUID], address_indexes: Sequence[UUID]
    ) -> None:
        """Say which of these new contact points are the only ones of their address and subscription.

        Old ones that no longer are lose the mark. Whoever calls this holds the addresses (`hold_addresses`), so that
        no twin is overlooked.
        """
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.contact_points SET single = false"
                " WHERE single AND address_index = ANY(CAST(:indexes AS uuid[]))"
            ),
            {"indexes": [*address_indexes]},
        )
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.contact_points c SET single = true WHERE c.id = ANY(CAST(:ids AS uuid[]))"
                f" AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.contact_points o"
                " WHERE o.address_index = c.address_index AND o.id <> c.id)"
                f" AND NOT EXISTS (SELECT 1 FROM {SCHEMA}.contact_points o"
                " WHERE o.subscription_id = c.subscription_id AND o.id <> c.id)"
            ),
            {"ids": [*contact_point_ids]},
        )

    async def hold_addresses(self, subjects: Sequence[bytes] | None) -> None:
        """Let nobody else add these addresses (None: any address) until this transaction ends."""
        shared = "" if subjects is None else "_shared"
        await self._session.execute(
            text(f"SELECT pg_advisory_xact_lock{shared}(:key)"), {"key": _ADDRESSES}
        )
        # In one order for all, so that two who add the same addresses at once do not wait for each other.
        for subject in sorted(subjects or ()):
            await self.lock(subject)

    async def add_pieces(self, pieces: Mapping[UUID, Sequence[Piece]]) -> None:
        """Store where subscriptions with an area hold."""
        rows = [
            (subscription_id, number, piece.text)
            for subscription_id, found in pieces.items()
            for number, piece in enumerate(found)
        ]
        if rows:
            ids, numbers, rings = zip(*rows, strict=True)
            await self._session.execute(
                _ADD_PIECES, {"ids": [*ids], "numbers": [*numbers], "rings": [*rings]}
            )

    async def drop_pieces(self, subscription_id: UUID) -> None:
        """Forget where a subscription held."""
        await self._session.execute(
            text(f"DELETE FROM {SCHEMA}.subscription_areas WHERE subscription_id = :id"),
            {"id": subscription_id},
        )

    async def get(self, subscription_id: UUID) -> Subscription | None:
        """A subscription, locked for a change."""
        query = select(Subscription).where(Subscription.id == subscription_id)
        return await self._session.scalar(query.with_for_update())

    async def of_account(self, account_id: UUID, *, exercise: bool = False) -> Subscription | None:
        """What an account holder gave, locked."""
        query = select(Subscription).where(
            Subscription.account_id == account_id,
            Subscription.source == Source.ACCOUNT,
            Subscription.exercise == exercise,
        )
        return await self._session.scalar(query.with_for_update())

    async def point(self, contact_point_id: UUID) -> ContactPoint | None:
        """A contact point, locked."""
        query = select(ContactPoint).where(ContactPoint.id == contact_point_id)
        return await self._session.scalar(query.with_for_update())

    async def points(self, subscription_id: UUID) -> Sequence[ContactPoint]:
        """The contact points of a subscription, in the order they were given, locked."""
        query = (
            select(ContactPoint)
            .where(ContactPoint.subscription_id == subscription_id)
            .order_by(ContactPoint.id)
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def points_of(self, subscription_ids: Collection[UUID]) -> Sequence[ContactPoint]:
        """The contact points of several subscriptions, to be shown."""
        query = (
            select(ContactPoint)
            .where(ContactPoint.subscription_id.in_(subscription_ids))
            .order_by(ContactPoint.subscription_id, ContactPoint.id)
        )
        return (await self._session.scalars(query)).all()

    async def by_address(self, address_index: UUID) -> Sequence[ContactPoint]:
        """Every contact point of an address, locked."""
        query = (
            select(ContactPoint)
            .where(ContactPoint.address_index == address_index)
            .order_by(ContactPoint.id)
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def confirmations(self, contact_point_ids: Collection[UUID]) -> dict[UUID, Confirmation]:
        """The codes that are out, by contact point, locked."""
        query = (
            select(Confirmation)
            .where(Confirmation.contact_point_id.in_(contact_point_ids))
            .order_by(Confirmation.contact_point_id)
            .with_for_update()
        )
        return {one.contact_point_id: one for one in await self._session.scalars(query)}

    async def confirmation(self, contact_point_id: UUID) -> Confirmation | None:
        """The code that is out for a contact point."""
        return await self._session.get(Confirmation, contact_point_id)

    async def put_confirmation(self, contact_point_id: UUID, seed: bytes, lives: timedelta) -> None:
        """Have a new code out; whatever was before no longer counts."""
        await self._session.execute(
            text(
                f"INSERT INTO {SCHEMA}.confirmations (contact_point_id, seed, expires_at)"
                " VALUES (:id, :seed, clock_timestamp() + CAST(:lives AS interval))"
                " ON CONFLICT (contact_point_id) DO UPDATE"
                " SET seed = excluded.seed, tries = 0, expires_at = excluded.expires_at"
            ),
            {"id": contact_point_id, "seed": seed, "lives": lives},
        )

    async def delete(self, row: Subscription | ContactPoint | Confirmation) -> None:
        """Destroy a row, and what hangs on it."""
        await self._session.delete(row)
        await self._session.flush()

    async def remove_empty(self, subscription_id: UUID) -> bool:
        """Destroy a subscription without contact points; answers whether it was."""
        points = exists().where(ContactPoint.subscription_id == subscription_id)
        gone = await self._session.execute(
            delete(Subscription)
            .where(Subscription.id == subscription_id, ~points)
            .returning(Subscription.id)
            .execution_options(synchronize_session=False)
        )
        return gone.first() is not None

    async def asked(self, subject: bytes, window: timedelta) -> int:
        """How often within the window."""
        found = await self._session.scalar(_COUNT, {"subject": subject, "window": window})
        return found or 0

    def record_asking(self, subject: bytes) -> None:
        """Count one."""
        self._session.add(Asking(subject=subject))

    async def lock(self, subject: bytes) -> None:
        """Let nobody else have this lock until this transaction ends: what is counted by many at once is counted."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(:key)"),
            {"key": int.from_bytes(subject[:8], signed=True)},
        )

    async def forget_unconfirmed(self, kept: timedelta) -> int:
        """Destroy what nobody confirmed in time."""
        return await self._session.scalar(_FORGET, {"kept": kept}) or 0

    async def forget_askings(self, kept: timedelta) -> None:
        """Forget who asked long ago."""
        await self._session.execute(_FORGET_ASKINGS, {"kept": kept})

    async def page(
        self, organization_id: UUID, *, public: bool, after: UUID | None, limit: int, **wanted: Any
    ) -> Sequence[Subscription]:
        """Subscriptions that an organization runs, newest first."""
        query = select(Subscription).where(*_run_by(organization_id, wanted, public=public))
        if after is not None:
            query = query.where(Subscription.id < after)
        query = query.order_by(Subscription.id.desc()).limit(limit)
        return (await self._session.scalars(query)).all()

    async def count(self, organization_id: UUID, *, public: bool, **wanted: Any) -> int:
        """How many such subscriptions an organization runs."""
        query = select(func.count()).select_from(Subscription)
        query = query.where(*_run_by(organization_id, wanted, public=public))
        return await self._session.scalar(query) or 0

    async def on_list(
        self, organization_id: UUID, name: str, indexes: Sequence[UUID], *, exercise: bool
    ) -> set[UUID]:
        """Which of these addresses are on an organization's list already."""
        query = (
            select(ContactPoint.address_index)
            .join(Subscription, Subscription.id == ContactPoint.subscription_id)
            .where(
                Subscription.organization_id == organization_id,
                Subscription.list_name == name,
                Subscription.exercise == exercise,
                ContactPoint.address_index == any_(cast(indexes, ARRAY(Uuid))),
            )
        )
        return set(await self._session.scalars(query))


def _columns(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, list[Any]]:
    """Rows as columns."""
    return {
        name: [json.dumps(row[name]) if isinstance(row[name], dict) else row[name] for row in rows]
        for name in names
    }


def _run_by(
    organization_id: UUID, wanted: Mapping[str, Any], *, public: bool
) -> list[ColumnElement[bool]]:
    """Confirmed subscriptions of an organization's lists, and of the public; never what account holders gave."""
    ours = Subscription.organization_id == organization_id
    conditions = [
        ours | Subscription.organization_id.is_(None) if public else ours,
        Subscription.source != Source.ACCOUNT,
        Subscription.status != Status.UNCONFIRMED,
    ]
    conditions += [
        getattr(Subscription, name) == value for name, value in wanted.items() if value is not None
    ]
    return conditions
