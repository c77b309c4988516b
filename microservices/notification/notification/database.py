from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from muster_core.database import Reader
from muster_core.http.dependencies import open_reads, open_session
from muster_core.tables import service_metadata

SCHEMA = "notification"


class Base(DeclarativeBase):
    metadata = service_metadata(SCHEMA)


Session = Annotated[AsyncSession, Depends(open_session(SCHEMA), scope="function")]
Reads = Annotated[Reader, Depends(open_reads(SCHEMA))]
