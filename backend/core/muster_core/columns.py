"""Kinds of columns that services share.

PostgreSQL's `point`, `box` and `polygon`, which SQLAlchemy does not bring, have longitude first.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

from sqlalchemy import DateTime
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

Corner = tuple[float, float]
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


class Point(UserDefinedType[Corner]):
    """A position: (longitude, latitude)."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "point"


class Box(UserDefinedType[tuple[Corner, Corner]]):
    """A bounding box: its north-east and south-west corners."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "box"


class Polygon(UserDefinedType[tuple[Corner, ...]]):
    """A ring without holes, not closed by its first corner."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "polygon"


# So that comparing models with a database knows them.
ischema_names.setdefault("point", cast("Any", Point))
ischema_names.setdefault("box", cast("Any", Box))
ischema_names.setdefault("polygon", cast("Any", Polygon))
