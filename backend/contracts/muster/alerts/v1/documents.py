"""Alerts as search finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster.alerts.v1.alerts_pb2_grpc import AlertsStub
from muster.alerts.v1.events import (
    READ,
    AlertDrafted,
    AlertEnded,
    AlertFact,
    AlertPublished,
    AlertRevised,
    AlertStepped,
)
from muster.search.v1.documents import Document, Fact, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

KIND = "alert"


def alert_document(told: AlertFact) -> Document:
    """An alert by its headline and what it says."""
    assert told.organization_id is not None
    assert told.facts is not None
    facts = told.facts
    bbox = facts.bbox
    return Document(
        kind=KIND,
        id=told.alert_id,
        title=told.headline,
        text=facts.text,
        listed_by=READ,
        organization_id=told.organization_id,
        incident_id=told.incident_id,
        exercise=told.exercise,
        status=facts.status,
        type=facts.hazard,
        occurred_at=facts.at,
        location=((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2) if bbox else None,
        bbox=bbox,
        url=f"/alerts/{told.alert_id}",
        subject=f"alert/{told.alert_id}",
        version=told.version,
    )


def translate(event: Event) -> Sequence[Fact]:
    """What an event tells of an alert."""
    told = event.payload()
    if isinstance(told, AlertFact) and told.facts is not None:
        return [alert_document(told)]
    return []


SOURCE = Source(
    service="alert-management",
    kinds=(KIND,),
    stub=AlertsStub,
    translate=translate,
    events=frozenset(
        one.type for one in (AlertDrafted, AlertRevised, AlertStepped, AlertPublished, AlertEnded)
    ),
)
