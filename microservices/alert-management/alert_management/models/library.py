"""What alerts are made from: templates, and the boundaries that the operator brought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from alert_management.database import Base
from muster_core.columns import Box, Corner, Json
from muster_core.tables import Identified, Timestamped, Versioned


class Template(Identified, Timestamped, Versioned, Base):
    """A prepared alert with fields to fill: `{river}` in its texts is one."""

    __tablename__ = "template"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class Boundary(Identified, Timestamped, Base):
    """A named area, such as a county or a forecast zone."""

    __tablename__ = "boundary"
    __table_args__ = (
        UniqueConstraint("organization_id", "kind", "code"),
        Index(None, "organization_id", "name", "id"),
        Index(None, "extent", postgresql_using="gist"),
    )

    organization_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    geometry: Mapped[dict[str, Any]] = mapped_column(Json)
    extent: Mapped[tuple[Corner, Corner]] = mapped_column(Box)
