"""Column types of PostgreSQL that SQLAlchemy does not bring: `point`, `box` and `polygon`, longitude first."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

Corner = tuple[float, float]


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
