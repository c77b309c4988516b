"""Every permission there is, and the roles an organization starts with, as data.

A test of the host holds the permissions equal to what the services declare. muster_testing signs its people in with
these roles.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PermissionEntry:
    """A right, the service that declares it, and what it allows in an administrator's words."""

    name: str
    service: str
    description: str


@dataclass(frozen=True, slots=True)
class StartingRole:
    """A role that each new organization has; administrators may compose others."""

    key: str
    name: str
    description: str
    permissions: frozenset[str]


PERMISSIONS: tuple[PermissionEntry, ...] = (
    PermissionEntry("people:read", "identity", "See the names and roles of colleagues."),
    PermissionEntry("users:read", "identity", "See the accounts of the organization."),
    PermissionEntry("users:manage", "identity", "Create, change, disable and reset accounts."),
    PermissionEntry("roles:manage", "identity", "Compose roles from permissions."),
    PermissionEntry("api-keys:manage", "identity", "Issue and revoke API keys."),
    PermissionEntry("organizations:manage", "identity", "Change the organization's own record."),
    PermissionEntry("hazards:read", "hazard-monitoring", "See hazards, feeds and proposals."),
    PermissionEntry("hazards:manage", "hazard-monitoring", "Run feeds and edit proposal rules."),
    PermissionEntry("incidents:read", "incident-management", "See incidents."),
    PermissionEntry("incidents:declare", "incident-management", "Declare an incident."),
    PermissionEntry("incidents:update", "incident-management", "Change the facts of an incident."),
    PermissionEntry("incidents:transition", "incident-management", "Move an incident's status."),
    PermissionEntry("incidents:command", "incident-management", "Fill and relieve positions."),
    PermissionEntry("incidents:plan", "incident-management", "Set periods and objectives."),
    PermissionEntry("incidents:work", "incident-management", "Add and carry out tasks."),
    PermissionEntry("incidents:share", "incident-management", "Share with other organizations."),
    PermissionEntry("activity:read", "activity-log", "Read the journal of the operation."),
    PermissionEntry("activity:write", "activity-log", "Write notes in the journal."),
    PermissionEntry("activity:audit", "activity-log", "Read the audit of accounts and verify it."),
    PermissionEntry("search:read", "search", "Search all that the account may see."),
    PermissionEntry("search:save", "search", "Save searches and be told of new matches."),
    PermissionEntry("search:manage", "search", "Rebuild the search index and see its state."),
    PermissionEntry("alerts:read", "alert-management", "See alerts, their review and history."),
    PermissionEntry("alerts:draft", "alert-management", "Write and submit alerts to the public."),
    PermissionEntry("alerts:approve", "alert-management", "Approve, return and publish alerts."),
    PermissionEntry("alerts:manage", "alert-management", "Run templates, areas, hooks and feeds."),
    PermissionEntry("notifications:read", "notification", "See how warnings go out, in numbers."),
    PermissionEntry("notifications:manage", "notification", "Run channels and subscriber lists."),
    PermissionEntry("notifications:recipients", "notification", "See who was reached, one by one."),
)

_SEE = frozenset(
    {
        "notifications:read",
        "alerts:read",
        "search:read",
        "people:read",
        "hazards:read",
        "incidents:read",
        "activity:read",
    }
)
_WORK = _SEE | {
    "search:save",
    "activity:write",
    "incidents:work",
}
_STAFF = _WORK | {"incidents:declare", "incidents:update"}
_PLAN = _STAFF | {"incidents:plan"}
_WARN = frozenset(
    {"alerts:draft", "alerts:approve", "notifications:manage", "notifications:recipients"}
)
_COMMAND = _PLAN | _WARN | {"incidents:transition", "incidents:command", "incidents:share"}

STARTING_ROLES: tuple[StartingRole, ...] = (
    StartingRole(
        "incident-commander",
        "Incident Commander",
        "Has overall responsibility for the incident.",
        _COMMAND | {"hazards:manage"},
    ),
    StartingRole(
        "operations-section-chief",
        "Operations Section Chief",
        "Directs the tactical work.",
        _PLAN | {"incidents:transition", "incidents:command"},
    ),
    StartingRole(
        "planning-section-chief",
        "Planning Section Chief",
        "Keeps the situation and the Incident Action Plan.",
        _PLAN | {"incidents:command"},
    ),
    StartingRole(
        "logistics-section-chief",
        "Logistics Section Chief",
        "Provides facilities, services and supplies.",
        _STAFF,
    ),
    StartingRole(
        "finance-administration-section-chief",
        "Finance/Administration Section Chief",
        "Accounts for time, cost and claims.",
        _WORK,
    ),
    StartingRole(
        "public-information-officer",
        "Public Information Officer",
        "Speaks to the public and the media.",
        _WORK | _WARN,
    ),
    StartingRole(
        "safety-officer",
        "Safety Officer",
        "Watches over the safety of responders.",
        _WORK | {"incidents:update"},
    ),
    StartingRole(
        "dispatcher",
        "Dispatcher",
        "Takes reports and declares incidents.",
        _STAFF | {"incidents:transition", "alerts:draft"},
    ),
    StartingRole("shelter-manager", "Shelter Manager", "Runs a shelter.", _WORK),
    StartingRole("responder", "Responder", "Works in the field.", _WORK),
    StartingRole(
        "auditor",
        "Auditor",
        "Reads everything and changes nothing.",
        _SEE | {"users:read", "activity:audit", "notifications:recipients"},
    ),
    StartingRole(
        "administrator",
        "Administrator",
        "Runs accounts, roles, keys and feeds.",
        _COMMAND
        | _WARN
        | {
            "users:read",
            "users:manage",
            "roles:manage",
            "api-keys:manage",
            "organizations:manage",
            "hazards:manage",
            "alerts:manage",
            "activity:audit",
            "search:manage",
        },
    ),
)
