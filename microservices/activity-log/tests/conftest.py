from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from activity_log.main import service
from muster.incidents.v1.events import (
    IncidentDeclared,
    IncidentShared,
    IncidentUnshared,
    PositionAssigned,
)
from muster_core.auth import Actor
from muster_core.events import Event, EventData
from muster_core.identifiers import uuid7
from muster_core.microservice import Microservice
from muster_core.outbox import announce, envelope
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION, actor_with_role


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    """The journal alone: what the others would announce, the tests announce."""
    return [service]


class Story:
    """Things that happen elsewhere and are heard by the journal."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.deliver: Delivery | None = None
        self.commander = actor_with_role("incident-commander")
        self.neighbour = actor_with_role("incident-commander", FOREIGN_ORGANIZATION)

    async def happens(self, *facts: EventData, actor: Actor | None = None) -> list[Event]:
        """Facts are announced and heard."""
        await self.announced(*facts, actor=actor)
        assert self.deliver is not None
        events = await self.deliver.outbox("activity_log")
        await self.deliver()
        return events

    async def announced(self, *facts: EventData, actor: Actor | None = None) -> None:
        """Facts wait in the outbox."""
        async with self.runtime.session("activity_log", actor or self.commander) as session:
            await announce(session, *facts)

    async def events(self, *facts: EventData) -> Sequence[Event]:
        """Facts in their envelopes, announced to nobody."""
        async with self.runtime.session("activity_log", self.commander) as session:
            return [envelope(session, fact) for fact in facts]

    async def hears(self, *events: Event) -> None:
        """The journal hears these very envelopes."""
        assert service.consumers is not None
        (journal,) = service.consumers.all
        await journal.handle(self.runtime, events)

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        """Whatever SQL can do to the journal."""
        async with self.runtime.session("activity_log") as session:
            result: Any = await session.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    async def tampered(self, *statements: str, **values: Any) -> None:
        """The same as a superuser with the triggers switched off."""
        async with self.runtime.session("activity_log") as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                await session.execute(text(statement), values)

    @staticmethod
    def declared(name: str = "Cedar Creek Fire", **changes: Any) -> IncidentDeclared:
        """An incident, as incident-management announces it."""
        values: dict[str, Any] = {
            "organization_id": ORGANIZATION,
            "incident_id": uuid7(),
            "incident_name": name,
            "version": 1,
            "number": "2026-000001",
            "status": "reported",
            "declared_at": datetime.now(UTC),
        }
        return IncidentDeclared(**values | changes)

    @staticmethod
    def assigned(incident: IncidentDeclared, person: Actor, title: str) -> PositionAssigned:
        """A person takes an ICS position."""
        return PositionAssigned(
            organization_id=incident.organization_id,
            exercise=incident.exercise,
            incident_id=incident.incident_id,
            incident_name=incident.incident_name,
            version=1,
            assignment_id=uuid7(),
            position=title.lower().replace(" ", "_"),
            title=title,
            person_id=person.id,
            person_name=person.name,
            started_at=datetime.now(UTC),
        )

    @staticmethod
    def shared(
        incident: IncidentDeclared, *, seconds: float = 3600, access: str = "read"
    ) -> IncidentShared:
        """The incident is shared with the neighbours for so long."""
        return IncidentShared.model_validate(
            {
                "organization_id": incident.organization_id,
                "incident_id": incident.incident_id,
                "incident_name": incident.incident_name,
                "version": 2,
                "shared_with_id": FOREIGN_ORGANIZATION,
                "shared_with_name": "Inyo County",
                "access": access,
                "until": datetime.now(UTC) + timedelta(seconds=seconds),
            }
        )

    @staticmethod
    def unshared(incident: IncidentDeclared) -> IncidentUnshared:
        """The sharing is ended."""
        return IncidentUnshared(
            organization_id=incident.organization_id,
            incident_id=incident.incident_id,
            incident_name=incident.incident_name,
            version=3,
            shared_with_id=FOREIGN_ORGANIZATION,
        )


@pytest.fixture
def story(runtime: Runtime, deliver: Delivery) -> Story:
    """What happens elsewhere."""
    made = Story(runtime)
    made.deliver = deliver
    return made
