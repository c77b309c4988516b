"""API keys of programs, and the keys that sign access tokens."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from identity_service import listings
from identity_service.database import ConfidentialSession, Reads, RuntimeOf, Session
from identity_service.permissions import Permission
from identity_service.routers.answers import id_of, secret_response
from identity_service.schemas import (
    ApiKeyMade,
    ApiKeyPage,
    CreateApiKey,
    Rotated,
    SigningKeyPage,
)
from identity_service.service import api_keys, signing
from identity_service.surroundings import surroundings_of
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/api-keys", "identity")
signing_keys = service_router("/signing-keys", "identity")

KeyManager = Annotated[Actor, needs(Permission.API_KEYS_MANAGE)]
Manager = Annotated[Actor, needs(Permission.ORGANIZATIONS_MANAGE)]


@router.get("", response_model=ApiKeyPage)
async def list_api_keys(
    actor: KeyManager, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The API keys of one's organization, revoked ones too."""
    return json_response(await api_keys.list_keys(reads, actor, limit=limit, cursor=cursor))


@router.post("", status_code=201, response_model=ApiKeyMade)
async def create_api_key(
    body: CreateApiKey, actor: KeyManager, session: ConfidentialSession
) -> Response:
    """Make an API key; its secret is shown in this answer only."""
    item, secret = await api_keys.create(session, actor, body.name, body.scopes, body.expires_at)
    return secret_response(item, f"/api/v1/api-keys/{id_of(item)}", secret=secret)


@router.delete("/{api_key_id}", status_code=204, response_class=Response)
async def revoke_api_key(api_key_id: UUID, actor: KeyManager, session: Session) -> Response:
    """Revoke an API key; it is dead everywhere within 5 seconds."""
    await api_keys.revoke(session, actor, api_key_id)
    return Response(status_code=204)


@signing_keys.get("", response_model=SigningKeyPage)
async def list_signing_keys(
    _actor: Manager, reads: Reads, limit: PageLimit = 50, cursor: PageCursor = None
) -> Response:
    """The keys of the access tokens: which signs, which is next, which only verifies."""
    page = await listings.signing_keys().fetch(reads, limit=limit, cursor=cursor)
    return json_response(page)


@signing_keys.post("/rotate", response_model=Rotated)
async def rotate_signing_keys(actor: Manager, runtime: RuntimeOf, session: Session) -> Response:
    """Sign with the next key from now on; nobody is signed out."""
    kid = await signing.rotate(session, surroundings_of(runtime), actor)
    return json_response(json.dumps({"kid": kid}).encode())
