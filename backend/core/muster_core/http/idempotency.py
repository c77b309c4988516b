"""Idempotency keys: a POST repeated with the same `Idempotency-Key` has its effect once and gets the same answer."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from fastapi.responses import Response
from sqlalchemy import text

from muster_core.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from uuid import UUID

    from fastapi import Request
    from sqlalchemy.ext.asyncio import AsyncSession

HEADER = "idempotency-key"
_MAXIMUM_LENGTH = 200
_REPLAYED_HEADERS = ("location", "etag", "content-type")


class KeyReusedError(ConflictError):
    """The key was used for another request."""

    code = "idempotency-key-reused"
    status = 422
    title = "The idempotency key belongs to another request"


class ReplayedAnswer(Exception):  # noqa: N818 - not an error: it carries the answer past the endpoint
    """The request was answered before; carries that answer."""

    def __init__(self, response: Response) -> None:
        """`response` is sent as it was stored."""
        super().__init__()
        self.response = response


class Claim:
    """A key claimed in the session's transaction; a second request with it waits until this one has ended."""

    def __init__(self, session: AsyncSession, account_id: UUID, key: str) -> None:
        """Made by `claim`."""
        self._session, self._account_id, self._key = session, account_id, key

    async def store(self, response: Response) -> None:
        """Keep the answer, in the same transaction as the effect."""
        headers = {
            name: response.headers[name] for name in _REPLAYED_HEADERS if name in response.headers
        }
        await self._session.execute(
            text(
                f"UPDATE {self._session.info['schema']}.idempotency_key"  # noqa: S608 - our own schema
                " SET status = :status, headers = CAST(:headers AS jsonb), body = :body"
                " WHERE account_id = :account AND key = :key"
            ),
            {
                "status": response.status_code,
                "headers": json.dumps(headers),
                "body": bytes(response.body),
                "account": self._account_id,
                "key": self._key,
            },
        )


async def claim(request: Request, session: AsyncSession, account_id: UUID) -> Claim | None:
    """Claim the request's key, if it has one.

    Raises:
        ReplayedAnswer: the same request was answered before.
        KeyReusedError: the key was used for another request.
        InvalidInputError: the key is not 1 to 200 visible ASCII characters.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not (0 < len(key) <= _MAXIMUM_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidInputError.at(
            "/Idempotency-Key", "must be 1 to 200 visible ASCII characters", location="header"
        )
    digest = hashlib.sha256(
        b"\n".join([request.method.encode(), str(request.url.path).encode(), await request.body()])
    ).digest()
    schema = session.info["schema"]
    claimed = await session.scalar(
        text(
            f"INSERT INTO {schema}.idempotency_key (account_id, key, request_digest)"  # noqa: S608 - our own schema
            " VALUES (:account, :key, :digest) ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {"account": account_id, "key": key, "digest": digest},
    )
    if claimed:
        return Claim(session, account_id, key)
    row = (
        await session.execute(
            text(
                f"SELECT request_digest, status, headers, body FROM {schema}.idempotency_key"  # noqa: S608
                " WHERE account_id = :account AND key = :key"
            ),
            {"account": account_id, "key": key},
        )
    ).one()
    if bytes(row.request_digest) != digest:
        raise KeyReusedError(
            "This Idempotency-Key was used for a different request; use a new one."
        )
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    raise ReplayedAnswer(Response(bytes(row.body), status_code=row.status, headers=headers))
