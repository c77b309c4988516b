from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.database import SCHEMA, Reads, Session
from alert_management.routers.shared import Manager, SettingsOf, answer
from alert_management.schemas.answers import (
    HookDeliveryPage,
    PartnerHook,
    PartnerHookPage,
    PartnerHookSecret,
)
from alert_management.schemas.requests import AddHook, ChangeHook
from alert_management.service import hooks as service
from muster_core.http.conditional import IfMatch
from muster_core.http.dependencies import RuntimeOf, open_session
from muster_core.http.routing import service_router
from muster_core.key_files import key_file, read_or_create
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/partner-hooks", "partner-hooks")
HookId = Annotated[UUID, Path(description="The web hook.")]
# A secret is shown once: its answer is kept under no idempotency key.
ConfidentialSession = Annotated[
    AsyncSession, Depends(open_session(SCHEMA, keep_answers=False), scope="function")
]


@router.get("", response_model=PartnerHookPage)
async def list_hooks(
    actor: Manager, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The organization's web hooks, by name."""
    return json_response(await service.list_hooks(reads, actor, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=PartnerHook)
async def add_hook(
    request: AddHook, actor: Manager, session: Session, settings: SettingsOf
) -> Response:
    """Tell a partner's system of alerts from now on; ask for its secret next."""
    return answer(await service.add_hook(session, actor, request, settings), "partner-hooks", 201)


@router.get("/{hook_id}", response_model=PartnerHook)
async def get_hook(hook_id: HookId, actor: Manager, session: Session) -> Response:
    """One web hook."""
    return answer(await service.hook_detail(session, actor, hook_id), "partner-hooks")


@router.patch("/{hook_id}", response_model=PartnerHook)
async def change_hook(
    hook_id: HookId,
    request: ChangeHook,
    actor: Manager,
    if_match: IfMatch,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Correct a web hook, pause it, or begin again."""
    view = await service.change_hook(session, actor, hook_id, request, if_match, settings)
    return answer(view, "partner-hooks")


@router.post("/{hook_id}/secret")
async def new_secret(
    hook_id: HookId, actor: Manager, session: ConfidentialSession, runtime: RuntimeOf
) -> PartnerHookSecret:
    """A web hook's next secret, shown this once; the one before is good no more."""
    master = read_or_create(key_file(runtime.settings))
    found, secret = await service.new_secret(session, actor, hook_id, master)
    return PartnerHookSecret(id=found, secret=secret)


@router.get("/{hook_id}/deliveries", response_model=HookDeliveryPage)
async def list_deliveries(
    hook_id: HookId,
    actor: Manager,
    reads: Reads,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """A web hook's log, newest first."""
    page = await service.list_deliveries(reads, actor, hook_id, limit=limit, cursor=cursor)
    return json_response(page)


@router.post("/deliveries/{delivery_id}/resend", status_code=204)
async def send_again(delivery_id: UUID, actor: Manager, session: Session) -> None:
    """Hand a message over anew."""
    await service.send_again(session, actor, delivery_id)
