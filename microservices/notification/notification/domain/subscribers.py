"""Who is warned of what: the words of subscriptions, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones


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


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names of the time zones; found once, as that reads some hundred files."""
    return frozenset(available_timezones())


CODE_LIVES = timedelta(minutes=15)
CODE_TRIES = 5
UNCONFIRMED_KEPT = timedelta(hours=24)
# Codes that one address is sent, and askings that one network makes, within the window. The first keeps anyone from
# ringing somebody else's phone all night; the second is wide enough for a shelter behind one address.
ASKING_WINDOW = timedelta(hours=1)
CODES_PER_ADDRESS = 5
ASKINGS_PER_NETWORK = 60

# What messages can be asked for in, by their names in themselves.
LANGUAGES: dict[str, str] = {
    "en": "English",
    "es": "Español",
    "ar": "العربية",
    "de": "Deutsch",
    "fa": "فارسی",
    "fil": "Filipino",
    "fr": "Français",
    "he": "עברית",
    "ht": "Kreyòl ayisyen",
    "it": "Italiano",
    "ko": "한국어",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be warned of, where, and when not. `at` is (longitude, latitude)."""

    language: str
    min_severity: int
    tz: str
    at: tuple[float, float] | None = None
    area: dict[str, Any] | None = None
    hazards: list[str] | None = None
    quiet: tuple[time, time] | None = None
    per_day: int | None = None
    name: str | None = field(default=None, repr=False)
    place: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A checked address, in the form its channel takes."""

    channel: ChannelKind
    address: str = field(repr=False)
