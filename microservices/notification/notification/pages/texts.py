"""Which language a page is shown in, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notification.pages import arabic, english, spanish

CATALOGUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": english.TEXTS, "es": spanish.TEXTS, "ar": arabic.TEXTS}
)
MESSAGES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": english.MESSAGES, "es": spanish.MESSAGES, "ar": arabic.MESSAGES}
)


def choose(wanted: str | None, accepted: str | None) -> str:
    """The language of a page: the one asked for, else the first of Accept-Language that we have, else English."""
    if wanted is not None and wanted in CATALOGUES:
        return wanted
    offered: list[tuple[float, str]] = []
    for part in (accepted or "")[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        offered.append((weight, tag.strip().partition("-")[0].lower()))
    for weight, language in sorted(offered, key=lambda one: -one[0]):
        if language in CATALOGUES and weight > 0:
            return language
    return "en"
