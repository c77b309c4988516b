"""Operational periods follow each other: numbered from 1, in order of time, never overlapping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A numbered operational period."""

    number: int
    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        """As it is read out."""
        return (
            f"Operational period {self.number} ({self.starts_at:%Y-%m-%d %H:%M} to"
            f" {self.ends_at:%Y-%m-%d %H:%M} UTC)"
        )


def next_number(periods: Iterable[Span]) -> int:
    """The number of the period to open after these."""
    return max((period.number for period in periods), default=0) + 1


def in_the_way(wanted: Span, periods: Iterable[Span]) -> Span | None:
    """The period that the wanted one would meet or overtake.

    One may begin at the moment the one before it ends.
    """
    for period in periods:
        if period.number < wanted.number and wanted.starts_at < period.ends_at:
            return period
        if period.number > wanted.number and period.starts_at < wanted.ends_at:
            return period
    return None
