"""The Common Alerting Protocol, read forgivingly and written strictly; docs/standards/cap.md says how.

`parse` and `parse_many` take bytes from outside; `serialize` writes; `check` and `profiles.check` say what stands
against an alert;
`geojson` turns areas into GeoJSON and back. Nothing here knows of the service, its database or the network.
"""

from __future__ import annotations

from alert_management.cap import geojson, profiles
from alert_management.cap.findings import CapError, Finding, Leniency, Level, Problem, Tolerated
from alert_management.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Point,
    Polygon,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Value,
)
from alert_management.cap.parsing import Link, Reading, Refused, parse, parse_many
from alert_management.cap.rules import check
from alert_management.cap.signing import KeyRefusedError, SigningKey
from alert_management.cap.verifying import NOBODY, Signature, SignatureState, Trust
from alert_management.cap.writing import reference, serialize, written

__all__ = [
    "NOBODY",
    "Alert",
    "Area",
    "CapError",
    "Category",
    "Certainty",
    "Circle",
    "Finding",
    "Info",
    "KeyRefusedError",
    "Leniency",
    "Level",
    "Link",
    "MsgType",
    "Point",
    "Polygon",
    "Problem",
    "Reading",
    "Reference",
    "Refused",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "Signature",
    "SignatureState",
    "SigningKey",
    "Status",
    "Tolerated",
    "Trust",
    "Urgency",
    "Value",
    "check",
    "geojson",
    "parse",
    "parse_many",
    "profiles",
    "reference",
    "serialize",
    "written",
]
