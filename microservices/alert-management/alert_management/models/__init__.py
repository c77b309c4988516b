"""The tables, by topic."""

from __future__ import annotations

from alert_management.models.alerts import Alert, AlertEntry, AlertVersion
from alert_management.models.known import Account, Incident, Organization
from alert_management.models.library import Boundary, Template
from alert_management.models.partners import HookAttempt, HookDelivery, PartnerHook

__all__ = [
    "Account",
    "Alert",
    "AlertEntry",
    "AlertVersion",
    "Boundary",
    "HookAttempt",
    "HookDelivery",
    "Incident",
    "Organization",
    "PartnerHook",
    "Template",
]
