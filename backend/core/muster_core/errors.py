"""Errors that users can act on: each has a stable code, an HTTP status, a gRPC status and a page in docs/problems/.

Raise them anywhere in a service; the edge turns them into RFC 9457 problem+json or a gRPC status.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, TypedDict

Place = Literal["body", "query", "path", "header", "cookie"]


class FieldProblem(TypedDict):
    """One thing wrong with the input: where (`in` and JSON pointer, RFC 6901) and what."""

    location: Place
    pointer: str
    detail: str


class SettingError(RuntimeError):
    """A setting of this process is missing or cannot be used; says which by the name of its variable."""

    def __init__(self, name: str, what: str) -> None:
        """`name` of the field, and `what` is wrong: "is not set, …"."""
        super().__init__(f"The setting MUSTER_{name.upper()} {what}.")


class DomainError(Exception):
    """Something the caller did cannot be done; `detail` says what happened, to which thing, what to try."""

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The request does not fit the present state"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldProblem] = (),
        retry_after: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """`retry_after` in seconds; `errors` locates the input at fault."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors)
        self.retry_after = retry_after
        self.headers = headers or {}


class ConflictError(DomainError):
    """The record is in a state that does not allow this."""


class NotFoundError(DomainError):
    """There is no such record, or none that this account may see: the two are the same on purpose."""

    code = "not-found"
    status = 404
    title = "Not found"


class UnauthorizedError(DomainError):
    """Nobody is signed in, or the token is wrong, expired or revoked."""

    code = "unauthorized"
    status = 401
    title = "Sign in to do this"


class ForbiddenError(DomainError):
    """The account is known but lacks a permission."""

    code = "forbidden"
    status = 403
    title = "A permission is missing"


class StepUpRequiredError(ForbiddenError):
    """The permission is held, but whoever asks must prove their second factor anew, just before."""

    code = "step-up-required"
    title = "Confirm that it is you"


class InvalidInputError(DomainError):
    """The input is understood but breaks a rule; `errors` says which field."""

    code = "invalid-input"
    status = 422
    title = "The input is not valid"

    @classmethod
    def at(cls, pointer: str, detail: str, *, location: Place = "body") -> InvalidInputError:
        """Make the error for a single field, e.g. `InvalidInputError.at("/ends_at", "is before starts_at")`."""
        return cls(detail, errors=[{"location": location, "pointer": pointer, "detail": detail}])


class MalformedError(DomainError):
    """The body cannot be read at all: not JSON, cut short, duplicate keys."""

    code = "malformed"
    status = 400
    title = "The request cannot be read"


class TooLargeError(DomainError):
    """The body is larger than this server accepts."""

    code = "too-large"
    status = 413
    title = "The request is too large"


class UnsupportedMediaTypeError(DomainError):
    """The body's content type is not one that this endpoint reads."""

    code = "unsupported-media-type"
    status = 415
    title = "The content type is not supported"


class PreconditionFailedError(DomainError):
    """Someone else changed the record since it was read (If-Match)."""

    code = "changed-meanwhile"
    status = 412
    title = "The record was changed meanwhile"


class PreconditionRequiredError(DomainError):
    """The edit must say which version it is based on (If-Match)."""

    code = "version-required"
    status = 428
    title = "Say which version you are changing"


class TooManyRequestsError(DomainError):
    """Slow down; `retry_after` says for how long, in seconds."""

    code = "too-many-requests"
    status = 429
    title = "Too many requests"


class UnavailableError(DomainError):
    """A part this request needs does not answer now; nothing was changed."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"
