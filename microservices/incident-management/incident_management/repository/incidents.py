"""Loads and saves incidents and what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, Text, and_, delete, func, insert, literal_column, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from incident_management.database import SCHEMA
from incident_management.domain.incidents import Access, LinkKind, ShareAccess
from incident_management.models import (
    Incident,
    IncidentLink,
    IncidentShare,
    Objective,
    OperationalPeriod,
    Organization,
    PositionAssignment,
    Task,
    Watcher,
)
from incident_management.repository.views import DECLARED_JSON

Lock = Literal["shared", "exclusive"]
Part = TypeVar("Part", PositionAssignment, OperationalPeriod, Objective, Task)

_TABLE = cast("Table", Incident.__table__)
_DECLARED = [column.key for column in _TABLE.columns if column.server_default is None] + ["version"]
_DECLARE: ReturningInsert[str] = insert(_TABLE).returning(literal_column(DECLARED_JSON, Text))

# The row's own lock would do, but newcomers overtake who waits for it; an advisory lock queues.
_COUNT = text(f"""
    INSERT INTO {SCHEMA}.incident_counter AS counter (organization_id, year, exercise, last)
    SELECT asked.organization, :year, :exercise, 1
      FROM (SELECT CAST(:organization AS uuid) AS organization) asked,
           LATERAL pg_advisory_xact_lock(hashtextextended(asked.organization::text, 0))
    ON CONFLICT (organization_id, year, exercise) DO UPDATE SET last = counter.last + 1
    RETURNING last
