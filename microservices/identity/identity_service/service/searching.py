"""What search asks: who and what can be found, and what those may see who look while they are away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from identity_service import repository
from muster.identity.v1.documents import organization_document, person_document
from muster_core.auth import authorize_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Any

    from muster.search.v1.documents import Document
    from muster_core.auth import Actor
    from muster_core.database import Reader


async def rights_of(reads: Reader, actor: Actor, accounts: Sequence[UUID]) -> list[Any]:
    """`id`, `organization_id` and `permissions` of the accounts that could sign in now."""
    authorize_service(actor)
    return await reads.fetch(repository.RIGHTS_OF, list(accounts))


async def searchable(reads: Reader, actor: Actor, batch: int) -> AsyncIterator[list[Document]]:
    """Every organization and everyone who is listed among its people."""
    authorize_service(actor)
    last = UUID(int=0)
    while rows := await reads.fetch(repository.ORGANIZATIONS_AFTER, last, batch):
        yield [organization_document(row["id"], row["name"], row["version"]) for row in rows]
        last = rows[-1]["id"]
    last = UUID(int=0)
    while rows := await reads.fetch(repository.PEOPLE_AFTER, last, batch):
        yield [
            person_document(row["id"], row["organization_id"], row["name"], row["version"])
            for row in rows
        ]
        last = rows[-1]["id"]
