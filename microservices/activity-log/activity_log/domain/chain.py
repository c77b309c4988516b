"""The hash chain: what an entry's hash covers, and how a walk finds the first entry that is not as it was written.

Every organization has a chain of its own, and the platform one under the nil UUID. `sequence` counts within a chain
from 1, `position` through all of them from 1, both without gaps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

PLATFORM = UUID(int=0)
GENESIS = bytes(32)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(slots=True)
class Entry:
    """One thing that happened, as it stands in the journal. `data` is JSON text, kept to the letter.

    Position, sequence and the two hashes are given when it is appended.
    """

    organization_id: UUID
    id: UUID
    time: datetime
    recorded_at: datetime
    type: str
    source: str
    subject: str
    incident_id: UUID | None
    person_id: UUID | None
    actor_id: UUID | None
    actor_name: str | None
    actor_kind: str | None
    exercise: bool
    requires: str
    summary: str
    data: str
    position: int = 0
    sequence: int = 0
    previous_hash: bytes = GENESIS
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a chain: what the next entry is linked to."""

    sequence: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Problem:
    """The first thing found wrong. What is not known is None: a missing entry has no id."""

    what: str
    organization_id: UUID | None = None
    sequence: int | None = None
    id: UUID | None = None
    position: int | None = None

    def __str__(self) -> str:
        """A sentence that names the row."""
        chain = (
            "an unknown chain"
            if self.organization_id is None
            else "the platform's chain"
            if self.organization_id == PLATFORM
            else f"organization {self.organization_id}"
        )
        named = [f"{name} {value}" for name, value in self._places() if value is not None]
        return f"{chain}, {', '.join(named)}: {self.what}"

    def _places(self) -> tuple[tuple[str, object], ...]:
        return (("sequence", self.sequence), ("id", self.id), ("position", self.position))


def canonical(entry: Entry) -> bytes:
    """What the hash covers: all fields and the hash before, as JSON with sorted keys, no spaces, UTF-8.

    Times are UTC with six decimals; `data` is a string, exactly the text in the column.
    """
    return _encode(
        {
            "actor_id": _text(entry.actor_id),
            "actor_kind": entry.actor_kind,
            "actor_name": entry.actor_name,
            "data": entry.data,
            "exercise": entry.exercise,
            "id": str(entry.id),
            "incident_id": _text(entry.incident_id),
            "organization_id": str(entry.organization_id),
            "person_id": _text(entry.person_id),
            "position": entry.position,
            "previous_hash": entry.previous_hash.hex(),
            "recorded_at": instant(entry.recorded_at),
            "requires": entry.requires,
            "sequence": entry.sequence,
            "source": entry.source,
            "subject": entry.subject,
            "summary": entry.summary,
            "time": instant(entry.time),
            "type": entry.type,
        }
    ).encode()


def instant(value: datetime) -> str:
    """A time as the journal writes it: `2019-07-06T03:19:53.040000Z`."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def entry_hash(entry: Entry) -> bytes:
    """The SHA-256 of an entry's canonical form, 32 bytes."""
    return hashlib.sha256(canonical(entry)).digest()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


@dataclass(slots=True)
class Walk:
    """A walk through the journal in order of position; it can be put down and taken up again."""

    position: int = 0
    ends: dict[UUID, Link] = field(default_factory=dict[UUID, Link])
    missing: int | None = None
    """The first position without an entry, until it is known of which chain the entry was."""

    def check(self, entries: Iterable[Entry]) -> Problem | None:
        """Go on with the next entries; answers the first problem, and stops there."""
        for entry in entries:
            problem = self._check(entry)
            if problem is not None:
                return problem
        return None

    def _check(self, entry: Entry) -> Problem | None:
        end = self.ends.get(entry.organization_id, Link())
        if entry.position != self.position + 1 and self.missing is None:
            self.missing = self.position + 1
        if entry.sequence > end.sequence + 1 and self.missing is not None:
            return self._missing(entry.organization_id, end.sequence + 1)
        what = _wrong(entry, end)
        if what is not None:
            return Problem(what, entry.organization_id, entry.sequence, entry.id, entry.position)
        self.position = entry.position
        self.ends[entry.organization_id] = Link(entry.sequence, entry.hash)
        return None

    def finish(self, heads: dict[UUID, Link]) -> Problem | None:
        """At the end of the journal: compare with the heads kept beside it."""
        for organization_id, head in sorted(heads.items()):
            end = self.ends.get(organization_id, Link())
            if end.sequence < head.sequence:
                return self._missing(organization_id, end.sequence + 1)
            if end != head:
                return Problem(
                    "the head kept beside the journal is not the end of the chain",
                    organization_id,
                    end.sequence,
                )
        for organization_id, end in sorted(self.ends.items()):
            if organization_id not in heads:
                return Problem("the chain's head is missing", organization_id, end.sequence)
        if self.missing is not None:
            return self._missing(None, None)
        return None

    def _missing(self, organization_id: UUID | None, sequence: int | None) -> Problem:
        return Problem(
            "the entry is missing: it was deleted or moved",
            organization_id,
            sequence,
            position=self.missing,
        )


def _wrong(entry: Entry, end: Link) -> str | None:
    if entry.sequence != end.sequence + 1:
        return f"the entry stands out of order: {end.sequence + 1} was expected here"
    if entry_hash(entry) != entry.hash:
        return "the entry is not as it was written: its hash does not fit"
    if entry.previous_hash != end.hash:
        return "the entry is not linked to the one before it"
    return None
