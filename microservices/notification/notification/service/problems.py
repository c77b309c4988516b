"""What can go wrong with subscribers, beside what the core knows."""

from __future__ import annotations

from muster_core.errors import ConflictError, DomainError, ForbiddenError, InvalidInputError


class CodeRefusedError(ConflictError):
    """The code is wrong, too old, or was tried too often: the three are the same on purpose."""

    code = "code-refused"
    title = "The code does not confirm this address"


class ListRefusedError(InvalidInputError):
    """Rows of a list are at fault; nothing of it was stored. `errors` names row and column."""

    code = "list-refused"
    title = "The list was not taken in"


class TooManyAskingsError(DomainError):
    """From this network too many codes were asked for."""

    code = "too-many-attempts"
    status = 429
    title = "Too many attempts"


class BroadcastOverError(ConflictError):
    """Nothing of this broadcast is sent any more: it is finished, has expired, or a later message overtook it."""

    code = "broadcast-over"
    title = "The broadcast is over"


class ForgedCallbackError(ForbiddenError):
    """The provider did not sign this. What exactly was wrong stands in the log, not in the answer."""

    code = "callback-forged"
    title = "This callback is not signed by its provider"
