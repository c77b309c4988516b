"""Organizations, their rules, and what these propose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import (
    Feed,
    Hazard,
    HazardIncident,
    Organization,
    Proposal,
    Rule,
)
from muster_core.errors import NotFoundError

MOST_RECENT = 5_000


class ProposalRepository:
    """Proposals by organization."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take_turns(self) -> None:
        """Let one transaction at a time propose, so that a new rule and a new hazard meet."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('hazard_monitoring proposals', 0))")
        )

    async def know_organization(
        self, organization_id: UUID, name: str, area: dict[str, Any] | None, version: int
    ) -> bool | None:
        """Remember an organization as identity tells of it; whether it was new.

        None if later news of it was heard before.
        """
        added = insert(Organization).values(
            id=organization_id, name=name, area=area, version=version
        )
        new = added.excluded
        added = added.on_conflict_do_update(
            index_elements=["id"],
            set_={"name": new.name, "area": new.area, "version": new.version},
            where=Organization.version < new.version,
        )
        fresh: bool | None = await self._session.scalar(added.returning(text("xmax = 0")))
        return fresh

    async def organizations(self, only: UUID | None = None) -> Sequence[Organization]:
        """All organizations, or one."""
        query = select(Organization).order_by(Organization.id)
        if only is not None:
            query = query.where(Organization.id == only)
        return (await self._session.scalars(query)).all()

    async def enabled_rules(self) -> Sequence[Rule]:
        """The rules in force, oldest first."""
        query = select(Rule).where(Rule.enabled).order_by(Rule.created_at, Rule.id)
        return (await self._session.scalars(query)).all()

    async def rule(self, organization_id: UUID, rule_id: UUID) -> Rule:
        """An organization's rule, locked; NotFoundError for another's."""
        query = select(Rule).where(Rule.id == rule_id, Rule.organization_id == organization_id)
        found = await self._session.scalar(query.with_for_update())
        if found is None:
            raise NotFoundError("There is no such rule.")
        return found

    async def count_rules(self, organization_id: UUID) -> int:
        """How many rules an organization has."""
        query = (
            select(func.count()).select_from(Rule).where(Rule.organization_id == organization_id)
        )
        return await self._session.scalar(query) or 0

    async def settled(self, hazard_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """(organization, hazard) pairs that have a proposal or an incident already."""
        pairs: set[tuple[UUID, UUID]] = set()
        for table in (Proposal, HazardIncident):
            rows = await self._session.execute(
                select(table.organization_id, table.hazard_id).where(
                    table.hazard_id.in_(hazard_ids)
                )
            )
            pairs.update((row[0], row[1]) for row in rows)
        return pairs

    async def recent(self, window: timedelta) -> Sequence[Hazard]:
        """Hazards that are news by their feed's clock; those of exercises always are."""
        query = (
            select(Hazard)
            .join(Feed, Feed.id == Hazard.feed_id)
            .where(
                ~Hazard.deleted,
                or_(
                    Hazard.exercise,
                    Hazard.occurred_at >= func.coalesce(Feed.generated_at, func.now()) - window,
                ),
            )
            .order_by(Hazard.occurred_at.desc())
            .limit(MOST_RECENT)
        )
        return (await self._session.scalars(query)).all()

    async def get(self, organization_id: UUID, proposal_id: UUID) -> tuple[Proposal, Hazard]:
        """An organization's proposal and its hazard, locked; NotFoundError for another's."""
        query = (
            select(Proposal, Hazard)
            .join(Hazard, Hazard.id == Proposal.hazard_id)
            .where(Proposal.id == proposal_id, Proposal.organization_id == organization_id)
            .with_for_update(of=Proposal)
        )
        found = (await self._session.execute(query)).one_or_none()
        if found is None:
            raise NotFoundError("There is no such proposal.")
        return found[0], found[1]

    async def open_for(self, hazard_ids: Collection[UUID]) -> Sequence[Proposal]:
        """Proposals for these hazards that nobody has decided, locked."""
        query = select(Proposal).where(
            Proposal.hazard_id.in_(hazard_ids), Proposal.status == "open"
        )
        return (await self._session.scalars(query.with_for_update())).all()

    async def declared(
        self, organization_id: UUID, hazard_id: UUID, incident_id: UUID, at: datetime
    ) -> None:
        """Remember the incident an organization declared from a hazard; its proposal is settled."""
        added = insert(HazardIncident).values(
            organization_id=organization_id, hazard_id=hazard_id, incident_id=incident_id
        )
        await self._session.execute(added.on_conflict_do_nothing())
        await self._session.execute(
            update(Proposal)
            .where(Proposal.organization_id == organization_id, Proposal.hazard_id == hazard_id)
            .values(status="declared", decided_at=at)
            .execution_options(synchronize_session=False)
        )
