"""What can go wrong in identity beside the core's errors; each code has a page in docs/problems/."""

from __future__ import annotations

from muster_core.errors import (
    ConflictError,
    ForbiddenError,
    TooManyRequestsError,
    UnauthorizedError,
)


class InvalidCredentialsError(UnauthorizedError):
    """Name and password do not belong together; which of the two is wrong is nobody's business."""

    code = "invalid-credentials"
    title = "Sign-in name or password is wrong"


class SecondFactorRequiredError(UnauthorizedError):
    """The password is right; the one-time code is missing, wrong or used."""

    code = "second-factor-required"
    title = "A one-time code is needed"


class SecondFactorMissingError(ConflictError):
    """The account has no second factor that could be proven."""

    code = "second-factor-missing"
    title = "This account has no second factor"


class TooManyAttemptsError(TooManyRequestsError):
    """Too many wrong attempts for the account or from the address; `retry_after` says when to go on."""

    code = "too-many-attempts"
    title = "Too many failed attempts"


class ForeignOriginError(ForbiddenError):
    """Another site's page sent the request."""

    code = "foreign-origin"
    title = "The request comes from another site"


class LastAdministratorError(ConflictError):
    """Nobody would be left to manage accounts and roles."""

    code = "last-administrator"
    title = "The organization would have no administrator"


class BeyondOwnPermissionsError(ForbiddenError):
    """Nobody gives, or manages who has, permissions that they do not hold themselves."""

    code = "beyond-own-permissions"
    title = "That is beyond your own permissions"
