"""The people of the tests: one per starting role in two organizations, with tokens that verify.

They signed in with the password alone. What asks for a step-up (`muster_core.auth.require_step_up`) refuses them until
the test says otherwise:

    await as_commander.post(...)                            # 403, step-up-required
    await stepped_up(as_commander).post(...)                # proven just now
    await stepped_up(as_commander, seconds_ago=301).post(...)  # too long ago: 403 again

For a service function instead of a client: `actor_with_role("incident-commander", second_factor_at=int(time.time()))`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4, uuid5

from joserfc import jwt
from joserfc.jwk import OKPKey

from muster_core.auth import Actor, Revocations, actor_of, claims_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

ORGANIZATION = UUID("01980000-0000-7000-8000-00000000000a")
FOREIGN_ORGANIZATION = UUID("01980000-0000-7000-8000-00000000000b")
ISSUER = "muster"


def actor_with_role(role: str, organization: object = ORGANIZATION, **changes: Any) -> Actor:
    """The person of a starting role: always the same one for a role and an organization."""
    from identity_service.catalogue import STARTING_ROLES  # noqa: PLC0415 - only who signs in needs it

    permissions = next(one.permissions for one in STARTING_ROLES if one.key == role)
    values: dict[str, Any] = {
        "id": uuid5(cast("UUID", organization), role),
        "name": role.replace("-", " ").title(),
        "kind": "user",
        "organization_id": organization,
        "permissions": frozenset(permissions),
        "session_id": uuid4(),
        "authenticated_at": int(time.time()),
    }
    return Actor(**values | changes)


def stepped_up(client: httpx.AsyncClient, *, seconds_ago: float = 0) -> httpx.AsyncClient:
    """The same client, whose person proved a second factor so many seconds ago: from now on its token says so."""
    identity = TestIdentity.shared()
    person = identity.actor(client.headers["Authorization"].removeprefix("Bearer "))
    proven = replace(person, second_factor_at=int(time.time() - seconds_ago))
    client.headers["Authorization"] = f"Bearer {identity.token(proven)}"
    return client


class TestIdentity:
    """An identity gateway with one key made now and nothing revoked; signs what it is asked to."""

    __test__ = False

    def __init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
        self.revoked = Revocations()

    @staticmethod
    @cache
    def shared() -> TestIdentity:
        """The one that the tests' clients use."""
        return TestIdentity()

    def token(self, actor: Actor, **claims: Any) -> str:
        """An access token for an actor; `claims` override, to make bad ones."""
        now = int(time.time())
        made = claims_of(actor, issuer=ISSUER, epoch=0, now=now, jti=str(uuid4())) | claims
        header = {"alg": "EdDSA", "typ": "at+jwt", "kid": "test"}
        return jwt.encode(header, made, self.key, algorithms=["EdDSA"])

    def actor(self, token: str) -> Actor:
        """Whom a token of ours stands for."""
        return actor_of(jwt.decode(token, self.key, algorithms=["EdDSA"]).claims)

    async def signing_keys(self) -> Sequence[dict[str, Any]]:
        """The public key."""
        return [cast("dict[str, Any]", self.key.as_dict(private=False))]

    async def revocations(self) -> Revocations:
        """Whatever a test put into `revoked`."""
        return self.revoked

    async def introspect_api_key(self, secret: str) -> Actor | None:  # noqa: ARG002 - none exists here
        """No API key is known."""
        return None
