"""Organizations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from identity_service.database import ConfidentialSession, Reads, RuntimeOf, Session
from identity_service.permissions import Permission
from identity_service.routers.answers import id_of, item_response, secret_response
from identity_service.schemas import (
    ChangeOrganization,
    CreateOrganization,
    OrganizationMade,
    OrganizationOut,
    OrganizationPage,
)
from identity_service.service import organizations
from identity_service.service.accounts import NewAccount
from identity_service.service.organizations import NewOrganization
from identity_service.surroundings import surroundings_of
from muster_core.auth import Actor
from muster_core.geo import to_geojson
from muster_core.http.conditional import IfMatch
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/organizations", "identity")

Seer = Annotated[Actor, needs(Permission.PEOPLE_READ)]
Manager = Annotated[Actor, needs(Permission.ORGANIZATIONS_MANAGE)]


@router.get("", response_model=OrganizationPage)
async def list_organizations(
    actor: Seer,
    runtime: RuntimeOf,
    reads: Reads,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Every organization, so that an incident can be shared with one."""
    page = await organizations.list_organizations(runtime, reads, actor, limit=limit, cursor=cursor)
    return json_response(page)


@router.post("", status_code=201, response_model=OrganizationMade)
async def create_organization(
    body: CreateOrganization, actor: Manager, runtime: RuntimeOf, session: ConfidentialSession
) -> Response:
    """Set up an organization with its starting roles; for administrators of the first one."""
    new = NewOrganization(
        name=body.name,
        time_zone=body.time_zone,
        units=body.units,
        area=to_geojson(body.area) if body.area else None,
        exercise=body.exercise,
    )
    first = body.administrator
    administrator = NewAccount(first.username, first.name, first.email) if first else None
    item, password = await organizations.create(
        session, surroundings_of(runtime), actor, new, administrator
    )
    location = f"/api/v1/organizations/{id_of(item)}"
    return secret_response(item, location, temporary_password=password)


@router.get("/{organization_id}", response_model=OrganizationOut)
async def show_organization(organization_id: UUID, actor: Seer, session: Session) -> Response:
    """One organization."""
    return item_response(await organizations.show(session, actor, organization_id))


@router.patch("/{organization_id}", response_model=OrganizationOut)
async def change_organization(
    organization_id: UUID,
    body: ChangeOrganization,
    actor: Manager,
    if_match: IfMatch,
    session: Session,
) -> Response:
    """Change one's own organization."""
    changes = body.model_dump(exclude_unset=True)
    if body.area is not None:
        changes["area"] = to_geojson(body.area)
    item = await organizations.change(session, actor, organization_id, if_match, changes)
    return item_response(item)
