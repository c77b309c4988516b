"""One's own account."""

from __future__ import annotations

import json
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from identity_service.database import ConfidentialSession, Reads, RuntimeOf, Session
from identity_service.routers.answers import device_of, item_response
from identity_service.schemas import (
    ChangeMe,
    ChangePassword,
    Me,
    SessionPage,
    TotpProof,
    TotpSecret,
)
from identity_service.service import profile, sessions
from identity_service.surroundings import surroundings_of
from muster_core.http.dependencies import CurrentActor
from muster_core.http.problems import problem_response
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/me", "identity")


@router.get("", response_model=Me)
async def who_am_i(actor: CurrentActor, session: Session) -> Response:
    """Who is signed in, in which organization, with which rights."""
    return item_response(await profile.show(session, actor))


@router.patch("", response_model=Me)
async def rename_me(body: ChangeMe, actor: CurrentActor, session: Session) -> Response:
    """Change one's own name."""
    return item_response(await profile.rename(session, actor, body.name))


@router.post("/password", status_code=204, response_class=Response)
async def change_password(
    body: ChangePassword,
    request: Request,
    actor: CurrentActor,
    runtime: RuntimeOf,
    session: ConfidentialSession,
) -> Response:
    """Change one's own password; every other session ends."""
    address = device_of(request).address
    await profile.change_password(runtime, session, actor, address, body.current, body.new)
    return Response(status_code=204)


@router.post("/totp", response_model=TotpSecret)
async def enrol_totp(
    actor: CurrentActor, runtime: RuntimeOf, session: ConfidentialSession
) -> Response:
    """Begin a second factor: a secret for an authenticator app, shown once."""
    secret, uri = await profile.enrol_totp(session, surroundings_of(runtime), actor)
    return json_response(json.dumps({"secret": secret, "uri": uri}).encode())


@router.post("/totp/confirm", status_code=204, response_class=Response)
async def confirm_totp(
    body: TotpProof, actor: CurrentActor, runtime: RuntimeOf, session: Session
) -> Response:
    """Prove that the app has the secret; signing in needs it from now on."""
    await profile.confirm_totp(session, surroundings_of(runtime), actor, body.code)
    return Response(status_code=204)


@router.post("/totp/disable", status_code=204, response_class=Response)
async def disable_totp(
    body: TotpProof, request: Request, actor: CurrentActor, runtime: RuntimeOf, session: Session
) -> Response:
    """Take the second factor off."""
    around, address = surroundings_of(runtime), device_of(request).address
    refused = await profile.disable_totp(session, around, actor, body.code, address)
    # Answered, not raised: the wrong code must be counted.
    return Response(status_code=204) if refused is None else problem_response(refused)


@router.get("/sessions", response_model=SessionPage)
async def my_sessions(
    actor: CurrentActor, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """Where one is signed in."""
    return json_response(await sessions.list_own(reads, actor, limit=limit, cursor=cursor))


@router.delete("/sessions/{session_id}", status_code=204, response_class=Response)
async def end_session(session_id: UUID, actor: CurrentActor, session: Session) -> Response:
    """End one of one's sessions."""
    await sessions.end_own(session, actor, session_id)
    return Response(status_code=204)
