"""The model as CAP 1.2, to the letter: valid against the schema, offsets and never `Z`, references whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from alert_management.cap import rules
from alert_management.cap.findings import CapError, Level, Problem
from alert_management.cap.model import (
    Alert,
    Area,
    Circle,
    Info,
    Polygon,
    Reference,
    Resource,
    Value,
)
from alert_management.cap.signing import SigningKey, sign
from alert_management.cap.xml import CAP_1_2

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_Lines = Iterator[str]


def serialize(alert: Alert, *, sign_with: SigningKey | None = None, foreign: bool = False) -> bytes:
    """The message as UTF-8 XML, signed if there is a key.

    `foreign` sends on what somebody else wrote: valid, but breaking the rules of CAP's prose as it did when it came.

    Raises:
        CapError: a finding of `check` stands against it; nothing invalid is ever written.
        KeyRefusedError: the signing certificate does not hold when the alert is sent.
    """
    heavy = {Level.ERROR} if foreign else {Level.ERROR, Level.RULE}
    wrong = [finding for finding in rules.check(alert) if finding.level in heavy]
    if wrong:
        raise CapError(Problem(0, finding.where, finding.text) for finding in wrong)
    text = "\n".join(_alert(alert)).encode()
    if sign_with is not None:
        return sign(text, sign_with, alert.sent)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"


def written(instant: datetime) -> str:
    """An instant as CAP writes it: its own offset, and -00:00 for UTC (3.3.2)."""
    text = instant.isoformat(timespec="seconds")
    return text[:-6] + "-00:00" if instant.utcoffset() == timedelta(0) else text


def reference(to: Reference) -> str:
    """The extended message identifier (3.2.1)."""
    return f"{to.sender},{to.identifier},{written(to.sent)}"


def number(value: float | Decimal) -> str:
    """A number without an exponent, as exact as it is."""
    text = repr(value) if isinstance(value, float) else str(value)
    if "e" in text or "E" in text:
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")


def polygon(ring: Polygon) -> str:
    """`latitude,longitude` pairs divided by spaces."""
    return " ".join(f"{number(latitude)},{number(longitude)}" for latitude, longitude in ring)


def circle(of: Circle) -> str:
    """`latitude,longitude radius`."""
    return f"{number(of.latitude)},{number(of.longitude)} {number(of.radius_km)}"


def _alert(alert: Alert) -> _Lines:
    yield f'<alert xmlns="{CAP_1_2}">'
    yield from _one(1, "identifier", alert.identifier)
    yield from _one(1, "sender", alert.sender)
    yield from _one(1, "sent", written(alert.sent))
    yield from _one(1, "status", alert.status)
    yield from _one(1, "msgType", alert.msg_type)
    yield from _one(1, "source", alert.source)
    yield from _one(1, "scope", alert.scope)
    yield from _one(1, "restriction", alert.restriction)
    yield from _one(1, "addresses", _listed(alert.addresses))
    for code in alert.codes:
        yield from _one(1, "code", code)
    yield from _one(1, "note", alert.note)
    yield from _one(1, "references", " ".join(map(reference, alert.references)) or None)
    yield from _one(1, "incidents", _listed(alert.incidents))
    for info in alert.infos:
        yield from _info(info)
    yield "</alert>"


def _info(info: Info) -> _Lines:
    yield "  <info>"
    yield from _one(2, "language", info.language)
    for category in info.categories:
        yield from _one(2, "category", category)
    yield from _one(2, "event", info.event)
    for response in info.response_types:
        yield from _one(2, "responseType", response)
    yield from _one(2, "urgency", info.urgency)
    yield from _one(2, "severity", info.severity)
    yield from _one(2, "certainty", info.certainty)
    yield from _one(2, "audience", info.audience)
    yield from _values(2, "eventCode", info.event_codes)
    for name in ("effective", "onset", "expires"):
        instant: datetime | None = getattr(info, name)
        yield from _one(2, name, written(instant) if instant else None)
    yield from _one(2, "senderName", info.sender_name)
    yield from _one(2, "headline", info.headline)
    yield from _one(2, "description", info.description)
    yield from _one(2, "instruction", info.instruction)
    yield from _one(2, "web", info.web)
    yield from _one(2, "contact", info.contact)
    yield from _values(2, "parameter", info.parameters)
    for resource in info.resources:
        yield from _resource(resource)
    for area in info.areas:
        yield from _area(area)
    yield "  </info>"


def _resource(resource: Resource) -> _Lines:
    yield "    <resource>"
    yield from _one(3, "resourceDesc", resource.description)
    yield from _one(3, "mimeType", resource.mime_type)
    yield from _one(3, "size", None if resource.size is None else str(resource.size))
    yield from _one(3, "uri", resource.uri)
    yield from _one(3, "derefUri", resource.deref_uri)
    yield from _one(3, "digest", resource.digest)
    yield "    </resource>"


def _area(area: Area) -> _Lines:
    yield "    <area>"
    yield from _one(3, "areaDesc", area.description)
    for ring in area.polygons:
        yield from _one(3, "polygon", polygon(ring))
    for round_one in area.circles:
        yield from _one(3, "circle", circle(round_one))
    yield from _values(3, "geocode", area.geocodes)
    yield from _one(3, "altitude", None if area.altitude is None else number(area.altitude))
    yield from _one(3, "ceiling", None if area.ceiling is None else number(area.ceiling))
    yield "    </area>"


def _values(depth: int, name: str, values: Iterable[Value]) -> _Lines:
    for value in values:
        yield f"{'  ' * depth}<{name}>"
        yield from _one(depth + 1, "valueName", value.name)
        yield from _one(depth + 1, "value", value.value)
        yield f"{'  ' * depth}</{name}>"


def _one(depth: int, name: str, text: str | None) -> _Lines:
    if text is not None:
        yield f"{'  ' * depth}<{name}>{text.translate(_ESCAPED)}</{name}>"


def _listed(members: Iterable[str]) -> str | None:
    """Members divided by spaces, in double quotes where they have spaces themselves."""
    listed = " ".join(f'"{one}"' if _has_space(one) else one for one in members)
    return listed or None


def _has_space(text: str) -> bool:
    return any(sign.isspace() for sign in text)
