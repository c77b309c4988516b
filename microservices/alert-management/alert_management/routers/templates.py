from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path
from fastapi.responses import Response

from alert_management.database import Reads, Session
from alert_management.routers.shared import Manager, Reader, answer
from alert_management.schemas.answers import AlertTemplate, AlertTemplatePage
from alert_management.schemas.requests import ChangeTemplate, WriteTemplate
from alert_management.service import templates as service
from muster_core.http.conditional import IfMatch
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/alert-templates", "alert-templates")
TemplateId = Annotated[UUID, Path(description="The template.")]


@router.get("", response_model=AlertTemplatePage)
async def list_templates(
    actor: Reader, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The organization's templates, by name."""
    return json_response(await service.list_templates(reads, actor, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=AlertTemplate)
async def write_template(request: WriteTemplate, actor: Manager, session: Session) -> Response:
    """Keep a new template."""
    return answer(await service.write_template(session, actor, request), "alert-templates", 201)


@router.get("/{template_id}", response_model=AlertTemplate)
async def get_template(template_id: TemplateId, actor: Reader, session: Session) -> Response:
    """One template."""
    return answer(await service.template_detail(session, actor, template_id), "alert-templates")


@router.patch("/{template_id}", response_model=AlertTemplate)
async def change_template(
    template_id: TemplateId,
    request: ChangeTemplate,
    actor: Manager,
    if_match: IfMatch,
    session: Session,
) -> Response:
    """Correct a template."""
    view = await service.change_template(session, actor, template_id, request, if_match)
    return answer(view, "alert-templates")


@router.delete("/{template_id}", status_code=204)
async def remove_template(template_id: TemplateId, actor: Manager, session: Session) -> None:
    """Remove a template; alerts drafted from it stay as they are."""
    await service.remove_template(session, actor, template_id)
