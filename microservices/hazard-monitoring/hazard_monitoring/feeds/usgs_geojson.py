"""USGS GeoJSON summary feeds (https://earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php).

Written against the published description of the format and real files of several years: `mag`,
`place` and `tz` may be null, depths may be negative (above the sea), `status` appears in both
cases, times are milliseconds since 1970, `ids` is a list in commas: ",ci38457511,us70004ycs,".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hazard_monitoring.domain.hazards import (
    AlertLevel,
    HazardKind,
    Observation,
    Report,
    Withdrawal,
)
from hazard_monitoring.feeds import strict_json
from hazard_monitoring.feeds.plugin import Document, DocumentRejected, Rejected

MOST_EVENTS = 50_000
LONGEST_FEATURE = 65_536  # characters; real ones have under 1,000
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far a feed's clock may run before ours: an `updated` far ahead would silence later ones."""

_EXTERNAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

# The catalogue's event types, https://earthquake.usgs.gov/data/comcat/#type
_KINDS: dict[str, HazardKind] = {
    "earthquake": HazardKind.EARTHQUAKE,
    "induced or triggered event": HazardKind.EARTHQUAKE,
    "quarry": HazardKind.QUARRY_BLAST,
    "quarry blast": HazardKind.QUARRY_BLAST,
    "quarry_blast": HazardKind.QUARRY_BLAST,
    "mining explosion": HazardKind.QUARRY_BLAST,
    "explosion": HazardKind.EXPLOSION,
    "accidental explosion": HazardKind.EXPLOSION,
    "chemical explosion": HazardKind.EXPLOSION,
    "chemical_explosion": HazardKind.EXPLOSION,
    "experimental explosion": HazardKind.EXPLOSION,
    "industrial explosion": HazardKind.EXPLOSION,
    "nuclear explosion": HazardKind.EXPLOSION,
    "mine collapse": HazardKind.MINE_COLLAPSE,
    "mine_collapse": HazardKind.MINE_COLLAPSE,
    "collapse": HazardKind.MINE_COLLAPSE,
    "rock burst": HazardKind.MINE_COLLAPSE,
    "rock_burst": HazardKind.MINE_COLLAPSE,
    "landslide": HazardKind.LANDSLIDE,
    "rockslide": HazardKind.LANDSLIDE,
    "rock slide": HazardKind.LANDSLIDE,
    "snow avalanche": HazardKind.LANDSLIDE,
    "debris avalanche": HazardKind.LANDSLIDE,
    "volcanic eruption": HazardKind.VOLCANIC_ERUPTION,
    "volcanic explosion": HazardKind.VOLCANIC_ERUPTION,
    "ice quake": HazardKind.ICE_QUAKE,
    "sonic boom": HazardKind.SONIC_BOOM,
    "sonicboom": HazardKind.SONIC_BOOM,
}


