"""A small service of the tests' own: notes that are pinned to a board. It has every face a real one has."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import pytest
from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy import Integer, Text, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from muster_core.auth import Actor, authorize, require_step_up
from muster_core.consumers import Consumers
from muster_core.database import Database, Reader
from muster_core.errors import ConflictError
from muster_core.events import Event, EventData
from muster_core.geo import AreaGeometry
from muster_core.http.conditional import IfMatch, check_version, etag
from muster_core.http.dependencies import needs, open_reads, open_session
from muster_core.http.routing import service_router
from muster_core.microservice import Microservice
from muster_core.outbox import announce, enqueue
from muster_core.reads import JsonPage, PageCursor, PageLimit, json_response
from muster_core.schemas import Instant, LongText, Name, Schema
from muster_core.tables import Identified, Timestamped, Versioned, service_metadata
from muster_core.tasks import TaskContext, Tasks

if TYPE_CHECKING:
    from muster_host.engines import Postgres


class Base(DeclarativeBase):
    metadata = service_metadata("board")


class Pin(Identified, Timestamped, Versioned, Base):
    __tablename__ = "pin"
    text: Mapped[str] = mapped_column(Text)
    copies: Mapped[int] = mapped_column(Integer, default=0)


class Permission(StrEnum):
    READ = "incidents:read"
    PIN = "incidents:declare"


class Pinned(
    EventData, type="muster.pin.pinned.v1", requires="incidents:read", subject="pin/{pin_id}"
):
    pin_id: UUID
    text: str

    def summary(self) -> str:
        return f'pinned "{self.text}"'


class PinRequest(Schema):
    text: Name
    details: LongText | None = None
    area: AreaGeometry | None = None
    due_at: Instant | None = None


class PinOut(BaseModel):
    id: UUID
    text: str


Session = Annotated[AsyncSession, Depends(open_session("board"), scope="function")]
Reads = Annotated[Reader, Depends(open_reads("board"))]
router = service_router("/pins", "board")
consumers = Consumers("board")
tasks = Tasks("board")


@router.post("", status_code=201)
async def pin(
    request: PinRequest, actor: Annotated[Actor, needs(Permission.PIN)], session: Session
) -> PinOut:
    authorize(actor, Permission.PIN)
    if request.text == "fail":
        raise ConflictError("This note cannot be pinned.")
    if request.text == "to everybody":
        require_step_up(actor)
    made = Pin(text=request.text)
    session.add(made)
    await session.flush()
    await announce(
        session, Pinned(pin_id=made.id, text=made.text, organization_id=actor.organization)
    )
    if request.text == "late failure":
        raise ConflictError("Too late.")
    if request.text == "work":
        await enqueue(session, "board.copy", {"pin_id": str(made.id)})
    return PinOut(id=made.id, text=made.text)


@router.get("")
async def pins(
    actor: Annotated[Actor, needs(Permission.READ)],
    reads: Reads,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    authorize(actor, Permission.READ)
    page = JsonPage(
        select="json_build_object('id', p.id, 'text', p.text)",
        from_="board.pin p",
        order=(("p.created_at", "timestamptz", "desc"), ("p.id", "uuid", "desc")),
    )
    return json_response(await page.fetch(reads, limit=limit, cursor=cursor))


@router.patch("/{pin_id}")
async def rename(
    pin_id: UUID,
    request: PinRequest,
    actor: Annotated[Actor, needs(Permission.PIN)],
    session: Session,
    if_match: IfMatch,
    response: Response,
) -> PinOut:
    found = await session.get_one(Pin, pin_id, with_for_update=True)
    check_version(found.version, if_match)
    found.text = request.text
    found.touch()
    response.headers.update(etag(found.version))
    return PinOut(id=found.id, text=found.text)


@consumers.on(Pinned)
async def count_copies(session: AsyncSession, event: Event) -> None:
    pinned = event.payload()
    assert isinstance(pinned, Pinned)
    if pinned.text == "poison":
        raise ValueError("cannot be handled")
    await session.execute(
        text("UPDATE board.pin SET copies = copies + 1 WHERE id = :id"), {"id": pinned.pin_id}
    )


@tasks.task("copy")
async def copy(context: TaskContext, pin_id: str) -> None:
    async with context.session() as session:
        await session.execute(
            text("UPDATE board.pin SET copies = copies + 100 WHERE id = :id"), {"id": UUID(pin_id)}
        )


board = Microservice(
    name="board",
    package="board",
    base=Base,
    permissions=Permission,
    routers=[router],
    consumers=consumers,
    tasks=tasks,
)


@pytest.fixture(scope="session")
def services() -> list[Microservice]:
    return [board]


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The board has no migrations: its tables are made from the models."""
    import asyncio  # noqa: PLC0415

    postgres.query("CREATE DATABASE template_board", "postgres")

    async def prepare() -> None:
        database = Database(postgres.database_url("template_board"), 2)
        async with database.engine.begin() as connection:
            await connection.execute(text("CREATE SCHEMA board"))
            await connection.run_sync(Base.metadata.create_all)
        await database.close()

    asyncio.run(prepare())
    return "template_board"
