from __future__ import annotations

import re
import zoneinfo
from functools import lru_cache
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from muster_core.geo import AreaGeometry
from muster_core.schemas import Instant, Name, Schema, ShortText

S = TypeVar("S", bound=Schema)
_USERNAME = re.compile(r"[\w.@+-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError("is not a time zone of the IANA database, such as America/Los_Angeles")
    return value


def _username(value: str) -> str:
    if not _USERNAME.fullmatch(value):
        raise ValueError("may have letters, digits and the signs . _ @ + - only")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("is not an e-mail address")
    return value


def _encodable(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("contains half a character") from error
    return value


Username = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(_username)
]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
# A password is what was typed: nothing is trimmed, and its length is judged by the service.
Password = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=1, max_length=1000),
    AfterValidator(_encodable),
]
TotpCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
Units = Literal["metric", "us"]
PermissionName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
RoleIds = Annotated[list[UUID], Field(max_length=50)]


def refuse_null(body: S, *names: str) -> S:
    """Refuse null where leaving a field out means "as it is" and nothing else can be meant."""
    for name in names:
        if name in body.model_fields_set and getattr(body, name) is None:
            raise ValueError(f"{name} cannot be null; leave it out to keep it")
    return body


class PasswordForm(Schema):
    """OAuth2 password form (RFC 6749, 4.3) with a one-time code."""

    grant_type: Literal["password"]
    username: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    password: Password
    totp: Annotated[str, StringConstraints(max_length=20)] | None = None
    scope: Annotated[str, StringConstraints(max_length=2000)] = ""
    client_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    client_secret: Annotated[str, StringConstraints(max_length=200)] | None = None

    @model_validator(mode="after")
    def _is_text(self) -> PasswordForm:
        if "\x00" in self.username:
            raise ValueError("the sign-in name contains the control character U+0000")
        return self


class TokenOut(Schema):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    scope: str


class PermissionOut(Schema):
    name: str
    service: str
    description: str


class RoleHeld(Schema):
    id: UUID
    key: str
    name: str


class OrganizationOut(Schema):
    id: UUID
    name: str
    time_zone: str
    units: Units
    area: AreaGeometry | None
    exercise: bool
    version: int


class OrganizationMade(OrganizationOut):
    temporary_password: str | None


class OwnOrganization(Schema):
    id: UUID
    name: str
    time_zone: str
    units: Units
    area: AreaGeometry | None
    exercise: bool
    platform: bool


class Me(Schema):
    id: UUID
    username: str
    name: str
    email: str | None
    organization: OwnOrganization
    roles: list[RoleHeld]
    permissions: list[str]
    totp_enabled: bool
    must_change_password: bool


class ChangeMe(Schema):
    name: Name


class ChangePassword(Schema):
    current: Password
    new: Password


class TotpSecret(Schema):
    secret: str
    uri: str


class TotpProof(Schema):
    code: TotpCode


class SessionOut(Schema):
    id: UUID
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    address: str
    user_agent: str
    current: bool


class PersonOut(Schema):
    id: UUID
    name: str
    organization_id: UUID
    roles: list[str]


class UserOut(Schema):
    id: UUID
    username: str
    name: str
    email: str | None
    organization_id: UUID
    roles: list[RoleHeld]
    disabled: bool
    totp_enabled: bool
    must_change_password: bool
    last_signed_in_at: Instant | None
    created_at: Instant
    version: int


class UserMade(UserOut):
    temporary_password: str | None


class CreateUser(Schema):
    username: Username
    name: Name
    email: Email | None = None
    role_ids: RoleIds = Field(default_factory=list[UUID])
    password: Password | None = None


class ChangeUser(Schema):
    username: Username | None = None
    name: Name | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _keeps_names(self) -> ChangeUser:
        return refuse_null(self, "username", "name")


class SetRoles(Schema):
    role_ids: RoleIds


class ResetPassword(Schema):
    totp: bool = Field(default=False, description="Take the second factor off too.")


class TemporaryPassword(Schema):
    temporary_password: str


class RoleOut(Schema):
    id: UUID
    key: str
    name: str
    description: str
    permissions: list[str]
    built_in: bool
    holders: int
    version: int


class CreateRole(Schema):
    name: Name
    description: ShortText | Literal[""] = ""
    permissions: Annotated[list[PermissionName], Field(max_length=200)] = Field(
        default_factory=list[str]
    )


class ChangeRole(Schema):
    name: Name | None = None
    description: ShortText | Literal[""] | None = None
    permissions: Annotated[list[PermissionName], Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _keeps_values(self) -> ChangeRole:
        return refuse_null(self, "name", "description", "permissions")


class CreateApiKey(Schema):
    name: Name
    scopes: Annotated[list[PermissionName], Field(min_length=1, max_length=200)]
    expires_at: Instant


class KeyMaker(Schema):
    id: UUID
    name: str


class ApiKeyOut(Schema):
    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_by: KeyMaker
    expires_at: Instant
    created_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class ApiKeyMade(ApiKeyOut):
    secret: str


class FirstAdministrator(Schema):
    username: Username
    name: Name
    email: Email | None = None


class CreateOrganization(Schema):
    name: Name
    time_zone: TimeZone = "UTC"
    units: Units = "metric"
    area: AreaGeometry | None = None
    exercise: bool = False
    administrator: FirstAdministrator | None = None


class ChangeOrganization(Schema):
    name: Name | None = None
    time_zone: TimeZone | None = None
    units: Units | None = None
    area: AreaGeometry | None = None
    exercise: bool | None = None

    @model_validator(mode="after")
    def _keeps_values(self) -> ChangeOrganization:
        return refuse_null(self, "name", "time_zone", "units", "exercise")


class SigningKeyOut(Schema):
    kid: str
    state: Literal["next", "current", "retiring"]
    created_at: Instant
    current_since: Instant | None
    retired_at: Instant | None


class Rotated(Schema):
    kid: str


class _Page(Schema):
    next: str | None


class UserPage(_Page):
    items: list[UserOut]


class PeoplePage(_Page):
    items: list[PersonOut]


class RolePage(_Page):
    items: list[RoleOut]


class PermissionPage(_Page):
    items: list[PermissionOut]


class ApiKeyPage(_Page):
    items: list[ApiKeyOut]


class OrganizationPage(_Page):
    items: list[OrganizationOut]


class SessionPage(_Page):
    items: list[SessionOut]


class SigningKeyPage(_Page):
    items: list[SigningKeyOut]
