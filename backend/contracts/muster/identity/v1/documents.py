"""People and organizations as search finds them: what colleagues may know of each other, no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from muster.identity.v1.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    AccountRolesChanged,
    AccountUpdated,
    OrganizationCreated,
    OrganizationFacts,
    OrganizationUpdated,
)
from muster.identity.v1.identity_pb2_grpc import IdentityStub
from muster.search.v1.documents import Document, Fact, Removal, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.events import Event

PERSON = "person"
ORGANIZATION = "organization"
_READ = "people:read"


def person_document(account_id: UUID, organization_id: UUID, name: str, version: int) -> Document:
    """Someone with an account, by name; found by colleagues only."""
    return Document(
        kind=PERSON,
        id=account_id,
        title=name,
        listed_by=_READ,
        organization_id=organization_id,
        occurred_at=born(account_id),
        subject=f"account/{account_id}",
        version=version,
    )


def organization_document(organization_id: UUID, name: str, version: int) -> Document:
    """An organization by name: every organization may know of it, so as to share with it."""
    return Document(
        kind=ORGANIZATION,
        id=organization_id,
        title=name,
        listed_by=_READ,
        occurred_at=born(organization_id),
        subject=f"organization/{organization_id}",
        version=version,
    )


def born(identifier: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond; 1970 for any other."""
    if identifier.version != 7:
        return datetime.fromtimestamp(0, UTC)
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def translate(event: Event) -> Sequence[Fact]:
    """What an event tells of a person or an organization."""
    told = event.payload()
    if isinstance(told, OrganizationFacts):
        return [organization_document(told.organization_id, told.name, told.version)]
    if isinstance(told, AccountDisabled):
        return [Removal(PERSON, told.account_id, told.version)]
    if isinstance(told, (AccountCreated, AccountEnabled, AccountUpdated, AccountRolesChanged)):
        if told.disabled:
            return [Removal(PERSON, told.account_id, told.version)]
        assert told.organization_id is not None
        return [person_document(told.account_id, told.organization_id, told.name, told.version)]
    return []


SOURCE = Source(
    service="identity",
    kinds=(PERSON, ORGANIZATION),
    stub=IdentityStub,
    translate=translate,
    events=frozenset(
        one.type
        for one in (
            AccountCreated,
            AccountDisabled,
            AccountEnabled,
            AccountRolesChanged,
            AccountUpdated,
            OrganizationCreated,
            OrganizationUpdated,
        )
    ),
)
