from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from muster_core.database import Reader
from muster_core.http.dependencies import (
    CurrentActor,
    open_public_session,
    open_reads,
    open_session,
    runtime_of,
)
from muster_core.runtime import Runtime
from muster_core.tables import service_metadata

SCHEMA = "identity"


class Base(DeclarativeBase):
    metadata = service_metadata(SCHEMA)


async def _confidential(request: Request, actor: CurrentActor) -> AsyncIterator[AsyncSession]:
    async with runtime_of(request).session(SCHEMA, actor) as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session(SCHEMA), scope="function")]
PublicSession = Annotated[AsyncSession, Depends(open_public_session(SCHEMA), scope="function")]
# For answers that hold a secret shown once: nothing is stored under an Idempotency-Key, so that no
# secret lies readable in the database. Repeating such a request makes a second secret.
ConfidentialSession = Annotated[AsyncSession, Depends(_confidential, scope="function")]
Reads = Annotated[Reader, Depends(open_reads(SCHEMA))]
RuntimeOf = Annotated[Runtime, Depends(runtime_of)]
