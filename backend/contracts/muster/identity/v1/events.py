"""What identity announces: accounts for the auditors, organizations for every service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from muster_core.events import EventData

_AUDIT = "activity:audit"

Units = Literal["metric", "us"]
SignInMethod = Literal["password", "password+totp"]


class OrganizationFacts(EventData):
    """An organization as it is after the event: a copy is replaced if `version` is newer.

    `area` is a GeoJSON Polygon or MultiPolygon, `time_zone` an IANA name. `exercise` says that the
    organization itself is made up for an exercise.
    """

    organization_id: UUID  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride] - frozen
    name: str
    area: dict[str, Any] | None = None
    time_zone: str
    units: Units = "metric"
    version: int


class OrganizationCreated(
    OrganizationFacts,
    type="muster.organization.created.v1",
    requires=_AUDIT,
    subject="organization/{organization_id}",
):
    """A new organization, with its starting roles."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'set up the organization "{self.name}"'


class OrganizationUpdated(
    OrganizationFacts,
    type="muster.organization.updated.v1",
    requires=_AUDIT,
    subject="organization/{organization_id}",
):
    """An organization's name, area, time zone, units or exercise mark changed."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'changed the organization "{self.name}"'


class _AccountFact(EventData):
    account_id: UUID
    username: str
    name: str


class AccountSignedIn(
    _AccountFact,
    type="muster.account.signed_in.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """Someone signed in with a password; refreshing a session is not signing in."""

    session_id: UUID
    method: SignInMethod

    def summary(self) -> str:
        """What happened, in words."""
        return "signed in with a second factor" if "totp" in self.method else "signed in"


class AccountSteppedUp(
    _AccountFact,
    type="muster.account.stepped_up.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """Someone proved their second factor again, for an act that asks for it."""

    session_id: UUID

    def summary(self) -> str:
        """What happened, in words."""
        return "confirmed who they are with a second factor"


class AccountSignedOutEverywhere(
    _AccountFact,
    type="muster.account.signed_out_everywhere.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """Every session of an account ended at once, for a `reason` in words."""

    reason: str

    def summary(self) -> str:
        """What happened, in words."""
        return f'ended every session of "{self.name}" ({self.reason})'


class SessionEnded(
    _AccountFact,
    type="muster.account.session_ended.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """One session ended, for a `reason` in words, such as "signed out"."""

    session_id: UUID
    reason: str

    def summary(self) -> str:
        """What happened, in words."""
        if self.reason == "signed out":
            return "signed out"
        return f'ended a session of "{self.name}" ({self.reason})'


class AccountCreated(
    _AccountFact,
    type="muster.account.created.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """An administrator made an account."""

    roles: list[str]
    version: int
    disabled: bool = False

    def summary(self) -> str:
        """What happened, in words."""
        roles = f" as {', '.join(self.roles)}" if self.roles else ""
        return f'added the account "{self.name}"{roles}'


class AccountUpdated(
    _AccountFact,
    type="muster.account.updated.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """Names, e-mail address or second factor changed; `fields` says which, not to what."""

    fields: list[str]
    version: int
    disabled: bool = False

    def summary(self) -> str:
        """What happened, in words."""
        return f'changed {", ".join(self.fields)} of the account "{self.name}"'


class AccountDisabled(
    _AccountFact,
    type="muster.account.disabled.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """An account can no longer sign in, and its sessions and API keys ended."""

    version: int
    disabled: bool = True

    def summary(self) -> str:
        """What happened, in words."""
        return f'disabled the account "{self.name}"'


class AccountEnabled(
    _AccountFact,
    type="muster.account.enabled.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """A disabled account may sign in again."""

    version: int
    disabled: bool = False

    def summary(self) -> str:
        """What happened, in words."""
        return f'enabled the account "{self.name}"'


class AccountRolesChanged(
    _AccountFact,
    type="muster.account.roles_changed.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """The roles an account holds, after the change."""

    roles: list[str]
    version: int
    disabled: bool = False

    def summary(self) -> str:
        """What happened, in words."""
        return f'set the roles of "{self.name}" to {", ".join(self.roles) or "none"}'


class AccountPasswordChanged(
    _AccountFact,
    type="muster.account.password_changed.v1",
    requires=_AUDIT,
    subject="account/{account_id}",
):
    """A password changed; `reset` by an administrator, who was shown a temporary one."""

    reset: bool = False

    def summary(self) -> str:
        """What happened, in words."""
        if self.reset:
            return f'reset the password of "{self.name}"'
        return "changed the own password"


class _RoleFact(EventData):
    role_id: UUID
    key: str
    name: str
    permissions: list[str]
    version: int


class RoleCreated(
    _RoleFact, type="muster.role.created.v1", requires=_AUDIT, subject="role/{role_id}"
):
    """An administrator composed a new role."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'made the role "{self.name}"'


class RoleUpdated(
    _RoleFact, type="muster.role.updated.v1", requires=_AUDIT, subject="role/{role_id}"
):
    """A role's name, description or permissions changed."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'changed the role "{self.name}"'


class RoleDeleted(
    _RoleFact, type="muster.role.deleted.v1", requires=_AUDIT, subject="role/{role_id}"
):
    """A role that nobody held was removed."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'removed the role "{self.name}"'


class _ApiKeyFact(EventData):
    api_key_id: UUID
    name: str
    prefix: str


class ApiKeyCreated(
    _ApiKeyFact,
    type="muster.api_key.created.v1",
    requires=_AUDIT,
    subject="api-key/{api_key_id}",
):
    """A program was given a key of its own."""

    scopes: list[str]
    expires_at: datetime

    def summary(self) -> str:
        """What happened, in words."""
        return f'made the API key "{self.name}", valid until {self.expires_at:%Y-%m-%d}'


class ApiKeyRevoked(
    _ApiKeyFact,
    type="muster.api_key.revoked.v1",
    requires=_AUDIT,
    subject="api-key/{api_key_id}",
):
    """A key no longer opens anything."""

    def summary(self) -> str:
        """What happened, in words."""
        return f'revoked the API key "{self.name}"'


class SigningKeyRotated(
    EventData,
    type="muster.signing_key.rotated.v1",
    requires=_AUDIT,
    subject="signing-key/{kid}",
):
    """New access tokens are signed with a new key; those signed before stay good."""

    kid: str

    def summary(self) -> str:
        """What happened, in words."""
        return "rotated the key that signs access tokens"
