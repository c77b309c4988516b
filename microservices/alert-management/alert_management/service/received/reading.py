"""From what a feed answered to alerts that can be stored. Whatever the bytes are, the poller lives."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urljoin
from uuid import UUID

from alert_management.cap import CapError, Link, Refused, Trust, parse_many
from alert_management.feed_settings import FeedSettings
from alert_management.service.received import nws
from alert_management.service.received.nws import NotBelievedError
from alert_management.service.received.taken import GEOJSON, Signed, Taken, from_reading, measure
from muster_core.fetching import KEPT_EXCERPT, Downloaded, Failed, NotModified, Source, fetch

INVALID = "cap-invalid"
MOST_IN_LINKED = 50
AT_ONCE = 4
"""Documents that a feed links to which are asked for at the same time."""


class FeedKind(StrEnum):
    """What a feed speaks. `cap` is Atom, RSS, EDXL-DE or CAP itself, told apart by what comes."""

    CAP = "cap"
    NWS = "nws"


ACCEPTS: dict[FeedKind, str] = {
    FeedKind.CAP: "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml",
    FeedKind.NWS: "application/geo+json",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a poller needs to know of its feed."""

    kind: FeedKind
    source: Source
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document is an answer to, how much of it is looked at, and whose signatures are believed."""

    kind: FeedKind
    url: str
    most: int
    trust: Trust


@dataclass(frozen=True, slots=True)
class Rejected:
    """An alert in an otherwise readable document that cannot be used, and why."""

    reason: str
    detail: str
    external_id: str | None
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a feed says that a document lies, and what it says of its age."""

    url: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed said."""

    taken: Sequence[Taken] = ()
    rejected: Sequence[Rejected] = ()
    entries: Sequence[Entry] = ()
    generated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A believable answer. `document` is None if it is word for word the last one."""

    document: Document | None
    digest: bytes | None
    etag: str | None
    last_modified: str | None
    vouched: bool = False
    """The server said itself that the copy we have is current."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A linked document to be read."""

    link_id: UUID
    url: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of it."""

    wanted: Wanted
    outcome: Document | Failed
    final: bool = False
    """Asking again would bring the same."""


async def read(
    target: Target,
    answer: Downloaded | NotModified | Failed,
    settings: FeedSettings,
    trust: Trust,
) -> Brought | Failed:
    """Make of a download what can be stored; a large one takes a while, and others share this event loop."""
    if isinstance(answer, Failed):
        return answer
    known = target.source
    if isinstance(answer, NotModified):
        return Brought(None, target.digest, known.etag, known.last_modified, vouched=True)
    digest = hashlib.sha256(answer.body).digest()
    if digest == target.digest:
        return Brought(None, digest, answer.etag, answer.last_modified)
    document = await asyncio.to_thread(
        _understand, answer.body, Asked(target.kind, known.url, settings.most_entries, trust)
    )
    if isinstance(document, Failed):
        return document
    return Brought(document, digest, answer.etag, answer.last_modified)


async def read_linked(
    wanted: Sequence[Wanted], settings: FeedSettings, trust: Trust
) -> list[Linked]:
    """Read the documents that a feed links to, a few at a time; those for which time runs out wait."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(link: Wanted) -> Linked:
        async with gate:
            source = Source(link.url, ACCEPTS[FeedKind.CAP])
            answer = await fetch(source, settings.linked_limits, settings.outbound)
        if isinstance(answer, Downloaded):
            found = await asyncio.to_thread(
                _understand, answer.body, Asked(FeedKind.CAP, link.url, MOST_IN_LINKED, trust)
            )
            return Linked(link, found, final=True)
        if isinstance(answer, NotModified):
            answer = Failed("refused", "The server answered 304 though nothing was known of it.")
        return Linked(link, answer, final=answer.reason == "too-large")

    tasks = [asyncio.create_task(one(link)) for link in wanted]
    if not tasks:
        return []
    done, late = await asyncio.wait(tasks, timeout=settings.linked_seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [task.result() for task in tasks if task in done]


def _understand(body: bytes, asked: Asked) -> Document | Failed:
    try:
        return _nws(body, asked.most) if asked.kind is FeedKind.NWS else _cap(body, asked)
    except NotBelievedError as error:
        reason, detail = error.reason, error.detail
    except CapError as error:
        reason, detail = INVALID, str(error)[:500]
    return Failed(reason, detail, excerpt=body[:KEPT_EXCERPT], size=len(body))


def _nws(body: bytes, most: int) -> Document:
    features, made = nws.features_of(body)
    taken: list[Taken] = []
    rejected: list[Rejected] = []
    for raw in features[:most]:
        try:
            alert = nws.alert_of(raw)
        except NotBelievedError as error:
            rejected.append(Rejected(error.reason, error.detail, nws.external_id(raw), raw))
            continue
        taken.append(
            measure(
                alert,
                document=raw,
                media_type=GEOJSON,
                cap_version="1.2",
                signed=Signed("none", None, "GeoJSON carries no signature."),
                tolerated=[],
            )
        )
    return Document(taken, rejected, generated_at=made)


def _cap(body: bytes, asked: Asked) -> Document:
    taken: list[Taken] = []
    rejected: list[Rejected] = []
    entries: list[Entry] = []
    for found in parse_many(body, asked.trust)[: asked.most]:
        match found:
            case Link():
                entries.append(Entry(urljoin(asked.url, found.url), found.updated or found.id))
            case Refused():
                detail = "; ".join(str(problem) for problem in found.problems)[:500]
                rejected.append(Rejected(INVALID, detail, None, found.source))
            case _:
                taken.append(from_reading(found))
    return Document(taken, rejected, entries)
