"""Our strict rules for what goes out: CAP 1.2's schema and prose (chapter 3.2), and what this house adds."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from alert_management.cap import facets
from alert_management.cap.findings import Finding, Level
from alert_management.cap.geometry import (
    WORLD_RADIUS_KM,
    crossings,
    fault_of_point,
    fault_of_points,
)
from alert_management.cap.model import Alert, Area, Info, MsgType, Resource, Scope, Status, Value
from alert_management.cap.xml import MAXIMUM_VERTICES

SPACE = " \t\r\n"
LONGEST_HEADLINE = 160
_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_NO_IDENTIFIER = re.compile(r"[\s,<&]")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_MEANT_FOR_OTHERS = (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)

_Found = Iterator[Finding]


def check(alert: Alert) -> list[Finding]:
    """Everything that speaks against sending an alert of ours, in the order of the message."""
    found = list(_alert(alert))
    for number, info in enumerate(alert.infos, 1):
        found += _info(info, f"info[{number}]", alert)
    return [*found, *_crossings(alert)]


def _alert(alert: Alert) -> _Found:
    for name, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        yield from _text(name, text, blank=Level.ERROR)
        if _NO_IDENTIFIER.search(text):
            yield _rule("identifier", name, "must have no spaces, commas, < or &")
    yield from _instant("sent", alert.sent)
    yield from _texts(
        "", {"source": alert.source, "restriction": alert.restriction, "note": alert.note}
    )
    yield from _members("addresses", alert.addresses)
    yield from _members("incidents", alert.incidents)
    for number, code in enumerate(alert.codes, 1):
        yield from _text(f"code[{number}]", code, blank=Level.ERROR)
    yield from _references(alert)
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        yield _rule("restriction", "restriction", "must say for whom a Restricted alert is")
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        yield _rule("addresses", "addresses", "must list to whom a Private alert goes")
    if alert.status is Status.EXERCISE and not alert.note:
        yield _advice("note", "note", "should name the exercise")
    if alert.msg_type is MsgType.ERROR and not alert.note:
        yield _advice("note", "note", "should say what was wrong with the message")
    if not alert.infos and alert.msg_type in {MsgType.ALERT, MsgType.UPDATE}:
        yield _rule("info", "", "must say something: there is no info")
    if alert.vertices > MAXIMUM_VERTICES:
        yield _error("vertices", "", f"has {alert.vertices:,} points; at most {MAXIMUM_VERTICES:,}")


def _references(alert: Alert) -> _Found:
    if alert.msg_type in _MEANT_FOR_OTHERS and not alert.references:
        yield _rule("references", "references", f"must name what this {alert.msg_type} is about")
    for number, one in enumerate(alert.references, 1):
        where = f"references[{number}]"
        for text in (one.sender, one.identifier):
            yield from _text(where, text, blank=Level.ERROR)
        yield from _instant(where, one.sent)
        if re.search(r"[\s,]", one.sender):
            yield _error("reference", where, "has a sender with spaces or commas, which divide it")
        if _NO_IDENTIFIER.search(one.identifier):
            yield _rule("reference", where, "must have no spaces, commas, < or & in the identifier")
        if one == alert.reference:
            yield _rule("reference", where, "refers to the alert itself")


def _info(info: Info, where: str, alert: Alert) -> _Found:
    wrong = facets.language(info.language) if info.language else "is empty"
    if wrong:
        yield _error("language", f"{where}/language", wrong)
    if not info.categories:
        yield _error("category", where, "needs at least one category")
    yield from _text(f"{where}/event", info.event, blank=Level.RULE)
    yield from _texts(
        where,
        {
            "audience": info.audience,
            "senderName": info.sender_name,
            "headline": info.headline,
            "description": info.description,
            "instruction": info.instruction,
            "web": info.web,
            "contact": info.contact,
        },
    )
    yield from _uri(f"{where}/web", info.web)
    if info.web and not info.web.lower().startswith(("http://", "https://")):
        yield _rule("web", f"{where}/web", "must be a full address, with http:// or https://")
    if info.headline and len(info.headline) > LONGEST_HEADLINE:
        yield _advice(
            "headline", f"{where}/headline", f"should have at most {LONGEST_HEADLINE} characters"
        )
    yield from _times(info, where, alert)
    yield from _values(f"{where}/eventCode", info.event_codes)
    yield from _values(f"{where}/parameter", info.parameters)
    for number, resource in enumerate(info.resources, 1):
        yield from _resource(resource, f"{where}/resource[{number}]")
    for number, area in enumerate(info.areas, 1):
        yield from _area(area, f"{where}/area[{number}]")
    if not info.areas:
        yield _advice("area", where, "should say where")


def _times(info: Info, where: str, alert: Alert) -> _Found:
    times = {"effective": info.effective, "onset": info.onset, "expires": info.expires}
    sound = not list(_instant("sent", alert.sent))
    for name, instant in times.items():
        if instant is not None:
            wrong = list(_instant(f"{where}/{name}", instant))
            sound = sound and not wrong
            yield from wrong
    if not sound or info.expires is None:
        return
    if info.expires < alert.sent:
        yield _error("expires", f"{where}/expires", "lies before the alert was sent")
    for name in ("effective", "onset"):
        begin = times[name]
        if begin is not None and info.expires < begin:
            yield _rule("expires", f"{where}/expires", f"lies before <{name}>")


def _resource(resource: Resource, where: str) -> _Found:
    yield from _text(f"{where}/resourceDesc", resource.description, blank=Level.RULE)
    yield from _text(f"{where}/mimeType", resource.mime_type, blank=Level.RULE)
    yield from _texts(
        where,
        {"uri": resource.uri, "derefUri": resource.deref_uri, "digest": resource.digest},
    )
    yield from _uri(f"{where}/uri", resource.uri)
    if resource.size is not None and resource.size < 0:
        yield _error("size", f"{where}/size", "is less than nothing")
    if resource.digest and not _SHA1.fullmatch(resource.digest):
        yield _rule("digest", f"{where}/digest", "must be a SHA-1 digest, 40 hexadecimal digits")
    if resource.deref_uri and not _is_base64(resource.deref_uri):
        yield _rule("derefUri", f"{where}/derefUri", "must be the file in base64")


def _area(area: Area, where: str) -> _Found:
    yield from _text(f"{where}/areaDesc", area.description, blank=Level.RULE)
    for number, ring in enumerate(area.polygons, 1):
        fault = fault_of_points(ring)
        if fault:
            yield _error("polygon", f"{where}/polygon[{number}]", fault)
    for number, circle in enumerate(area.circles, 1):
        fault = fault_of_point(circle.latitude, circle.longitude)
        if fault is None and not 0 <= circle.radius_km <= WORLD_RADIUS_KM:
            fault = f"has a radius of {circle.radius_km} km"
        if fault:
            yield _error("circle", f"{where}/circle[{number}]", fault)
    yield from _values(f"{where}/geocode", area.geocodes)
    for name, feet in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        if feet is not None and not Decimal(feet).is_finite():
            yield _error("altitude", f"{where}/{name}", "is no number")
    if area.ceiling is not None and area.altitude is None:
        yield _rule("ceiling", f"{where}/ceiling", "must not stand without <altitude>")


def _crossings(alert: Alert) -> _Found:
    """Rings that cross themselves, of all areas at once."""
    rings = [
        (f"info[{info}]/area[{area}]/polygon[{number}]", ring)
        for info, one in enumerate(alert.infos, 1)
        for area, part in enumerate(one.areas, 1)
        for number, ring in enumerate(part.polygons, 1)
        if fault_of_points(ring) is None
    ]
    for place, fault in crossings([ring for _, ring in rings]).items():
        yield _error("polygon", rings[place][0], fault)


def _values(where: str, values: Iterable[Value]) -> _Found:
    for number, value in enumerate(values, 1):
        yield from _text(f"{where}[{number}]", value.name, blank=Level.RULE)
        yield from _text(f"{where}[{number}]", value.value, blank=None)
        if not value.name and not value.value:
            yield _error("value", f"{where}[{number}]", "has neither name nor value")


def _members(where: str, members: Iterable[str]) -> _Found:
    for number, member in enumerate(members, 1):
        yield from _text(f"{where}[{number}]", member, blank=Level.ERROR)
        if '"' in member:
            yield _error("quote", f"{where}[{number}]", "must have no double quote")


def _texts(where: str, texts: dict[str, str | None]) -> _Found:
    for name, text in texts.items():
        if text is not None:
            kept = name in {"note", "description", "instruction"}
            path = f"{where}/{name}" if where else name
            yield from _text(path, text, blank=Level.ERROR, trimmed=not kept)


def _text(where: str, text: str, *, blank: Level | None, trimmed: bool = True) -> _Found:
    """What a text must be to come back as it went: of XML's characters, not blank, no white space around it."""
    if blank is not None and not text.strip(SPACE):
        yield Finding("empty", blank, where, "is empty")
    if trimmed and text.strip(SPACE) != text:
        yield _error("space", where, "begins or ends with white space")
    found = _NO_XML.search(text)
    if found:
        yield _error(
            "character", where, f"has the character U+{ord(found[0]):04X}, which XML cannot hold"
        )


def _uri(where: str, uri: str | None) -> _Found:
    wrong = facets.uri(uri) if uri else None
    if wrong:
        yield _error("uri", where, wrong)


def _instant(where: str, instant: datetime) -> _Found:
    offset = instant.utcoffset()
    if offset is None:
        yield _error("offset", where, "has no offset from UTC")
    elif offset % timedelta(minutes=1) or abs(offset) > timedelta(hours=14):
        yield _error("offset", where, f"has the offset {offset}, which CAP cannot write")
    if instant.microsecond:
        yield _error("fraction", where, "has a fraction of a second, which CAP cannot write")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _finding(level: Level) -> Callable[[str, str, str], Finding]:
    return lambda code, where, text: Finding(code, level, where, text)


_error = _finding(Level.ERROR)
_rule = _finding(Level.RULE)
_advice = _finding(Level.ADVICE)
