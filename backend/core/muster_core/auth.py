"""Who is asking, and what they may do.

Access tokens are EdDSA JWTs (RFC 9068, `typ` at+jwt) that any service verifies offline with the keys identity
publishes. API keys are opaque and are looked up at identity. Both end as an `Actor`.
"""

from __future__ import annotations

import base64
import json
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from muster_core.errors import ForbiddenError, StepUpRequiredError, UnauthorizedError
from muster_core.events import ActorKind
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOKEN_SECONDS = 600
STEP_UP_SECONDS = 300
API_KEY_PREFIX = "muster_"
ALGORITHM = "EdDSA"
_CLOCK_SKEW_SECONDS = 10
_KEYS_FRESH_SECONDS = 300
_UNKNOWN_KEY_PAUSE_SECONDS = 5
_REMEMBERED_TOKENS = 10_000
_log = get_logger(__name__)

# RFC 9864 renames EdDSA with this curve to "Ed25519", which few verifiers know yet: docs/decisions/0004.
JWSRegistry.algorithms[ALGORITHM].security_warning = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever a request, message or task acts for.

    `authenticated_at` is when the session began, `second_factor_at` when a second factor was last proven in it: Unix
    time in seconds, 0 for never.
    """

    id: UUID
    name: str
    kind: ActorKind
    organization_id: UUID | None
    permissions: frozenset[str] = field(default_factory=frozenset[str])
    session_id: UUID | None = None
    authenticated_at: int = 0
    second_factor_at: int = 0

    @property
    def organization(self) -> UUID:
        """The organization acted for.

        Raises:
            ForbiddenError: the actor belongs to none (a service's own work).
        """
        if self.organization_id is None:
            raise ForbiddenError("This account belongs to no organization.")
        return self.organization_id

    def may(self, permission: str) -> bool:
        """Whether the permission is held; a service's own work may do everything it was written to do."""
        return self.kind in {"system", "service"} or permission in self.permissions


def system_actor(service: str) -> Actor:
    """A service acting by its own rules: a feed poller, a timer, a consumer."""
    return Actor(id=UUID(int=0), name=service, kind="system", organization_id=None)


def authorize(actor: Actor, permission: str) -> None:
    """Refuse unless the actor holds the permission: the first line of every service function.

    Raises:
        ForbiddenError: names the permission, so that the screen can say who grants it.
    """
    if not actor.may(permission):
        raise ForbiddenError(
            f"This needs the permission {permission}. An administrator of your organization can grant it."
        )


def authorize_service(actor: Actor) -> None:
    """Refuse everyone but a service at its own work: what it is told is not narrowed to what a person may see.

    Raises:
        ForbiddenError: the caller acts for a person or a program of theirs.
    """
    if actor.kind not in {"system", "service"}:
        raise ForbiddenError("Only the platform's own services may ask this.")


def require_step_up(actor: Actor, seconds: int = STEP_UP_SECONDS) -> None:
    """Refuse unless a person proved their second factor at most so many seconds ago.

    It comes after `authorize`, before an act that a stolen session must not be enough for. A service's own work is
    refused too: such an act is a person's.

    Raises:
        StepUpRequiredError: says what to do (RFC 9470 names what is missing in `WWW-Authenticate`).
    """
    if actor.kind != "user":
        raise StepUpRequiredError(
            "Only a person who signed in can do this: neither an API key nor a service can prove a second factor."
        )
    if time.time() - actor.second_factor_at > seconds:
        raise StepUpRequiredError(
            f"This needs a second factor proven within the last {seconds // 60} min: enter the one-time code of your"
            " authenticator app (POST /api/v1/auth/step-up), then send the same request again.",
            headers={
                "WWW-Authenticate": f'Bearer error="insufficient_user_authentication", max_age="{seconds}"'
            },
        )


@dataclass(frozen=True, slots=True)
class Revocations:
    """What has been revoked recently: sessions by id, and accounts with the token epoch that still counts."""

    sessions: frozenset[UUID] = field(default_factory=frozenset[UUID])
    epochs: Mapping[UUID, int] = field(default_factory=dict[UUID, int])


class IdentityGateway(Protocol):
    """What a service asks identity, by gRPC."""

    async def signing_keys(self) -> Sequence[dict[str, Any]]:
        """The public keys in force, as JWKs."""
        ...

    async def revocations(self) -> Revocations:
        """Revocations of the last quarter of an hour, longer than any access token lives."""
        ...

    async def introspect_api_key(self, secret: str) -> Actor | None:
        """The actor of an API key, or None if it is unknown, expired or revoked."""
        ...


class TokenVerifier:
    """Verifies bearer tokens, offline but for the keys and revocations it keeps fresh."""

    def __init__(self, identity: IdentityGateway, issuer: str) -> None:
        """Nothing is asked before the first token."""
        self._identity, self._issuer = identity, issuer
        self._keys: dict[str, OKPKey] = {}
        self._keys_at = -1e9
        self._revoked = Revocations()
        self._remembered: OrderedDict[str, tuple[Actor, int, int]] = OrderedDict()

    async def refresh_revocations(self) -> None:
        """Ask identity what was revoked; while it does not answer, what is known stays in force."""
        self._revoked = await self._identity.revocations()

    async def prepare(self) -> None:
        """Know some keys; asks nobody once they are known, so that identity may be away.

        Raises:
            Exception: identity does not answer and no key is known yet.
        """
        if not self._keys:
            await self._fetch_keys()

    async def verify(self, token: str) -> Actor:
        """The actor a bearer token stands for.

        Raises:
            UnauthorizedError: wrong, expired, revoked or foreign token.
            UnavailableError: identity does not answer and no key is known yet.
        """
        if token.startswith(API_KEY_PREFIX):
            actor = await self._identity.introspect_api_key(token)
            if actor is None:
                raise _unauthorized("This API key is unknown, expired or revoked.")
            return actor
        remembered = self._remembered.get(token)
        if remembered is None:
            remembered = await self._decode(token)
            self._remembered[token] = remembered
            if len(self._remembered) > _REMEMBERED_TOKENS:
                self._remembered.popitem(last=False)
        actor, expires, epoch = remembered
        if expires + _CLOCK_SKEW_SECONDS < time.time():
            self._remembered.pop(token, None)
            raise _unauthorized("The session has expired; sign in again.")
        if (
            actor.session_id in self._revoked.sessions
            or self._revoked.epochs.get(actor.id, 0) > epoch
        ):
            self._remembered.pop(token, None)
            raise _unauthorized("This session was signed out; sign in again.")
        return actor

    def known(self, token: str) -> Actor | None:
        """The actor of a token that was verified here before; says nothing about whether it is still good."""
        remembered = self._remembered.get(token)
        return remembered[0] if remembered else None

    async def _decode(self, token: str) -> tuple[Actor, int, int]:
        try:
            header = _header(token)
        except (TypeError, ValueError) as error:
            raise _unauthorized("This is not an access token.") from error
        if header.get("alg") != ALGORITHM or header.get("typ") != "at+jwt":
            raise _unauthorized("This is not an access token.")
        key = await self._key(str(header.get("kid", "")))
        try:
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(
                leeway=_CLOCK_SKEW_SECONDS,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._issuer},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(claims)
            return actor_of(claims), int(claims["exp"]), int(claims.get("epoch", 0))
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise _unauthorized(
                "The access token is not valid or has expired; sign in again."
            ) from error

    async def _key(self, kid: str) -> OKPKey:
        age = time.monotonic() - self._keys_at
        if age > _KEYS_FRESH_SECONDS or (
            kid not in self._keys and age > _UNKNOWN_KEY_PAUSE_SECONDS
        ):
            try:
                await self._fetch_keys()
            except Exception:
                # With identity down, tokens signed by a key already known are still good.
                if kid not in self._keys:
                    raise
                _log.warning("signing keys not refreshed; those known stay in force")
        if kid not in self._keys:
            raise _unauthorized(
                "The access token was signed with a key that is not in force; sign in again."
            )
        return self._keys[kid]

    async def _fetch_keys(self) -> None:
        keys = await self._identity.signing_keys()
        self._keys = {str(key["kid"]): OKPKey.import_key(key) for key in keys}
        self._keys_at = time.monotonic()


def _header(token: str) -> dict[str, Any]:
    part = token.split(".", 1)[0]
    header: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(header, dict):
        raise TypeError(part)
    return cast("dict[str, Any]", header)


def claims_of(actor: Actor, *, issuer: str, epoch: int, now: int, jti: str) -> dict[str, Any]:
    """The claims of an access token for an actor (RFC 9068); times in Unix seconds."""
    return {
        "iss": issuer,
        "aud": issuer,
        "sub": str(actor.id),
        "name": actor.name,
        "org": str(actor.organization_id) if actor.organization_id else None,
        "scope": " ".join(sorted(actor.permissions)),
        "sid": str(actor.session_id) if actor.session_id else None,
        "auth_time": actor.authenticated_at,
        "mfa_time": actor.second_factor_at or None,
        "epoch": epoch,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": jti,
    }


def actor_of(claims: Mapping[str, Any]) -> Actor:
    """The actor that verified claims describe."""
    return Actor(
        id=UUID(claims["sub"]),
        name=str(claims["name"]),
        kind="user",
        organization_id=UUID(claims["org"]) if claims.get("org") else None,
        permissions=frozenset(str(claims.get("scope", "")).split()),
        session_id=UUID(claims["sid"]) if claims.get("sid") else None,
        authenticated_at=int(claims.get("auth_time", 0)),
        second_factor_at=int(claims.get("mfa_time") or 0),
    )


def _unauthorized(detail: str) -> UnauthorizedError:
    return UnauthorizedError(detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
