"""Proposals: what the organizations' rules find worth an incident, and what people decide about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.domain import rules as domain
from hazard_monitoring.domain.hazards import AlertLevel, HazardKind
from hazard_monitoring.models import Hazard, Organization, Proposal, Rule
from hazard_monitoring.permissions import DECIDE, Permission
from hazard_monitoring.repository.hazards import HazardRepository
from hazard_monitoring.repository.proposals import ProposalRepository
from muster.hazards.v1.events import HazardProposalDismissed, HazardProposed
from muster_core.auth import Actor, authorize
from muster_core.errors import ConflictError
from muster_core.geo import distance_km
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


async def propose(
    session: AsyncSession,
    reported: Sequence[Hazard],
    as_of: datetime,
    recent: timedelta,
) -> None:
    """Propose hazards to the organizations whose rules they fit, each once.

    `as_of` is the time of the data: what happened more than `recent` before it is history, unless
    it belongs to an exercise.
    """
    news = [
        hazard
        for hazard in reported
        if hazard.exercise or domain.is_recent(hazard.occurred_at, as_of, recent)
    ]
    await _propose(session, news, None)


async def _propose(session: AsyncSession, news: Sequence[Hazard], only: UUID | None) -> None:
    if not news:
        return
    repository = ProposalRepository(session)
    await repository.take_turns()
    organizations = await repository.organizations(only)
    by_organization: dict[UUID, list[Rule]] = defaultdict(list)
    for rule in await repository.enabled_rules():
        by_organization[rule.organization_id].append(rule)
    settled = await repository.settled([hazard.id for hazard in news])
    for organization in organizations:
        rules = [(rule, _as_data(rule)) for rule in by_organization[organization.id]]
        for hazard in news:
            if (organization.id, hazard.id) not in settled:
                await _propose_one(session, organization, rules, hazard)


async def _propose_one(
    session: AsyncSession,
    organization: Organization,
    rules: Sequence[tuple[Rule, domain.Rule]],
    hazard: Hazard,
) -> None:
    """The oldest rule that fits gives the reason."""
    measured = domain.Measured(
        kind=HazardKind(hazard.kind),
        magnitude=hazard.magnitude,
        alert_level=AlertLevel(hazard.alert_level) if hazard.alert_level else None,
        tsunami=hazard.tsunami,
    )
    area = organization.area
    distance = partial(distance_km, hazard.longitude, hazard.latitude, area) if area else None
    for rule, data in rules:
        reason = domain.reason_for(data, measured, distance)
        if reason is None:
            continue
        proposal = Proposal(
            id=uuid7(),
            organization_id=organization.id,
            hazard_id=hazard.id,
            rule=rule.name,
            reason=reason,
            status="open",
        )
        session.add(proposal)
        await announce(
            session,
            HazardProposed(
                organization_id=organization.id,
                exercise=hazard.exercise,
                proposal_id=proposal.id,
                hazard_id=hazard.id,
                title=hazard.title,
                rule=rule.name,
                reason=reason,
                severity=hazard.severity,
            ),
        )
        return


def _as_data(rule: Rule) -> domain.Rule:
    return domain.Rule(
        name=rule.name,
        kind=HazardKind(rule.kind) if rule.kind else None,
        minimum_magnitude=rule.minimum_magnitude,
        alert_levels=frozenset(AlertLevel(level) for level in rule.alert_levels),
        tsunami=rule.tsunami,
        within_km=rule.within_km,
    )


async def propose_recent(session: AsyncSession, organization_id: UUID, recent: timedelta) -> None:
    """Look at the news again for an organization whose rules or area changed."""
    repository = ProposalRepository(session)
    await repository.take_turns()
    await _propose(session, await repository.recent(recent), organization_id)


async def know_organization(
    session: AsyncSession,
    actor: Actor,
    *,
    organization_id: UUID,
    name: str,
    area: dict[str, Any] | None,
    version: int,
    recent: timedelta,
) -> None:
    """Keep what rules need of an organization; one heard of for the first time gets default ones."""
    authorize(actor, Permission.MANAGE)
    repository = ProposalRepository(session)
    fresh = await repository.know_organization(organization_id, name, area, version)
    if fresh is None:
        return
    if fresh:
        now = datetime.now(UTC)
        session.add_all(
            Rule(
                id=uuid7(),
                organization_id=organization_id,
                name=rule.name,
                kind=rule.kind,
                minimum_magnitude=rule.minimum_magnitude,
                alert_levels=sorted(rule.alert_levels),
                tsunami=rule.tsunami,
                within_km=rule.within_km,
                created_at=now + timedelta(milliseconds=place),  # rules are asked in this order
            )
            for place, rule in enumerate(domain.DEFAULT_RULES)
        )
        await session.flush()
    await propose_recent(session, organization_id, recent)


async def dismiss(session: AsyncSession, actor: Actor, proposal_id: UUID, reason: str) -> None:
    """Decide that a proposed hazard needs no incident. Dismissing twice is dismissing."""
    authorize(actor, DECIDE)
    repository = ProposalRepository(session)
    proposal, hazard = await repository.get(actor.organization, proposal_id)
    if proposal.status == "declared":
        raise ConflictError(f"An incident was already declared for '{hazard.title}'.")
    if proposal.status == "open":
        await _dismiss(session, proposal, hazard, reason)


async def withdraw(session: AsyncSession, withdrawn: Sequence[Hazard], reason: str) -> None:
    """Close the undecided proposals of hazards that are no longer shown. Incidents stay."""
    if not withdrawn:
        return
    by_id = {hazard.id: hazard for hazard in withdrawn}
    for proposal in await ProposalRepository(session).open_for(by_id):
        hazard = by_id[proposal.hazard_id]
        await _dismiss(session, proposal, hazard, reason)


async def _dismiss(session: AsyncSession, proposal: Proposal, hazard: Hazard, reason: str) -> None:
    proposal.status = "dismissed"
    proposal.dismissed_because = reason
    proposal.decided_at = datetime.now(UTC)
    await announce(
        session,
        HazardProposalDismissed(
            organization_id=proposal.organization_id,
            exercise=hazard.exercise,
            proposal_id=proposal.id,
            hazard_id=hazard.id,
            title=hazard.title,
            reason=reason,
        ),
    )


async def note_declared(
    session: AsyncSession,
    actor: Actor,
    *,
    organization_id: UUID,
    hazard_id: UUID,
    incident_id: UUID,
) -> None:
    """Remember that an organization declared an incident from a hazard: its proposal is settled."""
    authorize(actor, Permission.MANAGE)
    hazard = await HazardRepository(session).get(hazard_id)
    await ProposalRepository(session).declared(
        organization_id, hazard.id, incident_id, datetime.now(UTC)
    )
