"""Broadcasts: how far they have come, for whom, and the providers that carry them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.responses import Response, StreamingResponse

from muster_core.auth import Actor
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from notification.broadcast_schemas import (
    BroadcastDetail,
    BroadcastPage,
    DeliveryPage,
    ProviderHealths,
    Retried,
    SinkPage,
)
from notification.database import Reads, Session
from notification.domain.delivery import State
from notification.domain.subscribers import ChannelKind
from notification.permissions import Permission
from notification.repository.delivery_reads import BroadcastFilter
from notification.service.delivery import control, reading
from notification.service.delivery.options import DeliverySettings
from notification.vault import Vault, vault_of

router = service_router("/notifications", "notification")

Reader = Annotated[Actor, needs(Permission.READ)]
Manager = Annotated[Actor, needs(Permission.MANAGE)]
Trusted = Annotated[Actor, needs(Permission.RECIPIENTS)]
BroadcastId = Annotated[UUID, Path(description="The broadcast.")]


async def _vault(runtime: RuntimeOf) -> Vault:
    return vault_of(runtime.settings)


async def _options(runtime: RuntimeOf) -> DeliverySettings:
    return runtime.service_settings(DeliverySettings)


VaultOf = Annotated[Vault, Depends(_vault)]
Options = Annotated[DeliverySettings, Depends(_options)]


@router.get("/broadcasts", response_model=BroadcastPage)
async def list_broadcasts(
    actor: Reader,
    reads: Reads,
    alert_id: UUID | None = None,
    thread_id: UUID | None = None,
    incident_id: UUID | None = None,
    exercise: bool | None = None,
    running: Annotated[bool | None, Query(description="Only those that are not finished.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Published alerts on their way, newest first, each with its progress."""
    wanted = BroadcastFilter(alert_id, thread_id, incident_id, exercise, running)
    return json_response(
        await reading.list_broadcasts(reads, actor, wanted, limit=limit, cursor=cursor)
    )


@router.get("/broadcasts/{broadcast_id}", response_model=BroadcastDetail)
async def find_broadcast(actor: Reader, reads: Reads, broadcast_id: BroadcastId) -> Response:
    """One broadcast: reached, failed, in doubt and waiting, by channel and by area."""
    return json_response(await reading.find_broadcast(reads, actor, broadcast_id))


@router.get("/broadcasts/{broadcast_id}/deliveries")
async def list_recipients(
    actor: Trusted,
    reads: Reads,
    vault: VaultOf,
    broadcast_id: BroadcastId,
    state: State | None = None,
    channel: ChannelKind | None = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> DeliveryPage:
    """The log of recipients, with masked addresses; whose turn has not come yet is not in it."""
    return await reading.recipients(
        reads, actor, vault, broadcast_id, state=state, channel=channel, limit=limit, cursor=cursor
    )


@router.get(
    "/broadcasts/{broadcast_id}/deliveries.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_recipients(
    actor: Trusted, reads: Reads, vault: VaultOf, broadcast_id: BroadcastId
) -> StreamingResponse:
    """The whole log as CSV; no cell of it runs in a spreadsheet."""
    lines = await reading.export(reads, actor, vault, broadcast_id)
    name = f"deliveries-{broadcast_id}.csv"
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.get("/broadcasts/{broadcast_id}/sink", response_model=SinkPage)
async def list_sink_messages(
    actor: Reader,
    reads: Reads,
    broadcast_id: BroadcastId,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """What an exercise or a test would have sent."""
    return json_response(
        await reading.sink_messages(reads, actor, broadcast_id, limit=limit, cursor=cursor)
    )


@router.post("/broadcasts/{broadcast_id}/stop", status_code=204)
async def stop_broadcast(actor: Manager, session: Session, broadcast_id: BroadcastId) -> None:
    """Begin nothing more of it; `resume` takes this back."""
    await control.stop(session, actor, broadcast_id)


@router.post("/broadcasts/{broadcast_id}/resume", status_code=204)
async def resume_broadcast(
    actor: Manager, session: Session, options: Options, broadcast_id: BroadcastId
) -> None:
    """Let a stopped broadcast go on."""
    await control.resume(session, actor, broadcast_id, options)


@router.post("/broadcasts/{broadcast_id}/retry")
async def retry_failed(
    actor: Manager, session: Session, options: Options, broadcast_id: BroadcastId
) -> Retried:
    """Try again what failed, but for addresses that are dead."""
    count = await control.retry_failed(session, actor, broadcast_id, options)
    return Retried(deliveries=count)


@router.get("/channels")
async def list_providers(actor: Reader, reads: Reads) -> ProviderHealths:
    """How each provider does: its last success and failure, its rate, its breaker."""
    return ProviderHealths(items=await reading.providers(reads, actor))
