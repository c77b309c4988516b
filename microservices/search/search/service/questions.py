"""What a search is narrowed by, read from text and checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from muster_core.errors import InvalidInputError
from muster_core.geo import BBox
from search.engines.port import Box, Filters, Near
from search.schemas import SavedSearch

_FARTHEST_KM = 20_100.0


def filters_of(
    *,
    kind: Sequence[str] = (),
    status: Sequence[str] = (),
    type: Sequence[str] = (),  # noqa: A002 - the parameter's name in the API
    organization_id: Sequence[UUID] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    bbox: str | None = None,
    near: str | None = None,
    exercise: bool | None = None,
) -> Filters:
    """What the API takes, as an engine takes it.

    Raises:
        InvalidInputError: a box, a distance or a period that is none.
    """
    if since is not None and until is not None and since >= until:
        raise InvalidInputError.at("/until", "must be later than `since`", location="query")
    facets: dict[str, Sequence[str]] = {
        "kind": kind,
        "status": status,
        "type": type,
        "organization_id": [str(one) for one in organization_id],
    }
    return Filters(
        facets={name: values for name, values in facets.items() if values},
        since=since,
        until=until,
        boxes=tuple(Box(*edges) for edges in BBox.parse(bbox).boxes()) if bbox else (),
        near=_near(near) if near else None,
        exercise=exercise,
    )


def saved_filters(saved: SavedSearch) -> Filters:
    """What a saved search is narrowed by."""
    fields: dict[str, Any] = saved.model_dump(exclude={"q"})
    return filters_of(**fields)


def _near(text: str) -> Near:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(math.isfinite(number) for number in numbers):
        raise _bad("must be three numbers: longitude,latitude in degrees and a distance in km")
    longitude, latitude, km = numbers
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _bad("longitude must lie between -180 and 180, latitude between -90 and 90")
    if not 0 < km <= _FARTHEST_KM:
        raise _bad("the distance must be above 0 km and not beyond the other side of the earth")
    return Near(longitude, latitude, km)


def _bad(detail: str) -> InvalidInputError:
    return InvalidInputError.at("/near", detail, location="query")
