"""Who is warned of what: the words of subscriptions, as data."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Who a subscriber is."""

    PERSON = "person"
    PARTNER = "partner"
    STAFF = "staff"


class Source(StrEnum):
    """How a subscription came to be: by the public page, from a list of the operator's, or from one's own account."""

    PUBLIC = "public"
    IMPORT = "import"
    ACCOUNT = "account"


class Status(StrEnum):
    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    PAUSED = "paused"


class ChannelKind(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    WEB_PUSH = "web_push"
    WEBHOOK = "webhook"


# CAP 1.2 severities in order. What nobody could judge is told to whoever wants to hear of Moderate things.
RANK: dict[str, int] = {"Minor": 1, "Unknown": 2, "Moderate": 2, "Severe": 3, "Extreme": 4}
SEVERITIES = ("Minor", "Moderate", "Severe", "Extreme")


def rank(severity: str) -> int:
    """How grave, from 1 (Minor) to 4 (Extreme); a word that is none of CAP's counts as Unknown."""
    return RANK.get(severity, RANK["Unknown"])


def severity_of(ranked: int) -> str:
    """The word of a rank."""
    return SEVERITIES[ranked - 1]
