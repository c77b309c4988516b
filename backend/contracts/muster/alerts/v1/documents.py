"""Alerts as search finds them: ours, and those of others that were taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster.alerts.v1.alerts_pb2_grpc import AlertsStub
from muster.alerts.v1.events import (
    READ,
    AlertDrafted,
    AlertEnded,
    AlertFact,
    AlertPublished,
    AlertReceived,
    AlertRevised,
    AlertStepped,
    ReceivedAlertEnded,
)
from muster.search.v1.documents import Document, Fact, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

KIND = "alert"
RECEIVED = "received_alert"


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


def received_document(told: AlertReceived | ReceivedAlertEnded) -> Document:
    """An alert of somebody else by its headline, its sender and what it says."""
    assert told.organization_id is not None
    assert told.facts is not None
    facts = told.facts
    bbox = facts.bbox
    return Document(
        kind=RECEIVED,
        id=told.received_id,
        title=told.headline,
        text="\n".join(filter(None, (told.sender, facts.event, facts.text))),
        listed_by=READ,
        organization_id=told.organization_id,
        exercise=told.exercise,
        status=facts.state,
        type=told.severity,
        occurred_at=facts.at,
        location=((bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2) if bbox else None,
        bbox=bbox,
        url=f"/received-alerts/{told.received_id}",
        subject=f"received_alert/{told.received_id}",
        version=told.version,
    )


def translate(event: Event) -> Sequence[Fact]:
    """What an event tells of an alert."""
    told = event.payload()
    if isinstance(told, AlertFact) and told.facts is not None:
        return [alert_document(told)]
    if isinstance(told, AlertReceived | ReceivedAlertEnded) and told.facts is not None:
        return [received_document(told)]
    return []


SOURCE = Source(
    service="alert-management",
    kinds=(KIND, RECEIVED),
    stub=AlertsStub,
    translate=translate,
    events=frozenset(
        one.type
        for one in (
            AlertDrafted,
            AlertRevised,
            AlertStepped,
            AlertPublished,
            AlertEnded,
            AlertReceived,
            ReceivedAlertEnded,
        )
    ),
)
