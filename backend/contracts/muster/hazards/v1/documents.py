"""Hazards as search finds them: not what its feed withdrew, nor what was merged into another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muster.hazards.v1.events import (
    READ,
    HazardDeleted,
    HazardFacts,
    HazardMerged,
    HazardReported,
    HazardUpdated,
)
from muster.hazards.v1.hazards_pb2_grpc import HazardsStub
from muster.search.v1.documents import FOREVER, Document, Fact, Removal, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

KIND = "hazard"


def hazard_document(told: HazardFacts) -> Document:
    """A hazard by its title and place."""
    position = (told.longitude, told.latitude)
    return Document(
        kind=KIND,
        id=told.hazard_id,
        title=told.title,
        text="\n".join(filter(None, (told.place, told.external_id))),
        listed_by=READ,
        exercise=told.exercise,
        status=told.severity,
        type=told.kind,
        occurred_at=told.occurred_at,
        location=position,
        bbox=(*position, *position),
        url=f"/hazards/{told.hazard_id}",
        subject=f"hazard/{told.hazard_id}",
        version=told.revision,
    )


def translate(event: Event) -> Sequence[Fact]:
    """What an event tells of a hazard."""
    told = event.payload()
    if isinstance(told, HazardDeleted):
        return [Removal(KIND, told.hazard_id, told.revision)]
    if isinstance(told, HazardMerged):
        gone = [Removal(KIND, one, FOREVER) for one in told.merged_hazard_ids]
        return [hazard_document(told), *gone]
    return [hazard_document(told)] if isinstance(told, HazardFacts) else []


SOURCE = Source(
    service="hazard-monitoring",
    kinds=(KIND,),
    stub=HazardsStub,
    translate=translate,
    events=frozenset(
        one.type for one in (HazardReported, HazardUpdated, HazardDeleted, HazardMerged)
    ),
)
