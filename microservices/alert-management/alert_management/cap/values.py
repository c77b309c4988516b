"""The texts of CAP's elements into values, forgiving what has one meaning only, and saying so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from alert_management.cap import facets
from alert_management.cap.findings import CapError, Leniency, Problem, Tolerated
from alert_management.cap.geometry import WORLD_RADIUS_KM, fault_of_point, fault_of_points, wrapped
from alert_management.cap.model import Circle, Polygon, Reference
from alert_management.cap.xml import MAXIMUM_VERTICES, Element, local

SPACE = " \t\r\n"
W = TypeVar("W", bound=StrEnum)

_LOOSE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]\s?([0-9]{2}):([0-9]{2})(?::([0-9]{2})([.,][0-9]+)?)?"
    r"\s?(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r"[0-9.,+\-eE \t\r\n]*")
_PARENTHESES = str.maketrans("()[]{}", "      ")
_SEPARATORS = re.compile(r"[\s,;]*")
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_REFERENCE = re.compile(
    r"(?P<sender>[^\s,]{1,300})\s?,\s?(?P<identifier>\S(?:.{0,300}?\S)??)\s?,\s?"
    r"(?P<sent>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,30}(?:Z|[+-][0-9]{2}:?[0-9]{2})?)(?=\s|$)"
)
_LONGEST_REFERENCES = 20_000
_ENDLESS_NUMBER = re.compile(r"[0-9.]{400}")


@dataclass(slots=True)
class Notes:
    """What is gathered while one alert is read."""

    tolerated: list[Tolerated] = field(default_factory=list[Tolerated])
    problems: list[Problem] = field(default_factory=list[Problem])
    vertices: int = 0
    rings: list[tuple[Polygon, Spot]] = field(default_factory=list["tuple[Polygon, Spot]"])
    """What is still to be looked at for crossings."""


@dataclass(slots=True)
class Spot:
    """An element under the reader's eye. Where it stands is put into words only if there is something to say."""

    notes: Notes
    element: Element
    inside: str | None
    """The path of its parent; None for the alert itself."""
    number: int = 0

    @property
    def where(self) -> str:
        """Its path, such as `info[2]/area[1]/polygon[1]`."""
        if self.inside is None:
            return ""
        name = local(self.element) + (f"[{self.number}]" if self.number else "")
        return f"{self.inside}/{name}" if self.inside else name

    def forgive(self, code: Leniency, text: str) -> None:
        """Say what was read although CAP 1.2 does not allow it."""
        self.notes.tolerated.append(Tolerated(code, self.where, text))

    def refuse(self, text: str) -> None:
        """Say why the alert cannot be taken."""
        self.notes.problems.append(Problem(self.element.sourceline or 0, self.where, text))


def trimmed(text: str, spot: Spot) -> str:
    """Without white space around it."""
    if text[:1] in SPACE or text[-1:] in SPACE:
        spot.forgive(Leniency.WHITESPACE, "white space around the text")
        return text.strip(SPACE)
    return text


def word(words: type[W], text: str, spot: Spot) -> W | None:
    """One of CAP's words; letter case is forgiven."""
    text = trimmed(text, spot)
    try:
        return words(text)
    except ValueError:
        pass
    for known in words:
        if known.lower() == text.lower():
            spot.forgive(Leniency.LETTER_CASE, f"'{text}' read as {known}")
            return known
    spot.refuse(facets.one_of(words)(text) or "")
    return None


def moment(text: str, spot: Spot) -> datetime | None:
    """An instant with its offset, in whole seconds."""
    wanted = text.strip(SPACE)
    if facets.DATE_TIME_1_2.fullmatch(wanted) and facets.date_time(wanted) is None:
        return _instant(wanted, spot)
    found = _LOOSE_TIME.fullmatch(wanted)
    if found is None:
        spot.refuse(f"'{wanted[:60]}' is no date and time")
        return None
    day, hour, minute, second, fraction, offset = found.groups()
    written = f"{day}T{hour}:{minute}:{second or '00'}"
    if offset is None:
        spot.forgive(Leniency.OFFSET, f"'{wanted}' has no offset; read as UTC")
        offset = "-00:00"
    elif offset[0] not in "+-":
        spot.forgive(Leniency.OFFSET, f"the offset {offset} read as -00:00")
        offset = "-00:00"
    elif len(offset) < 6:
        spot.forgive(Leniency.TIME_FORM, f"the offset {offset} read as {offset[:3]}:{offset[-2:]}")
        offset = f"{offset[:3]}:{offset[3:].lstrip(':') or '00'}"
    if fraction:
        spot.forgive(Leniency.FRACTION, f"the fraction {fraction} of a second dropped")
    if second is None or wanted[10] != "T":
        spot.forgive(Leniency.TIME_FORM, f"'{wanted}' read as {written}{offset}")
    if facets.date_time(written + offset) is not None:
        spot.refuse(f"'{wanted}' is no date and time")
        return None
    return _instant(written + offset, spot)


def _instant(written: str, spot: Spot) -> datetime | None:
    try:
        if written[11:13] == "24":
            return datetime.fromisoformat(written[:11] + "00" + written[13:]) + timedelta(days=1)
        return datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        spot.refuse(f"'{written}' is no date and time")
        return None


