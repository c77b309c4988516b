"""What can be refused here and nowhere else; docs/problems/ has a page for each code."""

from __future__ import annotations

from muster_core.errors import ConflictError


class WrongStatusError(ConflictError):
    """The step is not in the table of the record's life."""

    code = "wrong-status"
    title = "The status does not allow this step"


class IncidentClosedError(ConflictError):
    """A closed incident takes no more work."""

    code = "incident-closed"
    title = "The incident is closed"


class PositionHeldError(ConflictError):
    """Someone else holds the position."""

    code = "position-held"
    title = "The position is held"


class PeriodOverlapError(ConflictError):
    """Operational periods follow each other."""

    code = "period-overlap"
    title = "The operational periods would overlap"


class LinkRefusedError(ConflictError):
    """The link would make no sense: a circle, said already, or between live and exercise."""

    code = "link-refused"
    title = "The incidents cannot be linked so"


class HazardWithdrawnError(ConflictError):
    """The feed says that the hazard was none."""

    code = "hazard-withdrawn"
    title = "The hazard was withdrawn"
