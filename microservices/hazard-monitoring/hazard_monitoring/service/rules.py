"""An organization's rules for proposals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.models import Rule
from hazard_monitoring.permissions import Permission
from hazard_monitoring.repository.proposals import ProposalRepository
from hazard_monitoring.service.proposals import propose_recent
from muster.hazards.v1.events import HazardRuleChanged
from muster_core.auth import Actor, authorize
from muster_core.errors import ConflictError, InvalidInputError
from muster_core.http.conditional import check_version
from muster_core.outbox import announce

MOST_RULES = 100


async def add_rule(
    session: AsyncSession, actor: Actor, wanted: dict[str, Any], recent: timedelta
) -> Rule:
    """Add a rule; events that are still news are measured by it at once."""
    authorize(actor, Permission.MANAGE)
    organization_id = actor.organization
    repository = ProposalRepository(session)
    await repository.take_turns()
    if await repository.count_rules(organization_id) >= MOST_RULES:
        raise ConflictError(f"An organization has at most {MOST_RULES} rules; remove one first.")
    rule = Rule(organization_id=organization_id, **wanted)
    _asks_something(rule)
    session.add(rule)
    await _announce(session, rule, "added")
    await propose_recent(session, organization_id, recent)
    return rule


async def change_rule(
    session: AsyncSession,
    actor: Actor,
    rule_id: UUID,
    changes: dict[str, Any],
    if_match: int,
    recent: timedelta,
) -> Rule:
    """Change a rule; proposals that it made stay."""
    authorize(actor, Permission.MANAGE)
    repository = ProposalRepository(session)
    await repository.take_turns()
    rule = await repository.rule(actor.organization, rule_id)
    check_version(rule.version, if_match, f"The rule '{rule.name}'")
    for name, value in changes.items():
        setattr(rule, name, value)
    _asks_something(rule)
    rule.touch()
    await _announce(session, rule, "updated")
    await propose_recent(session, actor.organization, recent)
    return rule


async def remove_rule(session: AsyncSession, actor: Actor, rule_id: UUID) -> None:
    """Remove a rule; proposals that it made stay."""
    authorize(actor, Permission.MANAGE)
    rule = await ProposalRepository(session).rule(actor.organization, rule_id)
    await _announce(session, rule, "removed")
    await session.delete(rule)


def _asks_something(rule: Rule) -> None:
    if rule.minimum_magnitude is None and not rule.alert_levels and not rule.tsunami:
        raise InvalidInputError.at(
            "/minimum_magnitude",
            "a rule needs a magnitude, a PAGER colour or the tsunami flag: else it proposes everything",
        )


async def _announce(
    session: AsyncSession, rule: Rule, change: Literal["added", "updated", "removed"]
) -> None:
    await session.flush()
    await announce(
        session,
        HazardRuleChanged(
            organization_id=rule.organization_id,
            rule_id=rule.id,
            version=rule.version,
            name=rule.name,
            change=change,
        ),
    )
