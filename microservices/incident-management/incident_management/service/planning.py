"""Operational periods and objectives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.lifecycle import OBJECTIVE_LIFE, ObjectiveStatus
from incident_management.domain.periods import Span, in_the_way, next_number
from incident_management.models import Incident, Objective, OperationalPeriod
from incident_management.permissions import Permission
from incident_management.repository.incidents import IncidentRepository
from incident_management.schemas.requests import (
    AddObjective,
    ChangeObjective,
    ChangePeriod,
    OpenPeriod,
)
from incident_management.service.access import about, check_named, held_part, open_incident
from incident_management.service.changes import apply_changes, check_step
from incident_management.service.errors import PeriodOverlapError
from muster.incidents.v1.events import (
    ObjectiveAdded,
    ObjectiveFact,
    ObjectiveStatusChanged,
    ObjectiveUpdated,
    OperationalPeriodOpened,
    OperationalPeriodUpdated,
)
from muster_core.auth import Actor, authorize
from muster_core.errors import InvalidInputError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

Fact = TypeVar("Fact", bound=ObjectiveFact)


async def open_operational_period(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: OpenPeriod
) -> OperationalPeriod:
    """Set the next operational period; it begins when or after the last one ends.

    Raises:
        InvalidInputError: the number is not the next one, or it ends before it begins.
        PeriodOverlapError: it meets the one before it.
    """
    authorize(actor, Permission.PLAN)
    incident = await open_incident(session, actor, incident_id, lock="exclusive")
    repository = IncidentRepository(session)
    others = [period.span for period in await repository.periods(incident_id)]
    number = next_number(others)
    if request.number not in {None, number}:
        raise InvalidInputError.at("/number", f"The next operational period is number {number}.")
    _check_span(Span(number, request.starts_at, request.ends_at), others)
    period = OperationalPeriod(
        id=uuid7(),
        incident_id=incident_id,
        number=number,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        version=1,
    )
    repository.save(period)
    opened = OperationalPeriodOpened(
        **about(incident),
        version=1,
        period_id=period.id,
        number=number,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
    )
    await announce(session, opened)
    return period


async def change_operational_period(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    period_id: UUID,
    request: ChangePeriod,
    if_match: int,
) -> OperationalPeriod:
    """Change when a period begins or ends, between its neighbours.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
        PeriodOverlapError: it would meet a neighbour.
    """
    authorize(actor, Permission.PLAN)
    incident = await open_incident(session, actor, incident_id, lock="exclusive")
    repository = IncidentRepository(session)
    period = await held_part(session, OperationalPeriod, incident_id, period_id)
    check_version(period.version, if_match, f"Operational period {period.number}")
    others = [other.span for other in await repository.periods(incident_id)]
    if apply_changes(period, request):
        _check_span(period.span, others)
        updated = OperationalPeriodUpdated(
            **about(incident),
            version=period.version,
            period_id=period.id,
            number=period.number,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
        )
        await announce(session, updated)
    return period


async def add_objective(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: AddObjective
) -> Objective:
    """Set an objective; many may do so at once."""
    authorize(actor, Permission.PLAN)
    incident = await open_incident(session, actor, incident_id)
    await check_named(session, OperationalPeriod, incident_id, "/period_id", request.period_id)
    objective = Objective(
        id=uuid7(),
        incident_id=incident_id,
        period_id=request.period_id,
        text=request.text,
        priority=request.priority,
        status=ObjectiveStatus.OPEN,
        version=1,
    )
    IncidentRepository(session).save(objective)
    await announce(session, _told(ObjectiveAdded, incident, objective))
    return objective


async def change_objective(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    objective_id: UUID,
    request: ChangeObjective,
    if_match: int,
) -> Objective:
    """Reword an objective, or give it another priority or period.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.PLAN)
    incident = await open_incident(session, actor, incident_id)
    objective = await held_part(session, Objective, incident_id, objective_id)
    check_version(objective.version, if_match, "The objective")
    await check_named(session, OperationalPeriod, incident_id, "/period_id", request.period_id)
    if changed := apply_changes(objective, request):
        await announce(session, _told(ObjectiveUpdated, incident, objective, changed=changed))
    return objective


async def move_objective(
    session: AsyncSession,
    actor: Actor,
    incident_id: UUID,
    objective_id: UUID,
    wanted: ObjectiveStatus,
) -> Objective:
    """Say that an objective is met or dropped, or take it up again.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
    """
    authorize(actor, Permission.PLAN)
    incident = await open_incident(session, actor, incident_id)
    objective = await held_part(session, Objective, incident_id, objective_id)
    before = objective.status
    check_step(f"The objective '{objective.text}'", OBJECTIVE_LIFE, before, wanted)
    objective.status = wanted
    objective.touch()
    await announce(session, _told(ObjectiveStatusChanged, incident, objective, before=before))
    return objective


def _check_span(wanted: Span, others: Sequence[Span]) -> None:
    if wanted.ends_at <= wanted.starts_at:
        raise InvalidInputError.at("/ends_at", "An operational period ends after it begins.")
    other = in_the_way(wanted, others)
    if other is not None:
        where = "after" if other.number < wanted.number else "before"
        raise PeriodOverlapError(f"{other} is set; period {wanted.number} must lie {where} it.")


def _told(kind: type[Fact], incident: Incident, objective: Objective, **more: object) -> Fact:
    return kind.model_validate(
        about(incident)
        | {
            "version": objective.version,
            "objective_id": objective.id,
            "text": objective.text,
            "priority": objective.priority,
            "period_id": objective.period_id,
            "status": objective.status,
        }
        | more
    )
