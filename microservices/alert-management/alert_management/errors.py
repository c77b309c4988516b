"""What can be refused here and nowhere else; docs/problems/ has a page for each code."""

from __future__ import annotations

from muster_core.errors import ConflictError, DomainError, ForbiddenError


class WrongStatusError(ConflictError):
    """The step is not in the table of the alert's life."""

    code = "wrong-status"
    title = "The status does not allow this step"


class NotReadyError(DomainError):
    """The alert lacks something, or holds what cannot be sent; `errors` says where."""

    code = "alert-not-ready"
    status = 422
    title = "The alert is not ready"


class SecondPersonError(ForbiddenError):
    """Whoever had a hand in an alert does not approve it."""

    code = "second-person-needed"
    title = "A second person must approve"


class ThreadMovedOnError(ConflictError):
    """Another message of the thread went out since this one was begun."""

    code = "thread-moved-on"
    title = "The thread has moved on"


class HookRefusedError(DomainError):
    """A web hook's address is not one that we send to."""

    code = "hook-refused"
    status = 422
    title = "The web hook's address is refused"
