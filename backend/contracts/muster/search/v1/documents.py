"""What a service declares as searchable: documents, from its events and in its stream by one and the same function.

A service becomes searchable by a `documents.py` in its contract folder that makes a `Source`, a line in
`sources.py`, and a `StreamDocuments` method that streams `to_message` of what the same functions make of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from muster.search.v1 import search_pb2 as messages

if TYPE_CHECKING:
    import grpc

    from muster_core.events import Event

EVERYBODY = UUID(int=0)
"""The organization of what concerns every organization, as in the journal."""
FOREVER = 2**62
"""The version of a removal that nothing follows."""


@dataclass(frozen=True, slots=True)
class Document:
    """A record as search knows it. Degrees WGS 84; `bbox` is west, south, east, north.

    `listed_by` is the permission of the kind's list, `requires` the record's own: who finds it holds both.
    `url` is where the front end shows it, empty for what has no page.
    """

    kind: str
    id: UUID
    title: str
    listed_by: str
    occurred_at: datetime
    version: int
    subject: str
    url: str = ""
    organization_id: UUID = EVERYBODY
    incident_id: UUID | None = None
    exercise: bool = False
    requires: str = ""
    text: str = ""
    status: str | None = None
    type: str | None = None
    location: tuple[float, float] | None = None
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """A record that is found no more, as of a version of it."""

    kind: str
    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """Another organization sees what belongs to an incident; `until` None: no more. The newest `changed_at` counts."""

    incident_id: UUID
    organization_id: UUID
    until: datetime | None
    changed_at: datetime


Fact = Document | Removal | Sharing


@dataclass(frozen=True, slots=True)
class Source:
    """A service whose records are found.

    `translate` answers what an event changes, by the types in `events`; empty `events` hears every event.
    """

    service: str
    kinds: tuple[str, ...]
    stub: Callable[[grpc.aio.Channel], Any]
    translate: Callable[[Event], Sequence[Fact]]
    events: frozenset[str] = frozenset()

    def hears(self, event: Event) -> bool:
        """Whether the event may change a document of this source."""
        return not self.events or event.type in self.events


def to_message(document: Document) -> messages.Document:
    """A document for the stream."""
    longitude, latitude = document.location or (None, None)
    return messages.Document(
        kind=document.kind,
        id=str(document.id),
        organization_id=""
        if document.organization_id == EVERYBODY
        else str(document.organization_id),
        incident_id=str(document.incident_id) if document.incident_id else None,
        exercise=document.exercise,
        listed_by=document.listed_by,
        requires=document.requires or document.listed_by,
        title=document.title,
        text=document.text,
        status=document.status,
        type=document.type,
        occurred_at=timestamp(document.occurred_at),
        longitude=longitude,
        latitude=latitude,
        bbox=document.bbox or (),
        url=document.url,
        subject=document.subject,
        version=document.version,
    )


def from_message(message: messages.Document) -> Document:
    """A document of a stream.

    Raises:
        ValueError: an id is not a UUID.
    """
    return Document(
        kind=message.kind,
        id=UUID(message.id),
        title=message.title,
        listed_by=message.listed_by,
        occurred_at=message.occurred_at.ToDatetime(UTC),
        version=message.version,
        url=message.url,
        subject=message.subject,
        organization_id=UUID(message.organization_id) if message.organization_id else EVERYBODY,
        incident_id=UUID(message.incident_id) if message.HasField("incident_id") else None,
        exercise=message.exercise,
        requires=message.requires,
        text=message.text,
        status=message.status if message.HasField("status") else None,
        type=message.type if message.HasField("type") else None,
        location=(message.longitude, message.latitude) if message.HasField("longitude") else None,
        bbox=(message.bbox[0], message.bbox[1], message.bbox[2], message.bbox[3])
        if len(message.bbox) == 4
        else None,
    )


def share_to_message(share: Sharing) -> messages.Share:
    """A share that holds, for the stream."""
    assert share.until is not None
    return messages.Share(
        incident_id=str(share.incident_id),
        organization_id=str(share.organization_id),
        until=timestamp(share.until),
        changed_at=timestamp(share.changed_at),
    )


def share_from_message(message: messages.Share) -> Sharing:
    """A share of a stream."""
    return Sharing(
        incident_id=UUID(message.incident_id),
        organization_id=UUID(message.organization_id),
        until=message.until.ToDatetime(UTC),
        changed_at=message.changed_at.ToDatetime(UTC),
    )


def batch_of(
    documents: Iterable[Document], shares: Iterable[Sharing] = ()
) -> messages.DocumentBatch:
    """Some documents, and the shares that go with them, as one message of a stream."""
    return messages.DocumentBatch(
        documents=[to_message(one) for one in documents],
        shares=[share_to_message(one) for one in shares],
    )


def batch_size(request: messages.StreamDocumentsRequest) -> int:
    """How many documents make one message."""
    return min(request.batch or 500, 1000)


def timestamp(moment: datetime) -> Timestamp:
    """An instant for a message, to the microsecond."""
    stamp = Timestamp()
    stamp.FromDatetime(moment.astimezone(UTC))
    return stamp
