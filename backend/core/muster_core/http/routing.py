"""Routers as every service makes them: strict JSON, and answers kept for idempotency keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute

from muster_core.errors import MalformedError, UnsupportedMediaTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi.responses import Response

    from muster_core.http.idempotency import Claim

CLAIM = "muster.idempotency"
_DEEPEST = 40


class StrictRequest(Request):
    """A request whose JSON has no duplicate keys, no NaN, and no bottomless nesting."""

    async def json(self) -> Any:
        """The body.

        Raises:
            MalformedError: it is not strict JSON.
        """
        if not hasattr(self, "_json"):
            self._json = strict_json(await self.body())
        return self._json


def strict_json(body: bytes) -> Any:
    """Parse JSON from outside.

    Raises:
        MalformedError: says what is wrong, and where if known.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise MalformedError(f"The body is not UTF-8: byte {error.start} is wrong.") from error
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"The body is not JSON: {error.msg} at character {error.pos}."
        ) from error
    except RecursionError as error:
        raise MalformedError("The body is nested too deeply.") from error
    except ValueError as error:
        raise MalformedError("The body holds a number that is too long.") from error
    _check_depth(value, 0)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise MalformedError(f"The key '{twice[:100]}' stands twice in one object.")
    return found


def _no_constant(name: str) -> None:
    raise MalformedError(f"{name} is not JSON; send a number or leave the field out.")


def _check_depth(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise MalformedError(f"The body is nested more than {_DEEPEST} levels deep.")
    if isinstance(value, dict):
        for item in value.values():  # pyright: ignore[reportUnknownVariableType]
            _check_depth(item, depth + 1)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            _check_depth(item, depth + 1)


class MusterRoute(APIRoute):
    """Reads strict JSON, refuses other media types with 415, and stores answers under idempotency keys."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler; this still runs inside the transaction."""
        inner = super().get_route_handler()
        wants_body = self.body_field is not None
        wants_form = wants_body and any(
            "form" in type(p.field_info).__name__.lower() for p in self.dependant.body_params
        )

        async def handle(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if wants_body and not wants_form:
                await _check_media_type(strict)
            response = await inner(strict)
            claim: Claim | None = request.scope.get(CLAIM)
            if claim is not None:
                await claim.store(response)
            return response

        return handle


async def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == "application/json" or media_type.endswith("+json"):
        return
    if media_type or await request.body():
        raise UnsupportedMediaTypeError(
            f"Send application/json, not {media_type[:100] or 'a body without a type'}."
        )


def service_router(prefix: str, tag: str) -> APIRouter:
    """A router for a service: `prefix` under /api/v1, such as "/incidents"."""
    return APIRouter(prefix=f"/api/v1{prefix}", tags=[tag], route_class=MusterRoute)
