"""Events: facts that have happened, as CloudEvents 1.0 with a typed payload.

A payload class declares its type, the permission needed to see it, and its subject:

    class IncidentDeclared(
        EventData, type="muster.incident.declared.v1", requires="incidents:read", subject="incident/{incident_id}"
    ):
        incident_id: UUID
        name: str

Optional fields may be added to a published class; anything else is a new major version beside the old one.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_TYPE = re.compile(r"^muster\.[a-z_]+\.[a-z_]+\.v\d+$")
_registry: dict[str, type[EventData]] = {}

ActorKind = Literal["user", "api_key", "service", "system"]


class UnknownEventError(Exception):
    """An event of a type, or with a payload, that this code does not know."""


class EventData(BaseModel):
    """The payload of an event. `organization_id` None means every organization may see it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    type: ClassVar[str] = ""
    requires: ClassVar[str] = ""
    subject_template: ClassVar[str] = ""

    organization_id: UUID | None = None
    exercise: bool = False

    def __init_subclass__(cls, **_kwargs: Any) -> None:
        """Let the class keywords pass: Pydantic hands them to the hook below once the model is built."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        type: str = "",  # noqa: A002 - reads as CloudEvents
        requires: str = "",
        subject: str = "",
        **kwargs: Any,
    ) -> None:
        """Register the payload class under its event type."""
        super().__pydantic_init_subclass__(**kwargs)
        if not type:
            return
        if not _TYPE.match(type):
            message = f"{cls.__name__}: '{type}' is not muster.<noun>.<past_tense>.v<major>"
            raise TypeError(message)
        if not requires or not subject:
            message = f"{cls.__name__} must say which permission it requires and its subject"
            raise TypeError(message)
        if type in _registry and _registry[type].__qualname__ != cls.__qualname__:
            message = f"'{type}' is already declared by {_registry[type].__name__}"
            raise TypeError(message)
        cls.type, cls.requires, cls.subject_template = type, requires, subject
        _registry[type] = cls

    def subject(self) -> str:
        """What the event is about, such as `incident/0190…`; events of one subject stay in order."""
        return self.subject_template.format_map(self.__dict__)

    def summary(self) -> str:
        """What happened in an operator's words, without who and when: `declared "Cedar Creek Fire"`."""
        noun, verb = self.type.split(".")[1:3]
        return f"{verb.replace('_', ' ')} {noun.replace('_', ' ')}"


class EventActor(BaseModel):
    """Who caused an event, as known when it happened."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    kind: ActorKind


class Event(BaseModel):
    """The envelope: CloudEvents 1.0 attributes and our extensions (lower case without separators on the wire)."""

    model_config = ConfigDict(
        frozen=True, populate_by_name=True, extra="ignore", hide_input_in_errors=True
    )

    specversion: Literal["1.0"] = "1.0"
    datacontenttype: Literal["application/json"] = "application/json"
    id: UUID
    time: datetime
    type: str
    source: str
    subject: str
    organization_id: UUID | None = Field(default=None, alias="organizationid")
    incident_id: UUID | None = Field(default=None, alias="incidentid")
    actor: EventActor | None = None
    exercise: bool = False
    traceparent: str | None = None
    requires: str
    summary: str
    data: dict[str, Any]

    def payload(self) -> EventData:
        """The typed payload.

        Raises:
            UnknownEventError: the type is not declared in this code, or the payload does not fit it.
        """
        declared = _registry.get(self.type)
        if declared is None:
            raise UnknownEventError(self.type)
        try:
            return declared.model_validate(self.data)
        except ValidationError as error:
            message = f"{self.type} {self.id}: {error.error_count()} wrong fields"
            raise UnknownEventError(message) from error

    def to_json(self) -> str:
        """CloudEvents JSON."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Event:
        """Read CloudEvents JSON.

        Raises:
            UnknownEventError: the text is not an envelope of ours.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            message = f"not an event envelope: {error.error_count()} wrong fields"
            raise UnknownEventError(message) from error


def declared_events() -> dict[str, type[EventData]]:
    """Every event type declared so far, for contract snapshots."""
    return dict(sorted(_registry.items()))