""")


class IncidentRepository:
    """The incidents of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Nothing is read before it is asked for."""
        self._session = session

    async def get(
        self, incident_id: UUID, viewer: UUID | None, lock: Lock | None = None
    ) -> tuple[Incident, Access] | None:
        """An incident and what the viewer's organization may do with it; None if it sees none.

        Without a viewer (a service's own work) every incident is seen. A "shared" lock holds its
        status still while others add to it too; an "exclusive" one is for changing the incident.
        """
        share = and_(
            IncidentShare.incident_id == Incident.id,
            IncidentShare.organization_id == viewer,
            IncidentShare.until > func.now(),
        )
        query = (
            select(Incident, IncidentShare.access)
            .outerjoin(IncidentShare, share)
            .where(Incident.id == incident_id)
        )
        if lock is not None:
            query = query.with_for_update(of=Incident, read=lock == "shared")
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        incident: Incident = row[0]
        shared = cast("ShareAccess | None", row[1])
        if viewer in {None, incident.organization_id}:
            return incident, Access.OWN
        return (incident, Access(shared.value)) if shared is not None else None

    async def after(self, incident_id: UUID, limit: int) -> Sequence[Incident]:
        """The next incidents in order of their ids, whoever owns them."""
        query = select(Incident).where(Incident.id > incident_id).order_by(Incident.id)
        return (await self._session.scalars(query.limit(limit))).all()

    async def shares_of(self, incidents: Sequence[UUID]) -> Sequence[IncidentShare]:
        """Whom incidents are shared with now."""
        query = select(IncidentShare).where(
            IncidentShare.incident_id.in_(incidents), IncidentShare.until > func.now()
        )
        return (await self._session.scalars(query)).all()

    async def next_count(self, organization: UUID, year: int, *, exercise: bool) -> int:
        """The next incident number; others of the organization wait until this transaction ends."""
        counter = {"organization": organization, "year": year, "exercise": exercise}
        return (await self._session.execute(_COUNT, counter)).scalar_one()

    async def declare(self, incident: Incident) -> bytes:
        """Store a new incident in one statement; answers its JSON as lists show it."""
        values = {name: getattr(incident, name) for name in _DECLARED}
        return (await self._session.execute(_DECLARE, values)).scalar_one().encode()

    async def find_by_hazard(self, organization: UUID, hazard_id: UUID) -> UUID | None:
        """The incident that the organization has declared from a hazard."""
        return await self._session.scalar(
            select(Incident.id).where(
                Incident.organization_id == organization, Incident.hazard_id == hazard_id
            )
        )

    async def part(
        self, kind: type[Part], incident_id: UUID, part_id: UUID, *, lock: bool = True
    ) -> Part | None:
        """Something that belongs to the incident, locked for a change."""
        query = select(kind).where(kind.id == part_id, kind.incident_id == incident_id)
        return await self._session.scalar(query.with_for_update() if lock else query)

    async def held_positions(self, incident_id: UUID) -> Sequence[PositionAssignment]:
        """Who holds a position now, in the order they took it."""
        query = (
            select(PositionAssignment)
            .where(
                PositionAssignment.incident_id == incident_id, PositionAssignment.ended_at.is_(None)
            )
            .order_by(PositionAssignment.started_at, PositionAssignment.id)
        )
        return (await self._session.scalars(query)).all()

    async def periods(self, incident_id: UUID) -> Sequence[OperationalPeriod]:
        """The operational periods, in order."""
        query = (
            select(OperationalPeriod)
            .where(OperationalPeriod.incident_id == incident_id)
            .order_by(OperationalPeriod.number)
        )
        return (await self._session.scalars(query)).all()

    async def lock_links(self) -> None:
        """Let one transaction at a time add links: two half circles must not close each other."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"{SCHEMA} links"},
        )

    async def links_from(self, incident_id: UUID, kind: LinkKind) -> dict[UUID, frozenset[UUID]]:
        """All that can be reached from an incident over links of a kind, step by step."""
        reached = (
            select(IncidentLink.incident_id, IncidentLink.other_id)
            .where(IncidentLink.incident_id == incident_id, IncidentLink.kind == kind)
            .cte("reached", recursive=True)
        )
        reached = reached.union(
            select(IncidentLink.incident_id, IncidentLink.other_id).where(
                IncidentLink.incident_id == reached.c.other_id, IncidentLink.kind == kind
            )
        )
        found: dict[UUID, set[UUID]] = {}
        for start, target in (await self._session.execute(select(reached))).all():
            found.setdefault(start, set()).add(target)
        return {start: frozenset(targets) for start, targets in found.items()}

    async def link_between(self, one: UUID, other: UUID, kind: LinkKind) -> IncidentLink | None:
        """A link of a kind between two incidents, in either direction."""
        query = select(IncidentLink).where(
            IncidentLink.kind == kind,
            or_(
                and_(IncidentLink.incident_id == one, IncidentLink.other_id == other),
                and_(IncidentLink.incident_id == other, IncidentLink.other_id == one),
            ),
        )
        return await self._session.scalar(query)

    async def link(self, incident_id: UUID, link_id: UUID) -> IncidentLink | None:
        """A link that has the incident at either end, locked."""
        query = select(IncidentLink).where(
            IncidentLink.id == link_id,
            or_(IncidentLink.incident_id == incident_id, IncidentLink.other_id == incident_id),
        )
        return await self._session.scalar(query.with_for_update())

    async def ends(self, link: IncidentLink) -> tuple[Incident, Incident]:
        """The incidents that a link joins, its start first."""
        return (
            await self._session.get_one(Incident, link.incident_id),
            await self._session.get_one(Incident, link.other_id),
        )

    async def share(self, incident_id: UUID, organization: UUID) -> IncidentShare | None:
        """What was last said about sharing with an organization, expired or not; locked."""
        query = select(IncidentShare).where(
            IncidentShare.incident_id == incident_id,
            IncidentShare.organization_id == organization,
        )
        return await self._session.scalar(query.with_for_update())

    async def share_by_id(self, incident_id: UUID, share_id: UUID) -> IncidentShare | None:
        """A share that has not expired, locked."""
        query = select(IncidentShare).where(
            IncidentShare.id == share_id,
            IncidentShare.incident_id == incident_id,
            IncidentShare.until > func.now(),
        )
        return await self._session.scalar(query.with_for_update())

    async def watch(self, incident_id: UUID, person_id: UUID, person_name: str) -> bool:
        """Note a watcher; False if they watched already."""
        added = (
            postgresql.insert(Watcher)
            .values(incident_id=incident_id, person_id=person_id, person_name=person_name)
            .on_conflict_do_nothing()
            .returning(Watcher.person_id)
        )
        return (await self._session.scalar(added)) is not None

    async def unwatch(self, incident_id: UUID, person_id: UUID) -> bool:
        """Forget a watcher; False if they did not watch."""
        removed = (
            delete(Watcher)
            .where(Watcher.incident_id == incident_id, Watcher.person_id == person_id)
            .returning(Watcher.person_id)
        )
        return (await self._session.scalar(removed)) is not None

    async def organization_name(self, organization: UUID) -> str | None:
        """The name of an organization, if identity has told of it."""
        return await self._session.scalar(
            select(Organization.name).where(Organization.id == organization)
        )

    async def keep_organization(self, organization: UUID, name: str, version: int) -> None:
        """Copy an organization's name, unless what is known is newer."""
        copy = postgresql.insert(Organization).values(id=organization, name=name, version=version)
        await self._session.execute(
            copy.on_conflict_do_update(
                index_elements=[Organization.id],
                set_={"name": copy.excluded.name, "version": copy.excluded.version},
                where=Organization.version < copy.excluded.version,
            )
        )

    def save(
        self,
        *records: PositionAssignment
        | OperationalPeriod
        | Objective
        | Task
        | IncidentLink
        | IncidentShare,
    ) -> None:
        """Store new records with this transaction."""
        self._session.add_all(records)

    async def remove(self, record: IncidentLink | IncidentShare) -> None:
        """Delete a record with this transaction."""
        await self._session.delete(record)
