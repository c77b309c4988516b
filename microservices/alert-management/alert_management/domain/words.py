"""CAP 1.2's words, verbatim, and the two worlds an alert can belong to."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class CapStatus(StrEnum):
    """What CAP calls `status`; a real alert is never anything but Actual."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


class Category(StrEnum):
    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """From the gravest down; Unknown last."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


def status_of(*, exercise: bool, test: bool) -> CapStatus:
    """An exercise is Exercise whatever else is said; a test of the real system is Test."""
    if exercise:
        return CapStatus.EXERCISE
    return CapStatus.TEST if test else CapStatus.ACTUAL


def worst(severities: Iterable[str]) -> str:
    """The highest of some severities; Unknown if there are none."""
    order = [str(one) for one in Severity]
    return min(severities, key=order.index, default=str(Severity.UNKNOWN))
