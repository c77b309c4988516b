"""The people of an organization: as colleagues, and as accounts."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from identity_service.database import ConfidentialSession, Reads, RuntimeOf, Session
from identity_service.permissions import Permission
from identity_service.routers.answers import id_of, item_response, secret_response
from identity_service.schemas import (
    ChangeUser,
    CreateUser,
    PeoplePage,
    ResetPassword,
    SetRoles,
    TemporaryPassword,
    UserMade,
    UserOut,
    UserPage,
)
from identity_service.service import accounts
from identity_service.service.accounts import NewAccount
from identity_service.surroundings import surroundings_of
from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

people = service_router("/people", "identity")
router = service_router("/users", "identity")

Seer = Annotated[Actor, needs(Permission.PEOPLE_READ)]
Reader = Annotated[Actor, needs(Permission.USERS_READ)]
Manager = Annotated[Actor, needs(Permission.USERS_MANAGE)]
Search = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[^\x00]*$", description="Part of a name, in any case."),
]


@people.get("", response_model=PeoplePage)
async def list_people(
    actor: Seer, reads: Reads, q: Search = None, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The colleagues who can be asked or assigned."""
    page = await accounts.list_people(reads, actor, q=q, limit=limit, cursor=cursor)
    return json_response(page)


@router.get("", response_model=UserPage)
async def list_users(
    actor: Reader,
    reads: Reads,
    q: Search = None,
    disabled: Annotated[bool | None, Query(description="Only disabled, or only enabled.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """The accounts of one's organization."""
    page = await accounts.list_accounts(
        reads, actor, disabled=disabled, q=q, limit=limit, cursor=cursor
    )
    return json_response(page)


@router.post("", status_code=201, response_model=UserMade)
async def create_user(
    body: CreateUser, actor: Manager, runtime: RuntimeOf, session: ConfidentialSession
) -> Response:
    """Add an account; its temporary password is shown in this answer only."""
    new = NewAccount(body.username, body.name, body.email, tuple(body.role_ids), body.password)
    item, password = await accounts.create(session, surroundings_of(runtime), actor, new)
    return secret_response(item, f"/api/v1/users/{id_of(item)}", temporary_password=password)


@router.get("/{user_id}", response_model=UserOut)
async def show_user(user_id: UUID, actor: Reader, session: Session) -> Response:
    """One account."""
    return item_response(await accounts.show(session, actor, user_id))


@router.patch("/{user_id}", response_model=UserOut)
async def change_user(
    user_id: UUID, body: ChangeUser, actor: Manager, if_match: IfMatch, session: Session
) -> Response:
    """Change the names or the e-mail address of an account."""
    changes = body.model_dump(exclude_unset=True)
    return item_response(await accounts.change(session, actor, user_id, if_match, changes))


@router.put("/{user_id}/roles", response_model=UserOut)
async def set_roles(user_id: UUID, body: SetRoles, actor: Manager, session: Session) -> Response:
    """Set the roles of an account; its rights change at once."""
    return item_response(await accounts.set_roles(session, actor, user_id, body.role_ids))


@router.post("/{user_id}/disable", response_model=UserOut)
async def disable_user(user_id: UUID, actor: Manager, session: Session) -> Response:
    """Take an account out of use, at once."""
    return item_response(await accounts.disable(session, actor, user_id))


@router.post("/{user_id}/enable", response_model=UserOut)
async def enable_user(user_id: UUID, actor: Manager, session: Session) -> Response:
    """Let a disabled account sign in again."""
    return item_response(await accounts.enable(session, actor, user_id))


@router.post("/{user_id}/reset-password", response_model=TemporaryPassword)
async def reset_password(
    user_id: UUID,
    actor: Manager,
    runtime: RuntimeOf,
    session: ConfidentialSession,
    body: ResetPassword | None = None,
) -> Response:
    """Give an account a temporary password, shown in this answer only."""
    password = await accounts.reset_password(
        session, surroundings_of(runtime), actor, user_id, totp=bool(body and body.totp)
    )
    return json_response(json.dumps({"temporary_password": password}).encode())


@router.post("/{user_id}/sign-out", status_code=204, response_class=Response)
async def sign_out_user(user_id: UUID, actor: Manager, session: Session) -> Response:
    """End every session of an account."""
    await accounts.sign_out(session, actor, user_id)
    return Response(status_code=204)
