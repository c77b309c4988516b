"""What CAP itself has against a message of ours: nothing that breaks a rule of the standard is ever written."""

from __future__ import annotations

from alert_management.cap import Level, check
from alert_management.cap.model import Alert
from alert_management.schemas.answers import AlertFinding
from alert_management.service.areas import finding


def cap_faults(message: Alert) -> list[AlertFinding]:
    """Each as an error; the place is a path into the CAP message. References are written at publication."""
    return [
        finding("error", f"cap-{one.code}", "", str(one))
        for one in check(message)
        if one.level is not Level.ADVICE and one.code != "references"
    ]
