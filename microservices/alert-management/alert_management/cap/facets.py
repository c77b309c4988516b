"""The simple types that the CAP schemas use, as XML Schema 1.0 defines them: text in, what is wrong with it out."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable

Facet = Callable[[str], str | None]
"""Says what is wrong with a text, or None."""

DATE_TIME_1_2 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}"
)
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")

_DATE_TIME = re.compile(
    r"-?(?P<year>[1-9][0-9]{4,}|[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?"
    r"(?:Z|[+-](?P<zone_hour>[0-9]{2}):(?P<zone_minute>[0-9]{2}))?"
)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
# RFC 3986 after the escaping that XML Schema asks for: a scheme or none, brackets around a host only, whole escapes.
_URI = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?:#[^#]*)?",
    re.DOTALL,
)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"(?:[^@\[\]]*@)?(?:\[[^\[\]@/]*\]|[^\[\]:@]*)(?::[0-9]+)?")
_SPACES = " \t\r\n"


def string(_text: str) -> None:
    """Anything."""


def one_of(words: Iterable[str]) -> Facet:
    """One of these words, to the letter."""
    allowed = tuple(words)
    as_set = frozenset(allowed)

    def facet(text: str) -> str | None:
        if text in as_set:
            return None
        return f"{repr(_short(text)) if text else 'nothing'} is none of {', '.join(allowed)}"

    return facet


def date_time(text: str) -> str | None:
    """xs:dateTime: any fraction, `Z`, an offset or none; without white space around it, which libxml2 refuses here."""
    found = _DATE_TIME.fullmatch(text)
    if found is None or not _exists(found):
        return f"'{_short(text)}' is no date and time"
    return None


def date_time_1_2(text: str) -> str | None:
    """CAP 1.2: whole seconds and an offset, such as 2002-05-24T16:49:00-07:00."""
    wanted = collapsed(text)
    if DATE_TIME_1_2.fullmatch(wanted) is None:
        return (
            f"'{_short(text)}' is no date and time with whole seconds and an offset such as -07:00"
        )
    return date_time(wanted)


def language(text: str) -> str | None:
    """xs:language with a default: an empty element has the default value."""
    if not text or LANGUAGE.fullmatch(collapsed(text)):
        return None
    return f"'{_short(text)}' is no language tag"


def uri(text: str) -> str | None:
    """xs:anyURI."""
    wanted = collapsed(text)
    found = _URI.fullmatch(wanted)
    if (
        found is None
        or _BROKEN_ESCAPE.search(wanted)
        or (found["authority"] is not None and not _AUTHORITY.fullmatch(found["authority"]))
        or (found["scheme"] is None and ":" in found["path"].partition("/")[0])
        or any(sign in found["path"] + (found["query"] or "") for sign in "[]")
    ):
        return f"'{_short(text)}' is no URI"
    return None


def integer(text: str) -> str | None:
    return None if _INTEGER.fullmatch(collapsed(text)) else f"'{_short(text)}' is no whole number"


def decimal(text: str) -> str | None:
    return None if _DECIMAL.fullmatch(collapsed(text)) else f"'{_short(text)}' is no decimal number"


def collapsed(text: str) -> str:
    """With white space collapsed, as the types other than xs:string are read."""
    return " ".join(text.translate(_AS_SPACE).split(" ")).strip() if _has_space(text) else text


_AS_SPACE = str.maketrans("\t\r\n", "   ")


def _has_space(text: str) -> bool:
    return any(sign in text for sign in _SPACES)


def _exists(found: re.Match[str]) -> bool:
    """Whether there is such a day, hour and offset; 24:00:00 is the end of a day."""
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    zone = int(found["zone_hour"] or 0) * 60 + int(found["zone_minute"] or 0)
    leap = 2000 + year % 400
    return (
        year > 0
        and 1 <= month <= 12
        and 1 <= day <= calendar.monthrange(leap, month)[1]
        and (
            hour < 24 or (hour == 24 and not minute and not second and not _some(found["fraction"]))
        )
        and minute < 60
        and second < 60
        and int(found["zone_minute"] or 0) < 60
        and zone <= 14 * 60
    )


def _some(fraction: str | None) -> bool:
    return bool(fraction and fraction.strip(".0"))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
