from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from muster_core.database import Reader
from muster_core.http.dependencies import (
    RuntimeOf,
    open_public_session,
    open_reads,
    open_session,
)
from muster_core.tables import service_metadata

SCHEMA = "identity"


class Base(DeclarativeBase):
    metadata = service_metadata(SCHEMA)


Session = Annotated[AsyncSession, Depends(open_session(SCHEMA), scope="function")]
PublicSession = Annotated[AsyncSession, Depends(open_public_session(SCHEMA), scope="function")]
# For answers that hold a secret shown once: nothing is stored under an Idempotency-Key, so that no
# secret lies readable in the database. Repeating such a request makes a second secret.
ConfidentialSession = Annotated[
    AsyncSession, Depends(open_session(SCHEMA, keep_answers=False), scope="function")
]
Reads = Annotated[Reader, Depends(open_reads(SCHEMA))]

__all__ = ["Base", "ConfidentialSession", "PublicSession", "Reads", "RuntimeOf", "Session"]
