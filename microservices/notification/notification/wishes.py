"""A wish read from text fields: a form of the public page, or a row of a list. One set of rules for both.

Fields: `coordinates` (or `latitude` and `longitude`), `place`, `area` (GeoJSON), `language`, `hazards`, `severity`,
`timezone`, `quiet_from`, `quiet_until`, `per_day`, `name`; addresses: `phone`, `email`, `web_push`, `web_hook`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import time
from typing import Any

from pydantic import TypeAdapter, ValidationError

from muster_core.errors import MalformedError
from muster_core.geo import AreaGeometry, to_geojson
from muster_core.http.routing import strict_json
from notification.addresses import AddressError, canonical
from notification.domain.coordinates import LonLat, parse_coordinates
from notification.domain.hazards import GROUPS
from notification.domain.subscribers import (
    LANGUAGES,
    SEVERITIES,
    ChannelKind,
    Contact,
    Wish,
    rank,
    time_zones,
)
from notification.pieces import DECIMALS

FIELD_OF: dict[ChannelKind, str] = {
    ChannelKind.SMS: "phone",
    ChannelKind.EMAIL: "email",
    ChannelKind.WEB_PUSH: "web_push",
    ChannelKind.WEBHOOK: "web_hook",
}
MOST_AREA_VERTICES = 1_000
_LONGEST_TEXT = 200
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
# About 11 m: finer tells more of a home than a warning needs.
_area: TypeAdapter[Any] = TypeAdapter(AreaGeometry)


class WishError(ValueError):
    """Something in the fields cannot be read. `faults` has a stable word and what it means, by field."""

    def __init__(self, faults: Mapping[str, tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {detail}" for name, (_, detail) in faults.items()))
        self.faults = dict(faults)


class _Reading:
    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.faults: dict[str, tuple[str, str]] = {}

    def get(self, name: str) -> str:
        return self._fields.get(name, "").strip()

    def fault(self, name: str, word: str, detail: str) -> None:
        self.faults.setdefault(name, (word, detail))

    def text(self, name: str) -> str | None:
        said = unicodedata.normalize("NFC", self.get(name))
        if len(said) > _LONGEST_TEXT or any(unicodedata.category(c) in {"Cc", "Cf"} for c in said):
            self.fault(name, "text", f"is longer than {_LONGEST_TEXT} characters, or not one line")
            return None
        return said or None

    def at(self) -> LonLat | None:
        said = self.get("coordinates")
        if not said and (self.get("latitude") or self.get("longitude")):
            said = f"{self.get('latitude')}, {self.get('longitude')}"
        if not said:
            return None
        found = parse_coordinates(said)
        if found is None:
            self.fault(
                "coordinates",
                "coordinates",
                "is no place: write 35.7700, -117.5990 (latitude first), degrees and minutes, or an MGRS reference",
            )
            return None
        return (round(found[0], DECIMALS), round(found[1], DECIMALS))

    def area(self) -> dict[str, Any] | None:
        said = self.get("area")
        if not said:
            return None
        try:
            geometry = _area.validate_python(strict_json(said.encode()))
        except ValidationError as error:
            self.fault("area", "area", str(error.errors()[0]["msg"]))
        except (MalformedError, UnicodeEncodeError):
            self.fault("area", "area", "is not GeoJSON")
        else:
            area = to_geojson(geometry)
            if _vertices(area["coordinates"]) <= MOST_AREA_VERTICES:
                return area
            self.fault("area", "area", f"has more than {MOST_AREA_VERTICES} corners")
        return None

    def language(self) -> str:
        said = self.get("language") or "en"
        if said not in LANGUAGES:
            self.fault("language", "language", f"is none of {', '.join(LANGUAGES)}")
        return said

    def hazards(self) -> list[str] | None:
        wanted = dict.fromkeys(re.split(r"[\s,;|]+", self.get("hazards").casefold()))
        wanted.pop("", None)
        unknown = [hazard for hazard in wanted if hazard not in GROUPS]
        if unknown:
            self.fault("hazards", "hazards", f"must be of {', '.join(GROUPS)}")
        return list(wanted) or None

    def severity(self) -> int:
        said = self.get("severity").capitalize() or "Minor"
        if said not in SEVERITIES:
            self.fault("severity", "severity", f"is none of {', '.join(SEVERITIES)}")
        return rank(said)

    def zone(self) -> str:
        said = self.get("timezone") or "UTC"
        if said not in time_zones():
            self.fault("timezone", "timezone", "is no time zone such as America/Los_Angeles")
        return said

    def quiet(self) -> tuple[time, time] | None:
        start, end = self._time("quiet_from"), self._time("quiet_until")
        if (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.fault(missing, "quiet", "is missing: quiet hours have a beginning and an end")
        return None if start is None or end is None else (start, end)

    def _time(self, name: str) -> time | None:
        said = self.get(name)
        if not said:
            return None
        match = _TIME.fullmatch(said)
        if match is None:
            self.fault(name, "quiet", "is no time of day such as 22:00")
            return None
        return time(int(match[1]), int(match[2]))

    def per_day(self) -> int | None:
        said = self.get("per_day")
        if not said:
            return None
        if not re.fullmatch(r"[0-9]{1,3}", said) or not 1 <= int(said) <= 100:
            self.fault("per_day", "per-day", "is no number from 1 to 100")
            return None
        return int(said)


def read_wish(fields: Mapping[str, str]) -> Wish:
    """What is wanted, where, and when not.

    Raises:
        WishError: names every field at fault.
    """
    reading = _Reading(fields)
    at, area = reading.at(), reading.area()
    wish = Wish(
        language=reading.language(),
        min_severity=reading.severity(),
        tz=reading.zone(),
        at=None if area else at,
        area=area,
        hazards=reading.hazards(),
        quiet=reading.quiet(),
        per_day=reading.per_day(),
        name=reading.text("name"),
        place=reading.text("place"),
    )
    if at is None and area is None and not reading.faults.keys() & {"coordinates", "area"}:
        reading.fault("coordinates", "place-missing", "is missing: a place or an area is needed")
    if reading.faults:
        raise WishError(reading.faults)
    return wish


def read_contacts(fields: Mapping[str, str], region: str | None = None) -> list[Contact]:
    """The addresses, in the form their channels take.

    Raises:
        WishError: one is none, or there is none.
    """
    found: list[Contact] = []
    faults: dict[str, tuple[str, str]] = {}
    for channel, name in FIELD_OF.items():
        said = fields.get(name, "").strip()
        if not said:
            continue
        try:
            found.append(Contact(channel, canonical(channel, said, region)))
        except AddressError as error:
            faults[name] = (name.replace("_", "-"), str(error))
    if not found and not faults:
        faults["phone"] = ("address-missing", "is missing: at least one address is needed")
    if faults:
        raise WishError(faults)
    return found


def _vertices(coordinates: Any) -> int:
    if coordinates and isinstance(coordinates[0], (int, float)):
        return 1
    return sum(_vertices(one) for one in coordinates)
