"""The shapes that cross the edge: what people ask for, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from muster_core.schemas import LongText, Name, Schema
from search.domain import WatchStatus


def _left_alone() -> Any:
    """A field of a PATCH that keeps its value when it is not sent."""

    def without_default(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(default=None, json_schema_extra=without_default)


class OpenSearchWatch(Schema):
    """A name is enough; what is opened for an incident belongs to the incident's world."""

    name: Name
    details: LongText | None = None
    incident_id: UUID | None = None
    exercise: StrictBool = Field(
        default=False, description="Without an incident; fixed from here on."
    )


class ChangeSearchWatch(Schema):
    """What is to be corrected; what is not sent stays."""

    name: Name = _left_alone()
    details: LongText | None = _left_alone()


class MoveSearchWatch(Schema):
    """The next step of its life."""

    status: WatchStatus


class SearchPerson(Schema):
    """A person as known when it happened."""

    id: UUID
    name: str


class SearchWatch(Schema):
    """A watch. Its JSON is made in SQL (repository.py); tests hold those bytes to this shape."""

    id: UUID
    name: str
    details: str | None
    status: WatchStatus
    next_statuses: list[WatchStatus]
    overdue: bool
    incident_id: UUID | None
    incident_name: str | None
    exercise: bool
    opened_at: datetime
    opened_by: SearchPerson
    updated_at: datetime
    version: int


class SearchWatchPage(Schema):
    """A page of watches."""

    items: list[SearchWatch]
    next: str | None
