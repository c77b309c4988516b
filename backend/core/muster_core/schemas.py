"""Types that every service's input shares: strict objects, bounded clean text, sane instants."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Schema(BaseModel):
    """Base of every request and response body: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, from_attributes=True, hide_input_in_errors=True
    )


# Line breaks and tabs are text; every other control character is an attack or an accident. Direction overrides
# can make a name read as another.
_ALLOWED = {"\n", "\t", "\r"}
_DIRECTION = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _clean(value: str) -> str:
    for character in value:
        if (
            unicodedata.category(character) in {"Cc", "Cs"} and character not in _ALLOWED
        ) or character in _DIRECTION:
            message = f"contains the control character U+{ord(character):04X}"
            raise ValueError(message)
    return unicodedata.normalize("NFC", value)


def _one_line(value: str) -> str:
    if any(character in value for character in "\n\r\t"):
        message = "must be a single line"
        raise ValueError(message)
    return _clean(value)


def _sane(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2200:
        message = "must lie between the years 1900 and 2200"
        raise ValueError(message)
    return value.astimezone(UTC)


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_one_line)]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(_one_line)
]
LongText = Annotated[
    str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_clean)
]
Instant = Annotated[AwareDatetime, AfterValidator(_sane)]
