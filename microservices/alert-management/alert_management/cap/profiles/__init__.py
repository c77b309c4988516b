"""What a country asks for beyond CAP 1.2, as tables."""

from __future__ import annotations

from typing import Literal

from alert_management.cap.findings import Finding
from alert_management.cap.model import Alert
from alert_management.cap.profiles.cap_au import CAP_AU
from alert_management.cap.profiles.cap_cp import CAP_CP
from alert_management.cap.profiles.ipaws import IPAWS
from alert_management.cap.profiles.table import Profile, Row

ProfileName = Literal["ipaws", "cap-cp", "cap-au"]

PROFILES: dict[str, Profile] = {profile.name: profile for profile in (IPAWS, CAP_CP, CAP_AU)}

__all__ = ["PROFILES", "Profile", "ProfileName", "Row", "check", "claimed"]


def check(alert: Alert, profile: ProfileName) -> list[Finding]:
    """Where an alert breaks a profile."""
    return PROFILES[profile].check(alert)


def claimed(alert: Alert) -> list[Profile]:
    """The profiles that an alert says it follows."""
    return [profile for profile in PROFILES.values() if profile.claimed_by(alert)]