def decimal(text: str, spot: Spot) -> Decimal | None:
    """Feet above the sea; what is no number is dropped, which makes the area larger and never smaller."""
    wanted = text.strip(SPACE)
    if facets.decimal(wanted) is None and len(wanted) <= 40:
        return Decimal(wanted)
    spot.forgive(Leniency.DROPPED, f"'{wanted[:60]}' is no number and was dropped")
    return None


def words(text: str, spot: Spot) -> tuple[str, ...]:
    """A list divided by white space, members with spaces in double quotes."""
    if text.count('"') % 2:
        spot.forgive(Leniency.SEPARATORS, "a double quote without its other half")
        text = text.replace('"', " ")
    found = [quoted or plain for quoted, plain in _WORD.findall(text)]
    return tuple(one.strip(SPACE) for one in found if one.strip(SPACE))


def references(text: str, spot: Spot) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    """`sender,identifier,sent` each; what is not whole comes back as the words it was."""
    whole: list[Reference] = []
    loose: list[str] = []
    at = 0
    if len(text) > _LONGEST_REFERENCES:
        spot.refuse(f"has {len(text):,} characters; at most {_LONGEST_REFERENCES:,} are read")
        return (), ()
    if any(sign in text for sign in "()"):
        spot.forgive(Leniency.PARENTHESES, "parentheses around a reference")
        text = text.replace("(", " ").replace(")", " ")
    for found in _REFERENCE.finditer(text):
        sent = moment(found["sent"], spot)
        if sent is None:
            return (), ()
        loose += text[at : found.start()].split()
        whole.append(Reference(found["sender"], found["identifier"], sent))
        at = found.end()
    loose += text[at:].split()
    for one in loose:
        spot.forgive(
            Leniency.REFERENCE, f"'{one[:80]}' is not sender,identifier,sent and refers to nothing"
        )
    return tuple(whole), tuple(loose)


def polygon(text: str, spot: Spot) -> Polygon | None:
    """A closed ring; parentheses and odd separators are forgiven. Crossings are looked for in all rings at once."""
    points = _pairs(text)
    if points is None:
        numbers = _numbers(text, spot)
        if numbers is None:
            return None
        if len(numbers) % 2:
            spot.refuse(f"has {len(numbers)} numbers, which are no pairs of latitude and longitude")
            return None
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
    spot.notes.vertices += len(points)
    if spot.notes.vertices > MAXIMUM_VERTICES:
        spot.refuse(f"brings the alert to more than {MAXIMUM_VERTICES:,} points")
        raise CapError(spot.notes.problems)
    ring = tuple(points)
    fault = fault_of_points(ring)
    if fault and all(abs(longitude) <= 360 for _, longitude in ring):
        ring = tuple((latitude, wrapped(longitude)) for latitude, longitude in points)
        if ring != tuple(points):
            spot.forgive(Leniency.LONGITUDE, "longitudes past 180 counted on from -180")
            fault = fault_of_points(ring)
    if fault:
        spot.refuse(fault)
        return None
    spot.notes.rings.append((ring, spot))
    return ring


def circle(text: str, spot: Spot) -> Circle | None:
    """`latitude,longitude radius`, in degrees and kilometres."""
    numbers = _three(text) or _numbers(text, spot)
    if numbers is None:
        return None
    if len(numbers) != 3:
        spot.refuse(f"has {len(numbers)} numbers; a circle is latitude,longitude radius")
        return None
    latitude, longitude, radius = numbers
    fault = fault_of_point(latitude, longitude)
    if fault is None and not 0 <= radius <= WORLD_RADIUS_KM:
        fault = f"has a radius of {radius:g} km"
    if fault:
        spot.refuse(fault)
        return None
    return Circle(latitude, longitude, radius)


def _pairs(text: str) -> list[tuple[float, float]] | None:
    """The points of a polygon as CAP writes it, None if it is written otherwise."""
    if not _PLAIN.fullmatch(text) or _ENDLESS_NUMBER.search(text):
        return None
    try:
        return [
            (float(latitude), float(longitude))
            for latitude, longitude in [pair.split(",") for pair in text.split()]
        ]
    except ValueError:
        return None


def _three(text: str) -> list[float] | None:
    parts = text.split()
    if len(parts) != 2 or not _PLAIN.fullmatch(text):
        return None
    points = _pairs(parts[0])
    radius = _NUMBER.fullmatch(parts[1])
    return [*points[0], float(parts[1])] if points and radius else None


def _numbers(text: str, spot: Spot) -> list[float] | None:
    """All numbers in the order they stand, if nothing but parentheses and separators is between them."""
    if _ENDLESS_NUMBER.search(text):
        spot.refuse("has a number of more than 400 digits")
        return None
    bare = text.translate(_PARENTHESES)
    rest = _SEPARATORS.fullmatch(_NUMBER.sub(" ", bare))
    numbers = [float(number) for number in _NUMBER.findall(bare)]
    if rest is None:
        spot.refuse(f"'{text.strip(SPACE)[:60]}' is not made of latitudes and longitudes")
        return None
    if bare != text:
        spot.forgive(Leniency.PARENTHESES, "parentheses around coordinates")
    else:
        spot.forgive(Leniency.SEPARATORS, "coordinates divided otherwise than latitude,longitude")
    return numbers
