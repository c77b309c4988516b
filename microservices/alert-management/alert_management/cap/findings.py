"""What can be said about a message: why it is refused, what was tolerated, what a rule found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message is refused. `line` counts from 1, 0 where none is to blame; `where` is like `info[2]/area[1]`."""

    line: int
    where: str
    text: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.where}: {self.text}" if self.where else f"{place}{self.text}"


class CapError(ValueError):
    """A message is refused; `problems` says where and why, in the order of the message."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


class Leniency(StrEnum):
    """What an import forgives; docs/standards/cap.md says how each is read."""

    OLDER_VERSION = "older-version"
    ENVELOPE = "envelope"
    ENCODING = "encoding"
    ORDER = "order"
    EMPTY = "empty"
    WHITESPACE = "whitespace"
    LETTER_CASE = "letter-case"
    PARENTHESES = "parentheses"
    SEPARATORS = "separators"
    LONGITUDE = "longitude"
    OFFSET = "offset"
    TIME_FORM = "time-form"
    FRACTION = "fraction"
    REFERENCE = "reference"
    CAP10_VALUE = "cap10-value"
    CAP10_WORD = "cap10-word"
    DEFAULT = "default"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Tolerated:
    """What was read although CAP 1.2 does not allow it, and how it was read."""

    code: Leniency
    where: str
    text: str


class Level(StrEnum):
    """How much a finding weighs.

    `error`: cannot be written as valid CAP; `rule`: breaks a MUST of the standard's prose, of the profile or of this
    house; `advice`: breaks a SHOULD.
    """

    ERROR = "error"
    RULE = "rule"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about an alert; `code` is stable, `where` a path such as `info[2]/area[1]`."""

    code: str
    level: Level
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}" if self.where else self.text
