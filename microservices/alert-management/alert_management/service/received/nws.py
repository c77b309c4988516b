"""Alerts of the US National Weather Service as its API writes them: GeoJSON with CAP's fields as properties."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

from alert_management.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Polygon,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Value,
)
from muster_core.errors import MalformedError
from muster_core.http.routing import strict_json

E = TypeVar("E", Status, MsgType, Scope, Severity, Urgency, Certainty)
Json = Mapping[str, Any]
MOST_CORNERS = 50_000


class NotBelievedError(Exception):
    """An alert, or the whole document, cannot be used: `reason` is a stable word, `detail` tells operators."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class _Collection(msgspec.Struct):
    """The envelope; each alert stays the bytes it was."""

    type: str
    features: list[msgspec.Raw]
    updated: str | None = None


def features_of(body: bytes) -> tuple[list[bytes], datetime | None]:
    """Each alert of a document, word for word, and when the service made the document.

    Raises:
        NotBelievedError: it is not a FeatureCollection.
    """
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise NotBelievedError("empty", "The answer is empty.")
    if start.startswith(b"<"):
        raise NotBelievedError("not-json", "The answer is HTML or XML where JSON was promised.")
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Collection)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise NotBelievedError("not-json", f"Not the GeoJSON that was promised: {error}") from None
    if found.type != "FeatureCollection":
        raise NotBelievedError("wrong-shape", "It is not a GeoJSON FeatureCollection.")
    return [bytes(raw) for raw in found.features], _instant_or_none(found.updated)


def alert_of(raw: bytes) -> Alert:
    """Read one feature.

    Raises:
        NotBelievedError: a field is missing, of another kind, or not one of CAP's words.
    """
    try:
        feature = strict_json(raw)
    except MalformedError as error:
        raise NotBelievedError("not-json", error.detail) from None
    said: Json = cast("Json", feature) if isinstance(feature, dict) else {}
    properties: object = said.get("properties")
    if not isinstance(properties, dict):
        raise NotBelievedError("wrong-shape", "It is not a feature with properties.")
    try:
        return _alert(cast("Json", properties), said.get("geometry"))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise NotBelievedError("wrong-type", what[:300]) from None


def external_id(raw: bytes) -> str | None:
    """The identifier of a feature that was not believed, as far as it has one."""
    try:
        found: Any = json.loads(raw)["properties"]["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return str(found)[:200] if isinstance(found, str) and found.isprintable() else None


def _alert(said: Json, geometry: object) -> Alert:
    references = cast("Sequence[Json]", said.get("references") or ())
    return Alert(
        identifier=_text(said["id"], "id"),
        sender=_text(said["sender"], "sender"),
        sent=_instant(said["sent"], "sent"),
        status=_word(Status, said["status"], "status"),
        msg_type=_word(MsgType, said["messageType"], "messageType"),
        scope=_word(Scope, said.get("scope", "Public"), "scope"),
        codes=(_text(said["code"], "code"),) if said.get("code") else (),
        references=tuple(
            Reference(
                _text(one["sender"], "sender"),
                _text(one["identifier"], "identifier"),
                _instant(one["sent"], "sent"),
            )
            for one in references
        ),
        infos=(_info(said, geometry),),
    )


def _info(said: Json, geometry: object) -> Info:
    response = said.get("response")
    return Info(
        language=_optional(said, "language") or "en-US",
        categories=(Category(said.get("category") or "Met"),),
        event=_text(said["event"], "event"),
        response_types=(ResponseType(response),) if response else (),
        urgency=_word(Urgency, said["urgency"], "urgency"),
        severity=_word(Severity, said["severity"], "severity"),
        certainty=_word(Certainty, said["certainty"], "certainty"),
        event_codes=_values(said.get("eventCode")),
        effective=_optional_instant(said, "effective"),
        onset=_optional_instant(said, "onset"),
        expires=_optional_instant(said, "expires"),
        sender_name=_optional(said, "senderName"),
        headline=_optional(said, "headline"),
        description=_optional(said, "description"),
        instruction=_optional(said, "instruction"),
        web=_optional(said, "web"),
        parameters=_values(said.get("parameters")),
        areas=(
            Area(
                description=_text(said.get("areaDesc") or "", "areaDesc"),
                polygons=_polygons(geometry),
                geocodes=_values(said.get("geocode")),
            ),
        ),
    )


def _polygons(geometry: object) -> tuple[Polygon, ...]:
    """Outer rings, latitude first. Holes are left out: to warn inside one is the safe side."""
    if geometry is None:
        return ()
    found = cast("Json", geometry)
    match found["type"]:
        case "Polygon":
            rings = [found["coordinates"][0]]
        case "MultiPolygon":
            rings = [polygon[0] for polygon in found["coordinates"]]
        case other:
            raise ValueError(f"A geometry of the kind {other!s:.40} is no area")
    if sum(len(ring) for ring in rings) > MOST_CORNERS:
        raise ValueError(f"Its area has more than {MOST_CORNERS} corners")
    return tuple(tuple(_position(position) for position in ring) for ring in rings)


def _position(position: Sequence[object]) -> tuple[float, float]:
    longitude, latitude = position[0], position[1]
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        raise TypeError("A coordinate is no number")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError(f"The position {longitude:g}, {latitude:g} is not on the globe")
    return float(latitude), float(longitude)


def _values(found: Mapping[str, Sequence[str]] | None) -> tuple[Value, ...]:
    pairs = [(name, value) for name, values in (found or {}).items() for value in values]
    return tuple(Value(_text(name, "name"), _text(str(value), name)) for name, value in pairs)


def _word(kind: type[E], value: object, name: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{name} is {str(value)[:40]!r}, none of CAP's words") from None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    if any(character < " " and character not in "\t\r\n" for character in value):
        raise ValueError(f"{name} holds control characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds half a character") from None
    return value


def _optional(said: Json, name: str) -> str | None:
    value = said.get(name)
    return None if value is None else _text(value, name)


def _instant(value: object, name: str) -> datetime:
    found = _instant_or_none(value)
    if found is None:
        raise ValueError(f"{name} is no instant with its offset")
    return found


def _optional_instant(said: Json, name: str) -> datetime | None:
    """None only where it is left out: an end that cannot be read must not pass for one that was not given."""
    return None if said.get(name) is None else _instant(said[name], name)


def _instant_or_none(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 1900 <= found.year <= 2200 else None
