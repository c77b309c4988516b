"""Bytes from outside into alerts: one message, or all that an EDXL-DE envelope or a feed holds or links to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alert_management.cap.findings import CapError, Leniency, Problem, Tolerated
from alert_management.cap.model import Alert
from alert_management.cap.reading import read_alert
from alert_management.cap.verifying import NOBODY, Signature, Trust, verify
from alert_management.cap.xml import (
    CAP_NAMESPACES,
    Document,
    Element,
    local,
    namespace,
    read_trusted,
    read_xml,
    refused,
    standing_alone,
)

CAP_TYPE = "application/cap+xml"
ALERTS = tuple(f"{{{space}}}alert" for space in CAP_NAMESPACES)
_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = {f"{{{_ATOM}}}entry", "item", "{http://purl.org/rss/1.0/}item"}
_ENVELOPES = {
    "feed": "an Atom feed",
    "rss": "an RSS feed",
    "RDF": "an RSS feed",
    "EDXLDistribution": "an EDXL-DE envelope",
}
_CONTENT_OBJECT = "contentObject"
_TEXTS = {"content", "summary", "description", "encoded", "contentData"}


@dataclass(frozen=True, slots=True)
class Reading:
    """An alert as it was read. `source` is the message as it came; an embedded one stands alone in it.

    `loose_references` are the words under `references` that are not sender,identifier,sent: kept for whoever joins
    messages to threads, never sent on.
    """

    alert: Alert
    version: str
    tolerated: tuple[Tolerated, ...]
    signature: Signature
    source: bytes
    loose_references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a feed says that an alert lies; the address is as the feed gives it, and may be relative to its own."""

    url: str
    media_type: str = ""
    title: str = ""
    id: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """An alert of a feed or an envelope that could not be taken; its neighbours could."""

    problems: tuple[Problem, ...]
    source: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """An alert element, and what became of reading it."""

    element: Element
    outcome: Reading | Refused


def parse(data: bytes, trust: Trust = NOBODY) -> Reading:
    """The one alert of a message, in an envelope or not.

    Raises:
        CapError: not XML that we take, no alert or several, or one that cannot be understood; with line and reason.
    """
    found = [one.outcome for one in examine(data, trust) if isinstance(one, Found)]
    if len(found) != 1:
        raise refused(f"holds {len(found)} alerts, not one" if found else "only links to alerts")
    if isinstance(found[0], Refused):
        raise CapError(found[0].problems)
    return found[0]


def parse_many(data: bytes, trust: Trust = NOBODY) -> list[Reading | Link | Refused]:
    """Every alert that a message, an envelope or a feed holds, and a link for each entry that only links to one.

    Raises:
        CapError: not XML that we take, or neither an alert, an envelope nor a feed.
    """
    return [one.outcome if isinstance(one, Found) else one for one in examine(data, trust)]


def examine(data: bytes, trust: Trust = NOBODY) -> list[Found | Link]:
    """As `parse_many`, with the element that each alert was read from.

    Raises:
        CapError: not XML that we take, or neither an alert, an envelope nor a feed.
    """
    document = read_xml(data)
    root = document.root
    if root.tag in ALERTS:
        return [_found(root, document.text, data, document.tolerated, trust)]
    alerts = list(_alerts(root))
    note = (*document.tolerated, _in_envelope(root))
    found: dict[int, list[Found | Link]] = {}
    for element, source in zip(alerts, _sources(document) if alerts else (), strict=True):
        found.setdefault(_position(element), []).append(
            _found(element, source, source, note, trust)
        )
    holders = {above for element in alerts for above in element.iterancestors()}
    entries = [one for one in root.iter() if one.tag in _ENTRIES or _holds_file(one)]
    for entry in entries:
        if entry not in holders:
            found.setdefault(_position(entry), []).extend(_of_entry(entry, trust))
    if not found and not entries and local(root) not in _ENVELOPES:
        raise refused(f"holds no CAP alert: its root is <{local(root)}>", _position(root))
    return [one for place in sorted(found) for one in found[place]]


def _found(
    element: Element, text: bytes, source: bytes, tolerated: tuple[Tolerated, ...], trust: Trust
) -> Found:
    try:
        alert, notes, loose = read_alert(element)
    except CapError as error:
        return Found(element, Refused(tuple(error.problems), source))
    reading = Reading(
        alert=alert,
        version=CAP_NAMESPACES[namespace(element)],
        tolerated=(*tolerated, *notes.tolerated),
        signature=verify(text, alert.sent, trust),
        source=source,
        loose_references=loose,
    )
    return Found(element, reading)


def _sources(document: Document) -> list[bytes]:
    """Each alert as a document of its own, with its comments, which a signature may cover."""
    return [standing_alone(alert) for alert in _alerts(read_trusted(document.text))]


def _alerts(root: Element) -> Iterator[Element]:
    """The alerts of a tree that stand in no other alert."""
    for element in root.iter(*ALERTS):
        if not any(above.tag in ALERTS for above in element.iterancestors()):
            yield element


def _of_entry(entry: Element, trust: Trust) -> list[Found | Link]:
    """What an entry without an alert element has: an alert as text, or links."""
    for element in entry.iter():
        text = (element.text or "").strip()
        if local(element) in _TEXTS and "alert" in text and text.startswith("<"):
            try:
                inner = read_xml(text.encode())
            except CapError:
                continue
            if inner.root.tag in ALERTS:
                name = f"taken out of the text of <{local(element)}>"
                note = Tolerated(Leniency.ENVELOPE, "", name)
                return [_found(inner.root, inner.text, inner.text, (note, *inner.tolerated), trust)]
    links = list(_links(entry))
    best = [link for link in links if link.media_type == CAP_TYPE]
    return [*(best or links[:1])]


def _links(entry: Element) -> Iterator[Link]:
    """The links of an entry, the likeliest to be the alert first."""
    about = {local(child): (child.text or "").strip() for child in entry if not len(child)}
    rest = {
        "title": about.get("title", ""),
        "id": about.get("id") or about.get("guid") or "",
        "updated": about.get("updated") or about.get("pubDate") or "",
    }
    found: list[tuple[int, Link]] = []
    for element in entry.iter():
        name = local(element)
        kind = str(element.get("type") or "").partition(";")[0].strip().lower()
        url = element.get("href") or element.get("src") or element.get("url")
        if name in {"link", "uri"} and not url:
            url = (element.text or "").strip()
        if name not in {"link", "content", "enclosure", "uri"} or not url:
            continue
        wanted = (kind == CAP_TYPE, kind.endswith("xml"), kind == "", element.get("rel") != "self")
        rank = sum(weight for weight, yes in zip((8, 4, 2, 1), wanted, strict=True) if yes)
        found.append((-rank, Link(str(url).strip(), kind, **rest)))
    yield from (link for _, link in sorted(found, key=lambda ranked: ranked[0]))


def _holds_file(element: Element) -> bool:
    """Whether this is a content object of EDXL-DE with a file, not XML, in it."""
    return local(element) == _CONTENT_OBJECT and any(
        local(child) == "nonXMLContent" for child in element
    )


def _in_envelope(root: Element) -> Tolerated:
    name = local(root)
    return Tolerated(Leniency.ENVELOPE, "", f"taken out of {_ENVELOPES.get(name, f'<{name}>')}")


def _position(element: Element) -> int:
    return element.sourceline or 0
