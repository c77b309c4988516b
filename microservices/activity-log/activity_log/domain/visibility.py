"""Who may see an entry: decided here for the live stream, and by the same rule in SQL for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from activity_log.domain.chain import PLATFORM

Shares = Mapping[UUID, Mapping[UUID, datetime]]
"""Organization → incident shared with it → until when."""


@dataclass(frozen=True, slots=True)
class Audience:
    """People who see the same: one organization, one set of permissions, one choice of filters."""

    organization_id: UUID
    permissions: frozenset[str]
    exercise: bool | None = None
    incident_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What decides who may see an entry."""

    organization_id: UUID
    incident_id: UUID | None
    exercise: bool
    requires: str


def may_see(audience: Audience, mark: Mark, shares: Shares, now: datetime) -> bool:
    """Own, the platform's, or of an incident that is shared with us now; and with the permission it requires."""
    if mark.requires not in audience.permissions:
        return False
    if audience.exercise is not None and mark.exercise != audience.exercise:
        return False
    if audience.incident_id is not None and mark.incident_id != audience.incident_id:
        return False
    if mark.organization_id in {audience.organization_id, PLATFORM}:
        return True
    if mark.incident_id is None:
        return False
    until = shares.get(audience.organization_id, {}).get(mark.incident_id)
    return until is not None and now < until
