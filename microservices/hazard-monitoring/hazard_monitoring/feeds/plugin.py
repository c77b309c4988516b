"""What a feed plug-in promises: it reads one document into reports, trusting nothing in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hazard_monitoring.domain.hazards import Report


class DocumentRejected(Exception):  # noqa: N818 - an outcome to quarantine, not a fault of ours
    """The whole document is unusable: `reason` is a stable word, `detail` tells operators."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Rejected:
    """One event in an otherwise readable document that cannot be trusted, and why."""

    reason: str
    detail: str
    external_id: str | None
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed said: `generated_at` is the feed's own clock, None where it does not tell."""

    generated_at: datetime | None
    reports: Sequence[Report]
    rejected: Sequence[Rejected]


class FeedPlugin(Protocol):
    """One kind of feed. Stateless: the poller keeps validators, times and failures."""

    @property
    def kind(self) -> str:
        """The name under which feeds choose this plug-in."""
        ...

    @property
    def accept(self) -> str:
        """The media types to ask for (HTTP Accept)."""
        ...

    def parse(self, body: bytes, *, received_at: datetime) -> Document:
        """Read a document; a bad event is rejected alone, so that it does not lose the others.

        Raises DocumentRejected when nothing in it can be trusted. Never raises anything else,
        whatever the bytes are.
        """
        ...
