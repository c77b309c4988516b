"""An `alert` element of CAP 1.0, 1.1 or 1.2 into the model: forgiving, saying what it forgave, refusing the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from alert_management.cap import facets, model, values
from alert_management.cap.findings import CapError, Leniency, Problem
from alert_management.cap.geometry import crossings
from alert_management.cap.model import Alert, Area, Info, Resource
from alert_management.cap.parts import Parts
from alert_management.cap.values import SPACE, Notes, Spot
from alert_management.cap.xml import CAP_NAMESPACES, Element, local, namespace


def read_alert(element: Element) -> tuple[Alert, Notes, tuple[str, ...]]:
    """The alert, what was tolerated, and the references that are not whole.

    Raises:
        CapError: with every reason, each with its line.
    """
    notes = Notes()
    version = CAP_NAMESPACES[namespace(element)]
    if version != "1.2":
        Spot(notes, element, None).forgive(
            Leniency.OLDER_VERSION, f"CAP {version}, read as CAP 1.2"
        )
    parts = Parts(Spot(notes, element, None), "alert")
    whole, loose = parts.read("references", values.references) or ((), ())
    try:
        alert = _alert(parts, whole)
    except _RefusedError:
        raise CapError(_in_order(notes)) from None
    for place, fault in crossings([ring for ring, _ in notes.rings]).items():
        notes.rings[place][1].refuse(fault)
    _check_expiry(parts, alert)
    if notes.problems:
        raise CapError(_in_order(notes))
    return alert, notes, loose


class _RefusedError(Exception):
    """A required value is not there; the reasons are in the notes."""


def _alert(parts: Parts, references: tuple[model.Reference, ...]) -> Alert:
    identifier = parts.wanted("identifier", values.trimmed, "")
    sender = parts.wanted("sender", values.trimmed, "")
    sent = parts.wanted("sent", values.moment, None)
    status = parts.wanted("status", _word(model.Status), None)
    msg_type = parts.wanted("msgType", _word(model.MsgType), None)
    scope = _scope(parts)
    infos = tuple(_info(info) for info in parts.each("info", "info"))
    if not (sent and status and msg_type and scope) or parts.notes.problems:
        raise _RefusedError
    return Alert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=status,
        msg_type=msg_type,
        source=parts.line("source"),
        scope=scope,
        restriction=parts.line("restriction"),
        addresses=parts.read("addresses", values.words) or (),
        codes=tuple(values.trimmed(*code) for code in parts.many("code")),
        note=parts.verbatim("note"),
        references=references,
        incidents=parts.read("incidents", values.words) or (),
        infos=tuple(info for info in infos if info is not None),
    )


def _scope(parts: Parts) -> model.Scope | None:
    """The scope; CAP 1.0 may leave it out, and then the narrowest that it names holds."""
    if "scope" in parts.found or namespace(parts.element) != next(iter(CAP_NAMESPACES)):
        return parts.wanted("scope", _word(model.Scope), None)
    scope = (
        model.Scope.PRIVATE
        if "addresses" in parts.found
        else model.Scope.RESTRICTED
        if "restriction" in parts.found
        else model.Scope.PUBLIC
    )
    parts.here.forgive(Leniency.DEFAULT, f"CAP 1.0 without <scope>, read as {scope}")
    return scope


def _info(parts: Parts) -> Info | None:
    categories = tuple(
        word for one in parts.many("category") if (word := values.word(model.Category, *one))
    )
    if not categories and "category" not in parts.found and _is_cap10(parts):
        parts.here.forgive(Leniency.DEFAULT, "CAP 1.0 without <category>, read as Other")
        categories = (model.Category.OTHER,)
    elif not categories:
        parts.refuse("<category> is missing")
    urgency = parts.wanted("urgency", _word(model.Urgency), None)
    severity = parts.wanted("severity", _word(model.Severity), None)
    certainty = parts.wanted("certainty", _certainty, None)
    event = parts.name("event")
    resources = tuple(map(_resource, parts.each("resource", "resource")))
    areas = tuple(map(_area, parts.each("area", "area")))
    if not (urgency and severity and certainty):
        return None
    return Info(
        language=parts.read("language", _language) or "en-US",
        categories=categories,
        event=event,
        response_types=tuple(
            word
            for one in parts.many("responseType")
            if (word := values.word(model.ResponseType, *one))
        ),
        urgency=urgency,
        severity=severity,
        certainty=certainty,
        audience=parts.line("audience"),
        event_codes=parts.values("eventCode"),
        effective=parts.read("effective", values.moment),
        onset=parts.read("onset", values.moment),
        expires=parts.read("expires", values.moment),
        sender_name=parts.line("senderName"),
        headline=parts.line("headline"),
        description=parts.verbatim("description"),
        instruction=parts.verbatim("instruction"),
        web=parts.read("web", _uri),
        contact=parts.line("contact"),
        parameters=parts.values("parameter"),
        resources=resources,
        areas=areas,
    )


def _resource(parts: Parts) -> Resource:
    mime_type = parts.line("mimeType")
    if mime_type is None and "mimeType" not in parts.found:
        if namespace(parts.element) in list(CAP_NAMESPACES)[:2]:
            parts.here.forgive(Leniency.DEFAULT, "no <mimeType>, read as application/octet-stream")
            mime_type = "application/octet-stream"
        else:
            parts.refuse("<mimeType> is missing")
    return Resource(
        description=parts.name("resourceDesc"),
        mime_type=mime_type or "",
        size=parts.read("size", _size),
        uri=parts.read("uri", _uri),
        deref_uri=parts.line("derefUri"),
        digest=parts.line("digest"),
    )


def _area(parts: Parts) -> Area:
    polygons = [values.polygon(*one) for one in parts.many("polygon")]
    circles = [values.circle(*one) for one in parts.many("circle")]
    return Area(
        description=parts.name("areaDesc"),
        polygons=tuple(one for one in polygons if one is not None),
        circles=tuple(one for one in circles if one is not None),
        geocodes=parts.values("geocode"),
        altitude=parts.read("altitude", values.decimal),
        ceiling=parts.read("ceiling", values.decimal),
    )


def _word(words: type[values.W]) -> Callable[[str, Spot], values.W | None]:
    return lambda text, spot: values.word(words, text, spot)


def _certainty(text: str, spot: Spot) -> model.Certainty | None:
    """CAP 1.2, 3.2.2: "Very Likely" of CAP 1.0 is to be treated as Likely."""
    if text.strip(SPACE).lower() == "very likely":
        spot.forgive(Leniency.CAP10_WORD, "'Very Likely' of CAP 1.0, read as Likely")
        return model.Certainty.LIKELY
    return values.word(model.Certainty, text, spot)


def _language(text: str, spot: Spot) -> str | None:
    tag = values.trimmed(text, spot)
    if "_" in tag:
        spot.forgive(Leniency.SEPARATORS, f"the language '{tag[:20]}' written with a hyphen")
        tag = tag.replace("_", "-")
    wrong = facets.language(tag)
    if wrong:
        spot.refuse(wrong)
        return None
    return tag


def _uri(text: str, spot: Spot) -> str | None:
    wrong = facets.uri(text)
    if wrong:
        spot.forgive(Leniency.DROPPED, f"{wrong} and was dropped")
        return None
    return values.trimmed(text, spot)


def _size(text: str, spot: Spot) -> int | None:
    size: Decimal | None = values.decimal(text, spot)
    if size is None:
        return None
    if size < 0 or size != int(size):
        spot.forgive(Leniency.DROPPED, f"a size of {size} bytes was dropped")
        return None
    return int(size)


def _check_expiry(parts: Parts, alert: Alert) -> None:
    """No message may end before it was sent."""
    for info, inside in zip(alert.infos, parts.found.get("info", ()), strict=True):
        if info.expires is not None and info.expires < alert.sent:
            line = next(child for child in inside if local(child) == "expires")
            where = f"info[{alert.infos.index(info) + 1}]"
            Spot(parts.notes, line, where).refuse(
                f"ends at {info.expires.isoformat()}, before it was sent at {alert.sent.isoformat()}"
            )


def _is_cap10(parts: Parts) -> bool:
    return CAP_NAMESPACES[namespace(parts.element)] == "1.0"


def _in_order(notes: Notes) -> list[Problem]:
    return sorted(notes.problems, key=lambda problem: problem.line)
