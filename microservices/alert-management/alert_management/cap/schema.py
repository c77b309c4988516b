"""The CAP 1.0, 1.1 and 1.2 schemas as tables: which elements, in which order, how often, and what they may hold.

Says what OASIS' XSD says, without the XSD: a test holds the two together, on the corpus and on thousands of broken
copies of it. The differences that are meant are listed in docs/standards/cap.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from alert_management.cap import facets, model
from alert_management.cap.facets import Facet
from alert_management.cap.findings import Problem
from alert_management.cap.xml import CAP_NAMESPACES, SIGNATURES, Element, local, namespace

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = {f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation"}


@dataclass(frozen=True, slots=True)
class Child:
    """One place in a sequence."""

    name: str
    content: Content
    least: int = 1
    most: int | None = 1


Content: TypeAlias = Facet | tuple[Child, ...]


def _maybe(name: str, content: Content) -> Child:
    return Child(name, content, 0)


def _some(name: str, content: Content) -> Child:
    return Child(name, content, 1, None)


def _any(name: str, content: Content) -> Child:
    return Child(name, content, 0, None)


def _sequence(version: str) -> tuple[Child, ...]:
    """The alert of a version, from top to bottom."""
    old, first = version != "1.2", version == "1.0"
    text, number = facets.string, facets.string if old else facets.decimal
    moment = facets.date_time if old else facets.date_time_1_2
    value: Content = text if first else (Child("valueName", text), Child("value", text))
    statuses = [word for word in model.Status if not (first and word == "Draft")]
    categories = [word for word in model.Category if not (first and word == "CBRNE")]
    certainties = ["Very Likely", *list(model.Certainty)[1:]] if first else list(model.Certainty)
    responses = [word for word in model.ResponseType if not (old and word in {"Avoid", "AllClear"})]
    resource = (
        Child("resourceDesc", text),
        Child("mimeType", text, 0 if old else 1),
        _maybe("size", facets.integer),
        _maybe("uri", facets.uri),
        *(() if first else (_maybe("derefUri", text),)),
        _maybe("digest", text),
    )
    area = (
        Child("areaDesc", text),
        _any("polygon", text),
        _any("circle", text),
        _any("geocode", value),
        _maybe("altitude", number),
        _maybe("ceiling", number),
    )
    info = (
        _maybe("language", facets.language),
        (_any if first else _some)("category", facets.one_of(categories)),
        Child("event", text),
        *(() if first else (_any("responseType", facets.one_of(responses)),)),
        Child("urgency", facets.one_of(model.Urgency)),
        Child("severity", facets.one_of(model.Severity)),
        Child("certainty", facets.one_of(certainties)),
        _maybe("audience", text),
        _any("eventCode", value),
        _maybe("effective", moment),
        _maybe("onset", moment),
        _maybe("expires", moment),
        _maybe("senderName", text),
        _maybe("headline", text),
        _maybe("description", text),
        _maybe("instruction", text),
        _maybe("web", facets.uri),
        _maybe("contact", text),
        _any("parameter", value),
        _any("resource", resource),
        _any("area", area),
    )
    return (
        Child("identifier", text),
        Child("sender", text),
        Child("sent", moment),
        Child("status", facets.one_of(statuses)),
        Child("msgType", facets.one_of(model.MsgType)),
        *((_maybe("password", text),) if first else ()),
        _maybe("source", text),
        Child("scope", facets.one_of(model.Scope), 0 if first else 1),
        _maybe("restriction", text),
        _maybe("addresses", text),
        _any("code", text),
        _maybe("note", text),
        _maybe("references", text),
        _maybe("incidents", text),
        _any("info", info),
    )


SCHEMAS: dict[str, tuple[Child, ...]] = {
    version: _sequence(version) for version in CAP_NAMESPACES.values()
}


def violations(alert: Element) -> list[Problem]:
    """What the schema of its version has against an `alert` element, in the order of the document."""
    version = CAP_NAMESPACES.get(namespace(alert))
    if version is None or local(alert) != "alert":
        return [Problem(_line(alert), "", f"<{local(alert)}> is no alert of CAP 1.0, 1.1 or 1.2")]
    return list(_in_sequence(alert, namespace(alert), SCHEMAS[version], "", version == "1.2"))


def _in_sequence(
    parent: Element, space: str, sequence: Sequence[Child], where: str, signed: bool = False
) -> Iterator[Problem]:
    yield from _attributes(parent, where)
    if (parent.text or "").strip(" \t\r\n"):
        yield Problem(_line(parent), where, f"text stands directly in <{local(parent)}>")
    at, count = 0, 0
    seen: dict[str, int] = {}
    prefix = f"{{{space}}}"
    children = iter(parent)
    for child in children:
        name = str(child.tag)
        if (child.tail or "").strip(" \t\r\n"):
            yield Problem(_line(child), where, f"text stands after <{local(child)}>")
        if signed and name.startswith(f"{{{SIGNATURES}}}"):
            yield from _missing(child, where, sequence, at, count)
            yield from _after_signature(child, children, where)
            return
        place = _place(
            name.removeprefix(prefix) if name.startswith(prefix) else "", sequence, at, count
        )
        if place is None:
            yield Problem(_line(child), where, _unexpected(child, space, sequence, at, count))
            continue
        for skipped in range(at, place):
            if (count if skipped == at else 0) < sequence[skipped].least:
                yield Problem(
                    _line(child),
                    where,
                    f"<{sequence[skipped].name}> is missing before <{local(child)}>",
                )
        count = count + 1 if place == at else 1
        at = place
        seen[local(child)] = number = seen.get(local(child), 0) + 1
        path = f"{where}/" if where else ""
        path += f"{local(child)}[{number}]" if sequence[at].most is None else local(child)
        content = sequence[at].content
        if isinstance(content, tuple):
            yield from _in_sequence(child, space, cast("tuple[Child, ...]", content), path)
        else:
            yield from _in_simple(child, content, path)
    yield from _missing(parent, where, sequence, at, count)


def _place(name: str, sequence: Sequence[Child], at: int, count: int) -> int | None:
    """Where in the sequence an element of this name stands, from `at` on."""
    for place in range(at, len(sequence)):
        if sequence[place].name == name:
            most = sequence[place].most
            return None if place == at and most is not None and count >= most else place
    return None


def _missing(
    parent: Element, where: str, sequence: Sequence[Child], at: int, count: int
) -> Iterator[Problem]:
    for place in range(at, len(sequence)):
        if (count if place == at else 0) < sequence[place].least:
            yield Problem(_line(parent), where, f"<{sequence[place].name}> is missing")


def _unexpected(child: Element, space: str, sequence: Sequence[Child], at: int, count: int) -> str:
    if namespace(child) != space:
        return f"<{local(child)}> is not of CAP"
    names = [item.name for item in sequence]
    if local(child) not in names:
        return f"<{local(child)}> is not known here"
    if names.index(local(child)) == at and count:
        return f"<{local(child)}> stands here twice"
    return f"<{local(child)}> is out of order: it belongs before <{sequence[at].name}>"


def _in_simple(element: Element, facet: Facet, where: str) -> Iterator[Problem]:
    yield from _attributes(element, where)
    for child in element:
        yield Problem(_line(child), where, f"<{local(child)}> stands where only text may")
        return
    wrong = facet(element.text or "")
    if wrong:
        yield Problem(_line(element), where, wrong)


def _attributes(element: Element, where: str) -> Iterator[Problem]:
    for name in element.attrib:
        if str(name) not in _HINTS:
            yield Problem(_line(element), where, f"<{local(element)}> may have no attribute {name}")


def _after_signature(first: Element, others: Iterator[Element], where: str) -> Iterator[Problem]:
    for child in (first, *others):
        if namespace(child) != SIGNATURES:
            yield Problem(_line(child), where, f"<{local(child)}> stands after the signature")
        elif (child.tail or "").strip(" \t\r\n") and child is not first:
            yield Problem(_line(child), where, "text stands after the signature")


def _line(element: Element) -> int:
    return element.sourceline or 0
