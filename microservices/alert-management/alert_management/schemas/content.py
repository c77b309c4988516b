"""What an alert says: one event, told in several languages, for some areas. A draft may lack anything.

Geometry is checked for its form only: whether it crosses itself or lies outside is a finding with a place on the map
(`service/checks.py`), which the composer shows while the author draws.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from alert_management.domain.terms import TERM_OF
from alert_management.domain.words import Category, Certainty, ResponseType, Severity, Urgency
from muster_core.geo import Coordinates, Latitude, Longitude
from muster_core.schemas import Instant, LongText, Name, Schema, ShortText

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}")


def _language(tag: str) -> str:
    if not _LANGUAGE.fullmatch(tag):
        message = "is not a language tag (RFC 5646), such as en-US or es"
        raise ValueError(message)
    return tag


def _term(key: str) -> str:
    if key not in TERM_OF:
        message = "is not an event term; GET /api/v1/alerts/terms lists them"
        raise ValueError(message)
    return key


def _web(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+", url):
        message = "must be an http or https address"
        raise ValueError(message)
    return url


Language = Annotated[str, StringConstraints(max_length=35), AfterValidator(_language)]
TermKey = Annotated[str, StringConstraints(max_length=100), AfterValidator(_term)]
WebAddress = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_web)]
MaybeText = LongText | Literal[""]
MaybeLine = ShortText | Literal[""]


class AlertWords(Schema):
    """The words in one language. What is longer than a channel takes is a finding, not a refusal."""

    language: Language
    event: MaybeLine = ""
    headline: MaybeLine = ""
    description: MaybeText = ""
    instruction: MaybeText = ""
    short: MaybeText = Field(
        default="", description="For SMS, push and WEA of 360 characters; empty: made of the rest."
    )
    shortest: MaybeText = Field(default="", description="For WEA of 90 characters.")
    contact: MaybeLine = ""
    audience: MaybeLine = ""
    web: WebAddress | Literal[""] = ""


class NamedValue(Schema):
    """CAP's valueName and value."""

    name: Name
    value: ShortText


class AlertCircle(Schema):
    """A circle: its centre in degrees and radius in km."""

    longitude: Longitude
    latitude: Latitude
    radius_km: Annotated[float, Field(gt=0, le=2000, allow_inf_nan=False)]


class RoughPolygon(Schema):
    """A GeoJSON Polygon as it was drawn, sound or not."""

    type: Literal["Polygon"]
    coordinates: Annotated[
        list[Annotated[list[Coordinates], Field(max_length=10_000)]], Field(max_length=1000)
    ]


class RoughMultiPolygon(Schema):
    """A GeoJSON MultiPolygon as it was drawn, sound or not."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[
        list[
            Annotated[
                list[Annotated[list[Coordinates], Field(max_length=10_000)]], Field(max_length=1000)
            ]
        ],
        Field(max_length=1000),
    ]


RoughGeometry = Annotated[RoughPolygon | RoughMultiPolygon, Field(discriminator="type")]


class AreaOrigin(Schema):
    """Where an area came from, shown to the reviewer."""

    kind: Literal["drawn", "circle", "boundary", "incident", "upload"]
    id: UUID | None = None
    name: MaybeLine = ""


class AlertAreaContent(Schema):
    """A place: a geometry or a circle, codes of it, and the band of height in which the hazard is (feet, as CAP)."""

    description: MaybeLine = ""
    geometry: RoughGeometry | None = None
    circle: AlertCircle | None = None
    geocodes: list[NamedValue] = Field(default_factory=list[NamedValue], max_length=500)
    altitude: Annotated[float, Field(ge=-2000, le=200_000, allow_inf_nan=False)] | None = None
    ceiling: Annotated[float, Field(ge=-2000, le=200_000, allow_inf_nan=False)] | None = None
    origin: AreaOrigin | None = None

    @model_validator(mode="after")
    def _is_one(self) -> AlertAreaContent:
        if self.geometry is not None and self.circle is not None:
            message = "an area is a geometry or a circle, not both"
            raise ValueError(message)
        if self.ceiling is not None and self.altitude is None:
            message = "a ceiling needs an altitude below it"
            raise ValueError(message)
        return self


class AlertResource(Schema):
    """A file that goes with the alert, such as a map; it lies elsewhere."""

    description: ShortText
    mime_type: Annotated[str, StringConstraints(max_length=100, pattern=r"^[\w.+-]+/[\w.+-]+$")]
    uri: WebAddress
    size: Annotated[int, Field(ge=0, le=2**40, strict=True)] | None = None


class AlertContent(Schema):
    """All that an author writes. Expiry is a moment, or minutes after publication."""

    term: TermKey | None = None
    categories: list[Category] = Field(default_factory=list[Category], max_length=12)
    response_types: list[ResponseType] = Field(default_factory=list[ResponseType], max_length=9)
    urgency: Urgency = Urgency.UNKNOWN
    severity: Severity = Severity.UNKNOWN
    certainty: Certainty = Certainty.UNKNOWN
    effective: Instant | None = None
    onset: Instant | None = None
    expires: Instant | None = None
    expires_after_minutes: Annotated[int, Field(ge=1, le=43_200, strict=True)] | None = None
    note: MaybeText = ""
    event_codes: list[NamedValue] = Field(default_factory=list[NamedValue], max_length=20)
    parameters: list[NamedValue] = Field(default_factory=list[NamedValue], max_length=100)
    resources: list[AlertResource] = Field(default_factory=list[AlertResource], max_length=20)
    texts: list[AlertWords] = Field(default_factory=list[AlertWords], max_length=20)
    areas: list[AlertAreaContent] = Field(default_factory=list[AlertAreaContent], max_length=200)

    @model_validator(mode="after")
    def _has_each_once(self) -> AlertContent:
        for name in ("categories", "response_types"):
            values = cast("list[Any]", getattr(self, name))
            if len(set(values)) != len(values):
                message = f"{name} names one twice"
                raise ValueError(message)
        languages = [one.language.lower() for one in self.texts]
        if len(set(languages)) != len(languages):
            message = "texts has a language twice"
            raise ValueError(message)
        return self

    def stored(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json")

    @property
    def headline(self) -> str:
        """What lists call the alert: the first headline, else the event, else that there is none yet."""
        for name in ("headline", "event"):
            for words in self.texts:
                if found := getattr(words, name):
                    return str(found)
        return TERM_OF[self.term].term.capitalize() if self.term else "Untitled alert"
