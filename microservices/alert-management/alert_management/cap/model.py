"""A CAP 1.2 alert as values: what OASIS CAP 1.2 (1 July 2010) names in chapter 3.2, in its order, words verbatim.

Instants are aware and whole seconds, as CAP writes them. Latitude comes first here, as in CAP; GeoJSON's order is
made in `geojson.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from alert_management.domain.words import Category, Certainty, ResponseType, Severity, Urgency

__all__ = [
    "Alert",
    "Area",
    "Category",
    "Certainty",
    "Circle",
    "Info",
    "MsgType",
    "Point",
    "Polygon",
    "Reference",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "Status",
    "Urgency",
    "Value",
]

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""
Polygon = tuple[Point, ...]
"""A closed ring: at least four points, the last equal to the first."""


class Status(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Value(NamedTuple):
    """An `eventCode`, `parameter` or `geocode`: a value under the name of its list."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message, by the three things that identify it: `sender,identifier,sent`."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """Centre in degrees, radius in kilometres; a radius of 0 is a point."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where: the union of polygons, circles and geocodes; altitude and ceiling in feet above mean sea level."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Value, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that goes with the words; `size` in bytes, `digest` SHA-1 in hex, `deref_uri` the file in base64."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is said in one language. None and () are what the message leaves out; CAP's default language is en-US."""

    language: str = "en-US"
    categories: tuple[Category, ...]
    event: str
    response_types: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    audience: str | None = None
    event_codes: tuple[Value, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Value, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One CAP message."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    source: str | None = None
    scope: Scope
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """What an Update or a Cancel of this message refers to."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def severity(self) -> Severity:
        """The gravest of its infos; Unknown without any."""
        found = {info.severity for info in self.infos}
        return next((severity for severity in Severity if severity in found), Severity.UNKNOWN)

    @property
    def vertices(self) -> int:
        """The points of all its polygons, the closing ones counted."""
        return sum(
            len(polygon) for info in self.infos for area in info.areas for polygon in area.polygons
        )
