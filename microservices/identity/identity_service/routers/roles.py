"""Roles and the permissions they are composed of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from identity_service.catalogue import PERMISSIONS
from identity_service.database import Reads, Session
from identity_service.permissions import Permission
from identity_service.routers.answers import id_of, item_response
from identity_service.schemas import ChangeRole, CreateRole, PermissionPage, RoleOut, RolePage
from identity_service.service import roles
from identity_service.service.roles import NewRole
from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import (
    PageCursor,
    PageLimit,
    decode_cursor,
    encode_cursor,
    json_response,
)

router = service_router("/roles", "identity")
permissions = service_router("/permissions", "identity")

Seer = Annotated[Actor, needs(Permission.PEOPLE_READ)]
Manager = Annotated[Actor, needs(Permission.ROLES_MANAGE)]


@permissions.get("", response_model=PermissionPage)
async def list_permissions(
    _actor: Seer, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """Every permission there is, by name."""
    after = decode_cursor(cursor, 1)[0] if cursor is not None else ""
    found = [one for one in sorted(PERMISSIONS, key=lambda one: one.name) if one.name > after]
    following = encode_cursor([found[limit - 1].name]) if len(found) > limit else None
    page = {"items": [asdict(one) for one in found[:limit]], "next": following}
    return json_response(json.dumps(page).encode())


@router.get("", response_model=RolePage)
async def list_roles(
    actor: Seer, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The roles of one's organization."""
    return json_response(await roles.list_roles(reads, actor, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=RoleOut)
async def create_role(body: CreateRole, actor: Manager, session: Session) -> Response:
    """Compose a role."""
    item = await roles.create(
        session, actor, NewRole(body.name, body.description, body.permissions)
    )
    return item_response(item, 201, f"/api/v1/roles/{id_of(item)}")


@router.get("/{role_id}", response_model=RoleOut)
async def show_role(role_id: UUID, actor: Seer, session: Session) -> Response:
    """One role."""
    return item_response(await roles.show(session, actor, role_id))


@router.patch("/{role_id}", response_model=RoleOut)
async def change_role(
    role_id: UUID, body: ChangeRole, actor: Manager, if_match: IfMatch, session: Session
) -> Response:
    """Change a role; the rights of whoever holds it change at once."""
    changes = body.model_dump(exclude_unset=True)
    return item_response(await roles.change(session, actor, role_id, if_match, changes))


@router.delete("/{role_id}", status_code=204, response_class=Response)
async def remove_role(role_id: UUID, actor: Manager, session: Session) -> Response:
    """Remove a role that nobody holds."""
    await roles.remove(session, actor, role_id)
    return Response(status_code=204)
