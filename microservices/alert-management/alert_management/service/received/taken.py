"""An alert of somebody else, read and measured, ready to be stored. No transaction is open while this is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from alert_management.cap import Reading
from alert_management.cap.model import Alert, Area, Info, MsgType, Severity, Value
from alert_management.domain.kinds import kinds_of
from alert_management.service.received.areas import (
    Extent,
    Geometry,
    extents_of,
    geometry_of,
    outline_of,
    union_of,
)

XML = "application/cap+xml"
GEOJSON = "application/geo+json"
MOST_CODES = 5_000


@dataclass(frozen=True, slots=True)
class Signed:
    """What its signature is worth: verified, unverified, broken or none; by whom, and why."""

    state: str = "none"
    signer: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An alert with all that is kept of it."""

    alert: Alert
    document: bytes
    media_type: str
    cap_version: str
    signed: Signed
    tolerated: list[dict[str, str]]
    geometry: Geometry | None
    outline: Geometry | None
    extents: list[Extent]
    geocodes: list[str]
    kinds: list[str]
    loose: tuple[str, ...] = ()
    """References that are not whole."""
    by_codes: bool = False
    """The area is that of the organization's boundaries with its codes."""

    @property
    def name(self) -> tuple[str, str, datetime]:
        """What makes a message itself."""
        return self.alert.sender, self.alert.identifier, self.alert.sent

    @property
    def info(self) -> Info | None:
        """The block that lists show: the first one."""
        return self.alert.infos[0] if self.alert.infos else None

    @property
    def headline(self) -> str:
        """What a list calls it."""
        info = self.info
        if info is None:
            return f"{self.alert.msg_type} {self.alert.identifier}"
        return (info.headline or info.event or self.alert.identifier).strip()

    @property
    def references(self) -> list[tuple[str, str, datetime | None]]:
        """What it refers to: sender, identifier and sent; without `sent` where the reference is not whole.

        A publisher that names no sender means itself.
        """
        whole = [(one.sender, one.identifier, one.sent) for one in self.alert.references]
        parts = [word.split(",") for word in self.loose]
        loose = [
            (part[0], part[1], None) if len(part) > 1 else (self.alert.sender, part[0], None)
            for part in parts
        ]
        return list(dict.fromkeys([*whole, *(one for one in loose if one[0] and one[1])]))

    @property
    def boundary_codes(self) -> list[str]:
        """The codes under which its areas may be known: SAME writes a county with the part of it in front."""
        found: set[str] = set()
        for one in self.geocodes:
            name, _, value = one.partition(":")
            found.add(value)
            if name.upper() in {"SAME", "FIPS6"} and len(value) == 6 and value.startswith("0"):
                found.add(value[1:])
        return sorted(found)

    def placed(self, boundaries: Sequence[Geometry]) -> Taken:
        """The same with the area of these boundaries, where it names its areas by codes only."""
        geometry = union_of(boundaries)
        return replace(
            self,
            geometry=geometry,
            outline=outline_of(geometry),
            extents=extents_of(geometry),
            by_codes=geometry is not None,
        )

    def starts_at(self) -> datetime:
        """When it begins to hold: the earliest onset, else when it takes effect, else when it was sent."""
        found = [
            moment
            for info in self.alert.infos
            if (moment := info.onset or info.effective) is not None
        ]
        return min(found, default=self.alert.sent)

    def expires_at(self, otherwise: timedelta) -> tuple[datetime, bool]:
        """When the last of its blocks ends, and whether it says so itself."""
        found = [info.expires for info in self.alert.infos if info.expires is not None]
        return (max(found), True) if found else (self.alert.sent + otherwise, False)

    def values(self) -> dict[str, Any]:
        """The columns that come from the message alone."""
        alert, info = self.alert, self.info
        areas = list(dict.fromkeys(a.description for i in alert.infos[:1] for a in i.areas))
        gravest = _gravest(alert.infos)
        return {
            "identifier": alert.identifier,
            "sender": alert.sender,
            "sender_name": info.sender_name if info else None,
            "sent": alert.sent,
            "status": str(alert.status),
            "msg_type": str(alert.msg_type),
            "scope": str(alert.scope),
            "event": info.event if info else str(alert.msg_type),
            "kinds": self.kinds,
            "categories": sorted({str(c) for i in alert.infos for c in i.categories}),
            "severity": str(alert.severity),
            "urgency": str(gravest.urgency) if gravest else "Unknown",
            "certainty": str(gravest.certainty) if gravest else "Unknown",
            "headline": self.headline,
            "area": "; ".join(areas),
            "starts_at": self.starts_at(),
            "signature": self.signed.state,
            "signer": self.signed.signer,
            "signature_detail": self.signed.detail,
            "cap_version": self.cap_version,
            "tolerated": self.tolerated,
            "message": plain(alert),
            "document": self.document,
            "media_type": self.media_type,
            "geocodes": self.geocodes,
            "geometry": self.geometry,
            "outline": self.outline,
            "by_codes": self.by_codes,
        }


def _gravest(infos: Iterable[Info]) -> Info | None:
    order = list(Severity)
    return min(infos, key=lambda info: order.index(info.severity), default=None)


def from_reading(reading: Reading) -> Taken:
    """What a CAP document says."""
    return measure(
        reading.alert,
        document=reading.source,
        media_type=XML,
        cap_version=reading.version,
        signed=Signed(
            str(reading.signature.state),
            reading.signature.signer or None,
            reading.signature.detail or None,
        ),
        tolerated=[
            {"code": str(one.code), "where": one.where, "text": one.text}
            for one in reading.tolerated
        ],
        loose=reading.loose_references,
    )


def measure(
    alert: Alert,
    *,
    document: bytes,
    media_type: str,
    cap_version: str,
    signed: Signed,
    tolerated: list[dict[str, str]],
    loose: tuple[str, ...] = (),
) -> Taken:
    """Work out where an alert holds and what kind of event it speaks of."""
    areas: list[Area] = [area for info in alert.infos for area in info.areas]
    polygons = dict.fromkeys(polygon for area in areas for polygon in area.polygons)
    circles = dict.fromkeys(circle for area in areas for circle in area.circles)
    geometry = geometry_of(polygons, circles)
    events = [info.event for info in alert.infos] if alert.msg_type is not MsgType.ACK else []
    codes = [f"{code.name}:{code.value}" for info in alert.infos for code in info.event_codes]
    geocodes = {f"{code.name}:{code.value}" for area in areas for code in area.geocodes}
    return Taken(
        alert=alert,
        document=document,
        media_type=media_type,
        cap_version=cap_version,
        signed=signed,
        tolerated=tolerated,
        geometry=geometry,
        outline=outline_of(geometry),
        extents=extents_of(geometry),
        geocodes=sorted(geocodes)[:MOST_CODES],
        kinds=sorted(kinds_of(events, codes)),
        loose=loose,
    )


def plain(value: object) -> Any:
    """A message as JSON: CAP's words and names as they are, instants in ISO 8601, files left to the document."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = [one.name for one in fields(value) if one.name != "deref_uri"]
        return {name: plain(getattr(value, name)) for name in kept}
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return float(value)
        case Value():
            return value._asdict()
        case tuple():
            return [plain(one) for one in cast("Iterable[object]", value)]
        case _:
            return value