class _Unusable(Exception):  # noqa: N818 -- control flow inside this file only
    """This feature cannot be trusted; the reason and the sentence go to quarantine."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class UsgsGeojson:
    """The plug-in for USGS summary feeds and for catalogue queries in the same format."""

    kind = "usgs-geojson"
    accept = "application/geo+json, application/json"

    def parse(self, body: bytes, *, received_at: datetime) -> Document:
        """See FeedPlugin.parse."""
        features, metadata = _collection(strict_json.read(body))
        generated_at = _generated_at(metadata)
        latest = max(generated_at or received_at, received_at) + AHEAD
        reports: list[Report] = []
        rejected: list[Rejected] = []
        for feature in features:
            try:
                reports.append(_report(feature, latest))
            except _Unusable as flaw:
                rejected.append(
                    Rejected(flaw.reason, flaw.detail, _id_if_any(feature), _as_text(feature))
                )
        return Document(generated_at, reports, rejected)


def _collection(document: Any) -> tuple[list[object], Mapping[str, object]]:
    if isinstance(document, strict_json.Repeated):
        raise DocumentRejected("duplicate-keys", "A key occurs twice in the document.")
    if not isinstance(document, dict):
        raise DocumentRejected("wrong-shape", "The document is not a JSON object.")
    held = cast("dict[str, object]", document)
    if held.get("type") != "FeatureCollection":
        raise DocumentRejected("wrong-shape", "The document is not a GeoJSON FeatureCollection.")
    features = held.get("features")
    if not isinstance(features, list):
        raise DocumentRejected("wrong-shape", "`features` is not a list.")
    if len(cast("list[object]", features)) > MOST_EVENTS:
        raise DocumentRejected("too-many", f"More than {MOST_EVENTS} events in one document.")
    metadata = held.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise DocumentRejected("wrong-shape", "`metadata` is not an object.")
    return cast("list[object]", features), cast("dict[str, object]", metadata or {})


def _generated_at(metadata: Mapping[str, object]) -> datetime | None:
    try:
        stamp = metadata.get("generated")
        return None if stamp is None else _instant(stamp, "metadata.generated", LATEST)
    except _Unusable as flaw:
        raise DocumentRejected("wrong-shape", flaw.detail) from None


def _report(feature: object, latest: datetime) -> Report:
    flaw = strict_json.flaw_in(feature)
    if flaw is not None:
        raise _Unusable(*flaw)
    if not isinstance(feature, dict):
        raise _Unusable("wrong-type", "The feature is not an object.")
    held = cast("dict[str, Any]", feature)
    if len(_as_text(held)) > LONGEST_FEATURE:
        raise _Unusable("too-large", f"The feature has more than {LONGEST_FEATURE} characters.")
    if held.get("type") != "Feature":
        raise _Unusable("wrong-type", '`type` is not "Feature".')
    if not isinstance(held.get("properties"), dict):
        raise _Unusable("wrong-type", "`properties` is not an object.")
    properties = cast("dict[str, object]", held["properties"])
    external_id = _external_id(held)
    ids = _ids(properties.get("ids"), external_id)
    reported_at = _instant(properties.get("updated"), "updated", latest)
    if (_text(properties, "status", 40) or "").lower() == "deleted":
        return Withdrawal(external_id=external_id, ids=ids, reported_at=reported_at, raw=held)
    longitude, latitude, depth_km = _coordinates(held.get("geometry"))
    magnitude = _number(properties.get("mag"), "mag", -10, 12)
    place = _text(properties, "place", 300)
    return Observation(
        external_id=external_id,
        ids=ids,
        kind=_kind(properties),
        title=_text(properties, "title", 400) or _title(magnitude, place),
        magnitude=magnitude,
        magnitude_type=_text(properties, "magType", 20),
        alert_level=_alert_level(properties),
        tsunami=_flag(properties.get("tsunami"), "tsunami"),
        felt=_count(properties.get("felt"), "felt"),
        place=place,
        longitude=longitude,
        latitude=latitude,
        depth_km=depth_km,
        occurred_at=_instant(properties.get("time"), "time", latest),
        reported_at=reported_at,
        url=_web_address(properties),
        raw=held,
    )


def _external_id(feature: Mapping[str, object]) -> str:
    found = feature.get("id")
    if not isinstance(found, str) or not _EXTERNAL_ID.fullmatch(found):
        raise _Unusable("no-id", "`id` is missing or is not an event id.")
    return found


def _ids(listed: object, external_id: str) -> tuple[str, ...]:
    if listed is None:
        return (external_id,)
    if not isinstance(listed, str):
        raise _Unusable("wrong-type", "`ids` is not a text.")
    found = {part.strip() for part in listed.split(",")} - {""}
    if len(found) > 100 or not all(_EXTERNAL_ID.fullmatch(part) for part in found):
        raise _Unusable("wrong-type", "`ids` is not a list of event ids between commas.")
    return tuple(sorted(found | {external_id}))


def _coordinates(geometry: object) -> tuple[float, float, float | None]:
    if not isinstance(geometry, dict):
        raise _Unusable("bad-geometry", "`geometry` is missing.")
    held = cast("dict[str, object]", geometry)
    listed = held.get("coordinates")
    parts = cast("list[object]", listed) if isinstance(listed, list) else []
    if held.get("type") != "Point" or len(parts) not in {2, 3}:
        raise _Unusable("bad-geometry", "`geometry` is not a point of two or three numbers.")
    longitude = _number(parts[0], "longitude", -180, 180)
    latitude = _number(parts[1], "latitude", -90, 90)
    if longitude is None or latitude is None:
        raise _Unusable("bad-geometry", "A coordinate is missing.")
    return longitude, latitude, _number(parts[2] if len(parts) == 3 else None, "depth", -100, 1000)


def _number(value: object, name: str, least: float, most: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unusable("wrong-type", f"`{name}` is not a number.")
    if not least <= value <= most:
        raise _Unusable("out-of-range", f"`{name}` is not between {least:g} and {most:g}.")
    return float(value)


def _count(value: object, name: str) -> int | None:
    found = _number(value, name, 0, 2_000_000_000)
    return None if found is None else int(found)


def _flag(value: object, name: str) -> bool:
    return bool(_number(int(value) if isinstance(value, bool) else value, name, 0, 1))


def _instant(value: object, name: str, latest: datetime) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unusable("wrong-type", f"`{name}` is not a time in milliseconds.")
    if not EARLIEST.timestamp() * 1000 <= value < LATEST.timestamp() * 1000:
        raise _Unusable("out-of-range", f"`{name}` is not a time between 1900 and 2200.")
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(value))
    if found > latest:
        raise _Unusable("out-of-range", f"`{name}` lies in the future.")
    return found


def _text(properties: Mapping[str, object], name: str, longest: int) -> str | None:
    value = properties.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Unusable("wrong-type", f"`{name}` is not a text.")
    if len(value) > longest:
        raise _Unusable("too-long", f"`{name}` has more than {longest} characters.")
    return " ".join(value.split()) or None


def _kind(properties: Mapping[str, object]) -> HazardKind:
    found = (_text(properties, "type", 80) or "earthquake").lower()
    return _KINDS.get(found, HazardKind.OTHER)


def _alert_level(properties: Mapping[str, object]) -> AlertLevel | None:
    found = (_text(properties, "alert", 20) or "").lower()
    if not found or found == "pending":
        return None
    try:
        return AlertLevel(found)
    except ValueError:
        raise _Unusable("wrong-type", "`alert` is not green, yellow, orange or red.") from None


def _web_address(properties: Mapping[str, object]) -> str | None:
    """A link that a browser may open: anything but http(s) is left out, not shown."""
    found = _text(properties, "url", 500)
    return found if found and re.match(r"https?://[^\s\"'<>]+$", found) else None


def _title(magnitude: float | None, place: str | None) -> str:
    size = "?" if magnitude is None else f"{magnitude:.1f}"
    return f"M {size} - {place or 'place unknown'}"


def _id_if_any(feature: object) -> str | None:
    found = cast("dict[str, object]", feature).get("id") if isinstance(feature, dict) else None
    return found if isinstance(found, str) and _EXTERNAL_ID.fullmatch(found) else None


def _as_text(feature: object) -> str:
    try:
        return json.dumps(feature, ensure_ascii=True, separators=(",", ":"))
    except RecursionError:
        return "(nests too deep to show)"
