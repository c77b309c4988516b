"""RFC 9457 problem+json for every error, each with a stable code, a page and the trace id."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import sqlalchemy.exc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from muster_core import errors
from muster_core.context import trace_id
from muster_core.logs import get_logger
from muster_core.outages import is_outage, sqlstate, unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"
PROBLEM_CONTENT: dict[str, Any] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
"""The `content` of an answer in an OpenAPI document that is a problem."""
_MOST_ERRORS = 20
_log = get_logger(__name__)


def problem_response(error: errors.DomainError) -> Response:
    """The answer for a domain error."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "trace_id": trace_id(),
    }
    if error.errors:
        body["errors"] = error.errors[:_MOST_ERRORS]
    headers = dict(error.headers)
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return Response(
        json.dumps(body), status_code=error.status, headers=headers, media_type=MEDIA_TYPE
    )


def pointer(parts: Sequence[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _sent_path(parts: Sequence[object], body: Any, *, missing: bool) -> list[object]:
    """A finding's place in the body as it was sent: Pydantic also names the branch of a union it took."""
    path: list[object] = []
    here = body
    for number, part in enumerate(parts):
        found: Any = None
        if isinstance(here, dict) and part in here:
            found = cast("dict[object, Any]", here)[part]
        elif isinstance(here, list) and isinstance(part, int) and 0 <= part < len(here):  # pyright: ignore[reportUnknownArgumentType]
            found = cast("list[Any]", here)[part]
        elif not (missing and number == len(parts) - 1):
            continue
        path.append(part)
        here = found
    return path


def from_validation(found: Sequence[Mapping[str, Any]], body: Any = None) -> errors.DomainError:
    """FastAPI's and Pydantic's findings as one problem; `body` is what was sent."""
    listed: list[errors.FieldProblem] = []
    for one in found:
        place, *path = one["loc"] or ("body",)
        if one["type"] == "json_invalid":
            return errors.MalformedError(
                f"The body is not JSON: {one['ctx']['error']} at character {path[0]}."
            )
        location = cast(
            "errors.Place", place if place in {"query", "path", "header", "cookie"} else "body"
        )
        if location == "body" and isinstance(body, (dict, list)):
            path = _sent_path(path, cast("Any", body), missing=one["type"] == "missing")
        detail = str(one["ctx"]["error"]) if one["type"] == "value_error" else str(one["msg"])
        listed.append({"location": location, "pointer": pointer(path), "detail": detail})
    first = listed[0]
    what = f"{first['pointer'].lstrip('/') or first['location']}: {first['detail']}"
    more = f" (and {len(listed) - 1} more)" if len(listed) > 1 else ""
    return errors.InvalidInputError(what + more, errors=listed)


def from_http(found: HTTPException) -> errors.DomainError:
    """What the framework itself refuses, such as an unknown address."""
    if isinstance(found.__cause__, errors.DomainError):
        # FastAPI hides what reading a body raised behind its own 400; ours says what is wrong.
        return found.__cause__
    status = HTTPStatus(found.status_code)
    problem = errors.DomainError(str(found.detail), headers=dict(found.headers or {}))
    problem.code = status.phrase.lower().replace(" ", "-")  # pyright: ignore[reportAttributeAccessIssue] - of this one error
    problem.status, problem.title = status.value, status.phrase  # pyright: ignore[reportAttributeAccessIssue]
    return problem


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every error an endpoint can raise into problem+json."""

    async def domain(_request: Request, error: Exception) -> Response:
        return problem_response(cast("errors.DomainError", error))

    async def validation(_request: Request, error: Exception) -> Response:
        found = cast("RequestValidationError", error)
        return problem_response(from_validation(found.errors(), found.body))

    async def http(_request: Request, error: Exception) -> Response:
        return problem_response(from_http(cast("HTTPException", error)))

    async def database(_request: Request, error: Exception) -> Response:
        state = sqlstate(error)
        # Statements that ran too long (57014) are an outage to whoever asked, though not to a consumer.
        if is_outage(error) or state.startswith(("57", "08")):
            _log.warning("database unavailable", error=type(error).__name__, sqlstate=state)
            return problem_response(unavailable(error))
        if state in {"40001", "40P01", "55P03"}:
            return problem_response(
                errors.UnavailableError("Others are changing this; try again.", retry_after=1)
            )
        return unexpected(error)

    def unexpected(error: Exception) -> Response:
        _log.error("request failed", exc_info=error)
        problem = errors.DomainError(
            "This is our fault, and nothing was changed. Give the trace id to whoever runs this system."
        )
        problem.code, problem.status, problem.title = "internal", 500, "Something failed"  # pyright: ignore[reportAttributeAccessIssue]
        return problem_response(problem)

    async def last(_request: Request, error: Exception) -> Response:
        return unexpected(error)

    app.add_exception_handler(errors.DomainError, domain)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    for kind in (
        sqlalchemy.exc.SQLAlchemyError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        OSError,
        TimeoutError,
    ):
        app.add_exception_handler(kind, database)
    app.add_exception_handler(Exception, last)
