"""A place as people write or say it: decimal degrees, degrees with minutes and seconds, MGRS or USNG. WGS 84.

The same notations as the search box of the screens takes (frontend/src/lib/coordinates.ts).
"""

from __future__ import annotations

import math
import re

LonLat = tuple[float, float]

_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d{1,15})?"
_DECIMAL = re.compile(
    rf"({_NUMBER})\s*°?\s*([NS])?(?:\s*[,;]\s*|\s+|(?<=[NS°]))({_NUMBER})\s*°?\s*([EW])?",
    re.IGNORECASE,
)
_PART = r"(\d{1,3})\s*[°d:\s]\s*(\d{1,2})\s*['’′m:\s]\s*(?:(\d{1,2}(?:\.\d{1,10})?)\s*[\"”″s]?\s*)?([NSEW])"  # noqa: RUF001 - the signs people type
_SEXAGESIMAL = re.compile(rf"{_PART}\s*[,;]?\s*{_PART}", re.IGNORECASE)
_GRID = re.compile(
    r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])((?:\d\d){1,5})", re.IGNORECASE
)
_LONGEST = 100

# WGS 84 and the universal transverse Mercator projection.
_A = 6_378_137.0
_F = 1 / 298.257223563
_K0 = 0.9996
_FALSE_EASTING = 500_000.0
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"


def parse_coordinates(text: str) -> LonLat | None:
    """(longitude, latitude), or None if it is no place. In words people say latitude first: `35.77, -117.6`."""
    said = text.strip()
    if not said or len(said) > _LONGEST:
        return None
    found = _grid(said) or _decimal(said) or _sexagesimal(said)
    if found is None or abs(found[0]) > 180 or abs(found[1]) > 90:
        return None
    return found


def _decimal(text: str) -> LonLat | None:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    latitude, north, longitude, east = match.groups()
    return (
        _signed(longitude, negative=(east or "").upper() == "W"),
        _signed(latitude, negative=(north or "").upper() == "S"),
    )


def _signed(number: str, *, negative: bool) -> float:
    value = float(number.replace(",", "."))
    return -value if negative else value


def _sexagesimal(text: str) -> LonLat | None:
    match = _SEXAGESIMAL.fullmatch(text)
    if match is None:
        return None
    read: dict[str, float] = {}
    for degrees, minutes, seconds, side in (match.groups()[:4], match.groups()[4:]):
        if int(minutes) >= 60 or float(seconds or 0) >= 60:
            return None
        value = int(degrees) + int(minutes) / 60 + float(seconds or 0) / 3600
        axis = "latitude" if side.upper() in "NS" else "longitude"
        read[axis] = -value if side.upper() in "SW" else value
    return (read["longitude"], read["latitude"]) if len(read) == 2 else None


def _grid(text: str) -> LonLat | None:
    match = _GRID.fullmatch(re.sub(r"\s+", "", text).upper())
    if match is None:
        return None
    zone, band, column, row, digits = int(match[1]), match[2], match[3], match[4], match[5]
    columns = _COLUMNS[zone % 3]
    if not 1 <= zone <= 60 or column not in columns:
        return None
    size = 10 ** (5 - len(digits) // 2)
    half = len(digits) // 2
    easting = (columns.index(column) + 1) * 100_000 + int(digits[:half]) * size + size / 2
    shift = 5 if zone % 2 == 0 else 0
    within = ((_ROWS.index(row) - shift) % 20) * 100_000 + int(digits[half:]) * size + size / 2
    south = (_BANDS.index(band) * 8) - 80
    # Rows begin again every 2,000 km: the right one lies in the band (X is 12 degrees high, the others 8).
    for turn in range(6):
        northing = within + turn * 2_000_000
        true_northing = northing - (10_000_000 if south < 0 else 0)
        longitude, latitude = _from_utm(zone, easting, true_northing)
        if south - 0.2 <= latitude <= south + (12 if band == "X" else 8) + 0.2:
            return (longitude, latitude)
    return None


def _from_utm(zone: int, easting: float, northing: float) -> LonLat:
    """Krüger's series, good to millimetres within a zone."""
    n = _F / (2 - _F)
    radius = _A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    beta = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96,
        n**2 / 48 + n**3 / 15,
        17 * n**3 / 480,
    )
    delta = (
        2 * n - 2 * n**2 / 3 - 2 * n**3,
        7 * n**2 / 3 - 8 * n**3 / 5,
        56 * n**3 / 15,
    )
    xi = northing / (_K0 * radius)
    eta = (easting - _FALSE_EASTING) / (_K0 * radius)
    xi_straight, eta_straight = xi, eta
    for order, factor in enumerate(beta, 1):
        xi_straight -= factor * math.sin(2 * order * xi) * math.cosh(2 * order * eta)
        eta_straight -= factor * math.cos(2 * order * xi) * math.sinh(2 * order * eta)
    conformal = math.asin(math.sin(xi_straight) / math.cosh(eta_straight))
    latitude = conformal + sum(
        factor * math.sin(2 * order * conformal) for order, factor in enumerate(delta, 1)
    )
    away = math.atan2(math.sinh(eta_straight), math.cos(xi_straight))
    return (zone * 6 - 183 + math.degrees(away), math.degrees(latitude))
