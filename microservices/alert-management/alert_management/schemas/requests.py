"""What people send. Unknown fields, wrong types and dates that cannot be are refused here."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from alert_management.domain.words import MsgType, Severity
from alert_management.schemas.content import (
    AlertAreaContent,
    AlertCircle,
    AlertContent,
    RoughGeometry,
    WebAddress,
)
from muster_core.schemas import LongText, Name, Schema, ShortText

FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FieldValues = dict[FieldKey, ShortText]


def left_alone() -> Any:
    """A field of a PATCH that keeps its value when it is not sent."""

    def without_default(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(default=None, json_schema_extra=without_default)


class DraftAlert(Schema):
    """A new alert, from nothing, from a template with its fields filled, or with content."""

    content: AlertContent | None = None
    template_id: UUID | None = None
    fields: FieldValues = Field(default_factory=dict[str, str], max_length=50)
    incident_id: UUID | None = Field(
        default=None, description="The alert belongs to this incident, and to its world."
    )
    exercise: StrictBool = Field(default=False, description="Fixed from here on.")
    test: StrictBool = Field(
        default=False,
        description="A test of the real system: CAP status Test, delivered to nobody. Fixed from here on.",
    )


class ReviewComment(Schema):
    """What a step is taken with; a return or rejection says why."""

    comment: LongText | None = None


class NeededComment(Schema):
    """Why."""

    comment: LongText


class AddComment(Schema):
    """Something said about an alert, or about a part of what it says."""

    comment: LongText
    place: Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[^/]+)+$")] | None = Field(
        default=None, description="JSON pointer into the content, such as /texts/0/headline."
    )


class AskPreview(Schema):
    """What to show as each channel would."""

    content: AlertContent
    msg_type: MsgType = MsgType.ALERT
    exercise: StrictBool = False
    test: StrictBool = False


class AskAudience(Schema):
    """Whom to count: who is in the areas and hears of such a hazard."""

    areas: Annotated[list[AlertAreaContent], Field(min_length=1, max_length=200)]
    severity: Severity = Severity.UNKNOWN
    hazard: Annotated[str, StringConstraints(max_length=100)] = ""
    exercise: StrictBool = False


class ResolveArea(Schema):
    """One way to an area: exactly one of these."""

    geojson: dict[str, Any] | None = Field(
        default=None, description="A geometry, Feature or FeatureCollection of polygons (RFC 7946)."
    )
    kml: Annotated[str, StringConstraints(max_length=1_000_000)] | None = None
    circle: AlertCircle | None = None
    incident_id: UUID | None = None
    boundary_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None
    geometry: RoughGeometry | None = None
    inside_jurisdiction: StrictBool = Field(
        default=False, description="Cut off what lies outside one's organization's area."
    )


class TemplateField(Schema):
    """Something to fill in: `{key}` in the texts."""

    key: FieldKey
    label: Name
    required: StrictBool = True
    choices: list[ShortText] = Field(default_factory=list[str], max_length=50)
    example: ShortText | None = None


Fields = Annotated[list[TemplateField], Field(max_length=50)]


class WriteTemplate(Schema):
    """A template."""

    name: Name
    fields: Fields = Field(default_factory=list[TemplateField])
    content: AlertContent


class ChangeTemplate(Schema):
    """What to change of a template."""

    name: Name = left_alone()
    fields: Fields = left_alone()
    content: AlertContent = left_alone()


class ImportBoundaries(Schema):
    """A GeoJSON FeatureCollection whose features have a code and a name among their properties."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = Field(
        description="What they are, such as county or forecast-zone."
    )
    code_property: Name
    name_property: Name
    collection: dict[str, Any]


class AddHook(Schema):
    """A partner's address; `exercise` hooks hear of exercises and tests only, others of real alerts only."""

    name: Name
    url: WebAddress
    exercise: StrictBool = False


class ChangeHook(Schema):
    """What to change of a web hook."""

    name: Name = left_alone()
    url: WebAddress = left_alone()
    active: StrictBool = left_alone()
