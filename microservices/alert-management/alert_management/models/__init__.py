"""The tables, by topic."""

from __future__ import annotations

from alert_management.models.alerts import Alert, AlertEntry, AlertVersion
from alert_management.models.known import Account, Incident, Organization
from alert_management.models.library import Boundary, Template
from alert_management.models.partners import HookAttempt, HookDelivery, PartnerHook
from alert_management.models.received import (
    AlertFeed,
    AlertFeedLink,
    AlertFeedQuarantine,
    AlertThread,
    ReceivedAlert,
    ReceivedBox,
    ReceivedReference,
    ThreadChange,
    ThreadsApart,
)

__all__ = [
    "Account",
    "Alert",
    "AlertEntry",
    "AlertFeed",
    "AlertFeedLink",
    "AlertFeedQuarantine",
    "AlertThread",
    "AlertVersion",
    "Boundary",
    "HookAttempt",
    "HookDelivery",
    "Incident",
    "Organization",
    "PartnerHook",
    "ReceivedAlert",
    "ReceivedBox",
    "ReceivedReference",
    "Template",
    "ThreadChange",
    "ThreadsApart",
]
