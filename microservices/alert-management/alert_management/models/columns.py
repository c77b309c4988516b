"""Kinds of columns that several tables have."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import DateTime
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB

Instant = DateTime(timezone=True)
Json = JSONB(none_as_null=True)


def _values(words: type[StrEnum]) -> list[str]:
    return [str(one.value) for one in words]


def word(kind: type[StrEnum], name: str) -> EnumType:
    """A column that holds one of the domain's words as text, held to them by a check."""
    return EnumType(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=name,
        values_callable=_values,
    )
