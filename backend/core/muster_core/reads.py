"""Lists read as JSON that PostgreSQL builds, keyset-paginated, sent on as bytes."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, cast

import asyncpg
from fastapi import Query
from fastapi.responses import Response

from muster_core.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.database import Reader

MAXIMUM_PAGE = 500
PageLimit = Annotated[int, Query(ge=1, le=MAXIMUM_PAGE, description="How many items at most.")]
PageCursor = Annotated[
    str | None,
    Query(max_length=500, description="The `next` of the page before, to continue after it."),
]


def json_response(
    body: bytes | None, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Send bytes that are JSON already."""
    return Response(body, status_code=status, headers=headers, media_type="application/json")


class JsonPage:
    """A list query: `select` is an SQL expression that makes one item's JSON.

    `order` names the keyset: (SQL expression, its PostgreSQL type, "asc" or "desc"), the last one unique. All keys
    must share one direction and be NOT NULL, so that the page is one index range scan.
    """

    def __init__(self, *, select: str, from_: str, order: Sequence[tuple[str, str, str]]) -> None:
        """Nothing is read before `fetch`."""
        self._select, self._from, self._order = select, from_, list(order)
        self._where: list[str] = []
        self._arguments: list[object] = []

    def argument(self, value: object) -> str:
        """Add a value and answer its placeholder, such as `$3`."""
        self._arguments.append(value)
        return f"${len(self._arguments)}"

    def where(self, condition: str, *values: object) -> JsonPage:
        """Add a condition; each `{}` in it stands for one of the values."""
        self._where.append(condition.format(*[self.argument(value) for value in values]))
        return self

    async def fetch(self, reads: Reader, *, limit: int = 50, cursor: str | None = None) -> bytes:
        """The page as `{"items": […], "next": cursor or null}`.

        Raises:
            InvalidInputError: the cursor is not one of ours.
        """
        sql = self._sql(limit, cursor)
        try:
            rows = await reads.fetch(sql, *self._arguments)
        except asyncpg.DataError as error:
            if cursor is None:
                raise
            raise _bad_cursor() from error
        more = len(rows) > limit
        rows = rows[:limit]
        last = json.dumps(encode_cursor(rows[-1][1])) if more else "null"
        return f'{{"items":[{",".join([row[0] for row in rows])}],"next":{last}}}'.encode()

    def _sql(self, limit: int, cursor: str | None) -> str:
        if cursor is not None:
            keys = decode_cursor(cursor, len(self._order))
            left = ", ".join(key for key, _, _ in self._order)
            right = ", ".join(
                f"{self.argument(value)}::text::{kind}"
                for value, (_, kind, _) in zip(keys, self._order, strict=True)
            )
            comparison = "<" if self._order[0][2] == "desc" else ">"
            self._where.append(f"({left}) {comparison} ({right})")
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        order = ", ".join(f"{key} {direction}" for key, _, direction in self._order)
        keys_sql = ", ".join(f"({key})::text" for key, _, _ in self._order)
        return (
            f"SELECT ({self._select})::text, ARRAY[{keys_sql}] FROM {self._from}{where}"  # noqa: S608 - values are arguments
            f" ORDER BY {order} LIMIT {int(limit) + 1}"
        )


def encode_cursor(keys: Sequence[str]) -> str:
    """Keys as an opaque word for a URL."""
    return base64.urlsafe_b64encode(json.dumps(list(keys)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, count: int) -> list[str]:
    """The keys of a cursor.

    Raises:
        InvalidInputError: it is not one of ours.
    """
    try:
        keys: Any = json.loads(
            base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        )
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error
    texts = (
        [key for key in cast("list[object]", keys) if isinstance(key, str)]
        if isinstance(keys, list)
        else []
    )
    if len(texts) != count or len(texts) != len(cast("list[object]", keys)):
        raise _bad_cursor()
    return texts


def _bad_cursor() -> InvalidInputError:
    return InvalidInputError.at(
        "/cursor",
        "This is not the `next` of a page of this list; start again without it.",
        location="query",
    )
