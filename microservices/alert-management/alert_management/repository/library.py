"""Templates and boundaries, always within one organization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.database import SCHEMA
from alert_management.models import Boundary, Template
from alert_management.repository.views import View, built, escaped, utc
from muster_core.database import Reader
from muster_core.reads import JsonPage

_TEMPLATE = built(
    {
        "id": "t.id",
        "name": "t.name",
        "fields": "t.fields",
        "content": "t.content",
        "created_at": utc("t.created_at"),
        "updated_at": utc("t.updated_at"),
        "version": "t.version",
    }
)
_BOUNDARY = built(
    {
        "id": "b.id",
        "kind": "b.kind",
        "code": "b.code",
        "name": "b.name",
        "bbox": (
            "jsonb_build_array((b.extent[1])[0], (b.extent[1])[1], (b.extent[0])[0], (b.extent[0])[1])"
        ),
    }
)


async def list_templates(
    reads: Reader, organization: UUID, *, limit: int, cursor: str | None
) -> bytes:
    """A page of templates, by name."""
    page = JsonPage(
        select=_TEMPLATE,
        from_=f"{SCHEMA}.template t",
        order=(("t.name", "text", "asc"), ("t.id", "uuid", "asc")),
    )
    page.where("t.organization_id = {}::uuid", organization)
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def template(
    session: AsyncSession, organization: UUID, template_id: UUID, *, lock: bool = False
) -> Template | None:
    """A template."""
    query = select(Template).where(
        Template.id == template_id, Template.organization_id == organization
    )
    return await session.scalar(query.with_for_update() if lock else query)


async def has_templates(session: AsyncSession, organization: UUID) -> bool:
    """Whether an organization has any template."""
    query = select(Template.id).where(Template.organization_id == organization).limit(1)
    return await session.scalar(query) is not None


async def template_now(session: AsyncSession, template_id: UUID) -> View:
    """A template as this transaction has left it."""
    await session.flush()
    statement = text(
        f"SELECT t.version, ({_TEMPLATE})::text AS body FROM {SCHEMA}.template t WHERE t.id = :id"
    )
    row = (await session.execute(statement, {"id": template_id})).one()
    return View(template_id, row.version, row.body.encode())


async def list_boundaries(
    reads: Reader,
    organization: UUID,
    words: str | None,
    kind: str | None,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page of boundaries by name; `words` in the name, or the beginning of the code."""
    page = JsonPage(
        select=_BOUNDARY,
        from_=f"{SCHEMA}.boundary b",
        order=(("b.name", "text", "asc"), ("b.id", "uuid", "asc")),
    )
    page.where("b.organization_id = {}::uuid", organization)
    if kind is not None:
        page.where("b.kind = {}::text", kind)
    if words:
        like = escaped(words)
        page.where("(b.name ILIKE {} OR b.code ILIKE {})", f"%{like}%", f"{like}%")
    return await page.fetch(reads, limit=limit, cursor=cursor)


async def boundaries(
    reads: Reader, organization: UUID, ids: Sequence[UUID]
) -> list[tuple[str, str]]:
    """Name and GeoJSON text of some boundaries, in the order asked."""
    rows = await reads.fetch(
        f"SELECT b.name, b.geometry::text AS geometry FROM {SCHEMA}.boundary b"
        " WHERE b.organization_id = $1 AND b.id = ANY($2::uuid[])"
        " ORDER BY array_position($2::uuid[], b.id)",
        organization,
        list(ids),
    )
    return [(row["name"], row["geometry"]) for row in rows]


async def replace_boundaries(
    session: AsyncSession, organization: UUID, kind: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Put these in the place of all boundaries of a kind."""
    await session.execute(
        delete(Boundary).where(Boundary.organization_id == organization, Boundary.kind == kind)
    )
    await session.execute(insert(cast("Table", Boundary.__table__)), list(rows))
