"""What the composer asks while an author types and draws."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from alert_management.database import Reads, Session
from alert_management.domain.terms import TERMS
from alert_management.routers.shared import AddressOf, Reader, SettingsOf
from alert_management.schemas.answers import (
    AlertAudience,
    AlertPreview,
    EventTerm,
    EventTerms,
    ResolvedArea,
)
from alert_management.schemas.requests import AskAudience, AskPreview, ResolveArea
from alert_management.service import geometry_input, preview
from alert_management.service.audience import count_audience
from alert_management.service.geometry_input import Named
from muster_core.http.dependencies import RpcOf
from muster_core.http.routing import service_router

router = service_router("/alerts", "alerts")


@router.get("/terms")
async def list_terms(_actor: Reader) -> EventTerms:
    """The list of event terms."""
    return EventTerms(
        items=[
            EventTerm(key=one.key, term=one.term, category=one.category, code=one.code)
            for one in TERMS
        ]
    )


@router.post("/preview")
async def preview_alert(
    request: AskPreview,
    actor: Reader,
    session: Session,
    settings: SettingsOf,
    address: AddressOf,
) -> AlertPreview:
    """An alert as each channel would show it, with lengths, reading level and everything that is wrong."""
    return await preview.preview(session, actor, request, settings, address)


@router.post("/audience")
async def ask_audience(
    request: AskAudience, actor: Reader, rpc: RpcOf, settings: SettingsOf
) -> AlertAudience:
    """How many people it reaches, by channel; `known` false: nobody can tell now."""
    return await count_audience(rpc, actor, request, settings.audience_seconds)


async def _gathered(
    request: ResolveArea, actor: Reader, reads: Reads, rpc: RpcOf
) -> tuple[Named, ResolveArea]:
    return await geometry_input.gather(reads, rpc, actor, request)


# Listed before the session in the endpoint, so that others are asked before the transaction begins.
Gathered = Annotated[tuple[Named, ResolveArea], Depends(_gathered)]


@router.post("/areas")
async def resolve_area(gathered: Gathered, actor: Reader, session: Session) -> ResolvedArea:
    """An area from a circle, an upload (GeoJSON, KML), an incident or boundaries, with each fault and its place."""
    named, request = gathered
    return await geometry_input.resolve(session, actor, named, request)
