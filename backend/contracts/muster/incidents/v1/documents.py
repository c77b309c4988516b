"""Incidents as search finds them, and whom they are shared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from muster.incidents.v1.events import (
    READ,
    IncidentDeclared,
    IncidentFacts,
    IncidentShared,
    IncidentStatusChanged,
    IncidentUnshared,
    IncidentUpdated,
)
from muster.incidents.v1.incidents_pb2_grpc import IncidentsStub
from muster.search.v1.documents import Document, Fact, Sharing, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

KIND = "incident"


def incident_document(told: IncidentFacts) -> Document:
    """An incident by its name, number, address and description."""
    assert told.organization_id is not None
    location = _point(told.location)
    bbox = told.bbox or ((*location, *location) if location else None)
    if location is None and bbox is not None:
        location = ((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2)
    return Document(
        kind=KIND,
        id=told.incident_id,
        title=told.incident_name,
        text="\n".join(filter(None, (told.number, told.address, told.description))),
        listed_by=READ,
        organization_id=told.organization_id,
        incident_id=told.incident_id,
        exercise=told.exercise,
        status=told.status,
        type=told.kind,
        occurred_at=told.declared_at,
        location=location,
        bbox=bbox,
        url=f"/incidents/{told.incident_id}",
        subject=f"incident/{told.incident_id}",
        version=told.version,
    )


def _point(location: dict[str, Any] | None) -> tuple[float, float] | None:
    if location is None:
        return None
    longitude, latitude = cast("list[float]", location["coordinates"])[:2]
    return float(longitude), float(latitude)


def translate(event: Event) -> Sequence[Fact]:
    """What an event tells of an incident, or of whom it is shared with."""
    told = event.payload()
    if isinstance(told, IncidentFacts):
        return [incident_document(told)]
    if isinstance(told, IncidentStatusChanged):
        return [incident_document(told.facts)] if told.facts is not None else []
    if isinstance(told, IncidentShared):
        until = told.until
    elif isinstance(told, IncidentUnshared):
        until = None
    else:
        return []
    return [Sharing(told.incident_id, told.shared_with_id, until, event.time)]


SOURCE = Source(
    service="incident-management",
    kinds=(KIND,),
    stub=IncidentsStub,
    translate=translate,
    events=frozenset(
        one.type
        for one in (
            IncidentDeclared,
            IncidentUpdated,
            IncidentStatusChanged,
            IncidentShared,
            IncidentUnshared,
        )
    ),
)
