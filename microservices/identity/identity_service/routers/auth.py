"""Signing in and out. The refresh token travels in a cookie that no script can read and no other site send."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from identity_service import listings
from identity_service.database import (
    ConfidentialSession,
    PublicSession,
    Reads,
    RuntimeOf,
    Session,
)
from identity_service.routers.answers import device_of
from identity_service.schemas import PasswordForm, TokenOut, TotpProof
from identity_service.service import second_factor, sessions, sign_in
from identity_service.service.problems import ForeignOriginError
from identity_service.service.sessions import Access, Issued
from identity_service.service.sign_in import Credentials
from identity_service.surroundings import surroundings_of
from muster_core.errors import DomainError, UnauthorizedError
from muster_core.http.dependencies import CurrentActor
from muster_core.http.problems import PROBLEM_CONTENT, problem_response
from muster_core.http.routing import MusterRoute, service_router
from muster_core.reads import json_response
from muster_core.runtime import Runtime

router = service_router("/auth", "identity")
well_known = APIRouter(tags=["identity"], route_class=MusterRoute)

_SECURE_COOKIE = "__Host-muster-refresh"
_PLAIN_COOKIE = "muster-refresh"


def _public_url(request: Request) -> str:
    runtime: Runtime = request.app.state.runtime
    return runtime.settings.public_url or ""


async def _own_origin(request: Request) -> None:
    """Refuse what another site's page makes a browser send (OWASP: verify Origin against the target)."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise ForeignOriginError("Another site's page sent this request.")
        return
    ours = {request.headers.get("host", "").lower()}
    public = _public_url(request)
    if public:
        ours.add(urlsplit(public).netloc.lower())
    sent = urlsplit(origin.lower())
    if sent.scheme not in {"http", "https"} or sent.netloc not in ours:
        raise ForeignOriginError(f"The page at {origin[:100]} is not part of this installation.")


_OwnOrigin = Depends(_own_origin)
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Who asks did not prove who they are", "content": PROBLEM_CONTENT},
    403: {"description": "Another site's page asks", "content": PROBLEM_CONTENT},
}


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https" or _public_url(request).startswith("https://")


def _set_cookie(request: Request, response: Response, token: str, seconds: int) -> None:
    secure = _is_secure(request)
    # Port-less cookies are shared by every program of a host: the plain one goes to signing in only.
    response.set_cookie(
        _SECURE_COOKIE if secure else _PLAIN_COOKIE,
        token,
        max_age=seconds,
        path="/" if secure else "/api/v1/auth",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def _presented(request: Request) -> str | None:
    return request.cookies.get(_SECURE_COOKIE if _is_secure(request) else _PLAIN_COOKIE)


def _token(access: Access) -> Response:
    body = TokenOut(
        access_token=access.access_token,
        token_type="bearer",  # noqa: S106 - a kind of token, not one
        expires_in=access.expires_in,
        scope=access.scope,
    )
    return json_response(body.model_dump_json().encode(), headers={"Cache-Control": "no-store"})


def _answer(request: Request, issued: Issued) -> Response:
    response = _token(issued)
    _set_cookie(request, response, issued.refresh_token, issued.refresh_seconds)
    return response


@router.post("/token", response_model=TokenOut, dependencies=[_OwnOrigin], responses=_REFUSED)
async def sign_in_with_password(
    form: Annotated[PasswordForm, Form()], request: Request, runtime: RuntimeOf
) -> Response:
    """Sign in: answers an access token for 10 minutes, and sets the refresh cookie."""
    credentials = Credentials(form.username, form.password, form.totp or None)
    return _answer(request, await sign_in.sign_in(runtime, credentials, device_of(request)))


@router.post("/refresh", response_model=TokenOut, dependencies=[_OwnOrigin], responses=_REFUSED)
async def refresh(request: Request, runtime: RuntimeOf, session: PublicSession) -> Response:
    """Exchange the refresh cookie for the next one and a new access token."""
    issued = await sessions.refresh(session, surroundings_of(runtime), _presented(request))
    if isinstance(issued, UnauthorizedError):
        # Answered, not raised: the end of a stolen session must be committed.
        response = problem_response(issued)
        _set_cookie(request, response, "", 0)
        return response
    return _answer(request, issued)


@router.post("/step-up", response_model=TokenOut)
async def step_up(
    body: TotpProof,
    request: Request,
    actor: CurrentActor,
    runtime: RuntimeOf,
    session: ConfidentialSession,
) -> Response:
    """Prove one's second factor for this session: answers an access token that says so for what asks for it."""
    around, address = surroundings_of(runtime), device_of(request).address
    proven = await second_factor.step_up(session, around, actor, body.code, address)
    # Answered, not raised: the wrong code must be counted.
    return problem_response(proven) if isinstance(proven, DomainError) else _token(proven)


@router.post(
    "/sign-out",
    status_code=204,
    response_class=Response,
    dependencies=[_OwnOrigin],
    responses=_REFUSED,
)
async def sign_out(request: Request, session: PublicSession) -> Response:
    """End this session."""
    await sessions.sign_out(session, _presented(request))
    response = Response(status_code=204)
    _set_cookie(request, response, "", 0)
    return response


@router.post("/sign-out-everywhere", status_code=204, response_class=Response)
async def sign_out_everywhere(request: Request, actor: CurrentActor, session: Session) -> Response:
    """End every session of one's account; access tokens die within a second."""
    await sessions.sign_out_everywhere(session, actor)
    response = Response(status_code=204)
    _set_cookie(request, response, "", 0)
    return response


@well_known.get("/.well-known/jwks.json", response_class=Response)
async def published_keys(reads: Reads) -> Response:
    """The public keys that access tokens are verified with (RFC 7517)."""
    body = await reads.fetch_json(listings.JWKS)
    return json_response(body, headers={"Cache-Control": "public, max-age=60"})
