"""What a call carries besides its message: on whose behalf it is made, and what was wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import grpc

from muster_core import errors
from muster_core.auth import Actor
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTOR_KEY = "muster-actor-bin"
PROBLEM_KEY = "muster-problem-bin"
TRACE_KEY = "traceparent"

_STATUS: dict[int, grpc.StatusCode] = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.FAILED_PRECONDITION,
    412: grpc.StatusCode.ABORTED,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}
_ERRORS: dict[grpc.StatusCode, type[errors.DomainError]] = {
    grpc.StatusCode.UNAUTHENTICATED: errors.UnauthorizedError,
    grpc.StatusCode.PERMISSION_DENIED: errors.ForbiddenError,
    grpc.StatusCode.NOT_FOUND: errors.NotFoundError,
    grpc.StatusCode.FAILED_PRECONDITION: errors.ConflictError,
    grpc.StatusCode.ABORTED: errors.PreconditionFailedError,
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidInputError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.TooManyRequestsError,
}
# What a person can do something about keeps its code when it comes from another service.
_BY_CODE: dict[str, type[errors.DomainError]] = {
    errors.StepUpRequiredError.code: errors.StepUpRequiredError,
}
RETRY_AFTER_SECONDS = 2
_log = get_logger(__name__)


def status_of(error: errors.DomainError) -> grpc.StatusCode:
    """The status as which a domain error travels."""
    return _STATUS.get(error.status, grpc.StatusCode.UNKNOWN)


def problem_of(error: errors.DomainError) -> bytes:
    """What a status and a sentence cannot say: the code, the fields at fault, when to come again."""
    told = {"code": error.code, "errors": error.errors, "retry_after": error.retry_after}
    return json.dumps(told).encode()


def domain_error(
    code: grpc.StatusCode,
    details: str | None,
    trailing: Iterable[tuple[str, str | bytes]] = (),
) -> errors.DomainError:
    """The error that the other side raised, or UnavailableError if no service function did.

    A status without our problem beside it is gRPC's own, or says that this process may not ask: whoever asked on a
    person's behalf can only come again.
    """
    problem: dict[str, Any] | None = None
    for key, value in trailing:
        if key == PROBLEM_KEY:
            problem = json.loads(value)
    known = _ERRORS.get(code)
    if known is None or problem is None:
        if code is grpc.StatusCode.PERMISSION_DENIED:
            _log.error("gRPC call refused", reason=details)
        return unanswered((problem or {}).get("retry_after"))
    known = _BY_CODE.get(problem.get("code", ""), known)
    return known(details or "", errors=problem["errors"], retry_after=problem.get("retry_after"))


def unanswered(retry_after: int | None = None) -> errors.UnavailableError:
    """The peer is down, silent or too slow."""
    return errors.UnavailableError(
        "A service this needs does not answer now; nothing was changed. Try again.",
        retry_after=retry_after or RETRY_AFTER_SECONDS,
    )


def dump_actor(actor: Actor) -> bytes:
    """An actor as metadata."""
    return json.dumps(
        {
            "id": str(actor.id),
            "name": actor.name,
            "kind": actor.kind,
            "organization_id": str(actor.organization_id) if actor.organization_id else None,
            "permissions": sorted(actor.permissions),
            "session_id": str(actor.session_id) if actor.session_id else None,
            "authenticated_at": actor.authenticated_at,
            "second_factor_at": actor.second_factor_at,
        }
    ).encode()


def load_actor(raw: bytes) -> Actor:
    """The actor that a call's metadata names."""
    value = cast("dict[str, Any]", json.loads(raw))
    return Actor(
        id=UUID(value["id"]),
        name=value["name"],
        kind=value["kind"],
        organization_id=UUID(value["organization_id"]) if value["organization_id"] else None,
        permissions=frozenset(value["permissions"]),
        session_id=UUID(value["session_id"]) if value["session_id"] else None,
        authenticated_at=value["authenticated_at"],
        # A caller of the version before does not say it; what it does not say was not proven.
        second_factor_at=value.get("second_factor_at", 0),
    )


def method_name(method: object) -> str:
    """What a generated stub's method calls, such as `/muster.hazards.v1.Hazards/GetHazard`."""
    raw: object = getattr(method, "_method", b"")  # gRPC says it nowhere else
    return raw.decode() if isinstance(raw, bytes) else str(raw) or "unknown"
