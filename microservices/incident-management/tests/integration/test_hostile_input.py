from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import AsyncClient

from muster_core.database import Reader

JSON = {"Content-Type": "application/json"}


def polygon(*positions: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(positions)]}


HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": None}, "/name"),
    "an empty name": ({"name": "   "}, "/name"),
    "a name of 201 characters": ({"name": "x" * 201}, "/name"),
    "a name that is a number": ({"name": 7}, "/name"),
    "a name with a null character": ({"name": "Cedar\x00Creek"}, "/name"),
    "a name with an escape": ({"name": "Cedar\x1b[2JCreek"}, "/name"),
    "a name that reads backwards": ({"name": "Cedar \u202eeriF"}, "/name"),
    "a name of two lines": ({"name": "Cedar\nCreek"}, "/name"),
    "half a surrogate pair": ({"name": "\ud800"}, "/name"),
    "an unknown field": ({"organization_id": "x"}, "/organization_id"),
    "an unknown kind": ({"kind": "godzilla"}, "/kind"),
    "a complexity of text": ({"complexity_type": "1"}, "/complexity_type"),
    "a complexity out of range": ({"complexity_type": 6}, "/complexity_type"),
    "a complexity that is true": ({"complexity_type": True}, "/complexity_type"),
    "a severity in lower case": ({"severity": "severe"}, "/severity"),
    "an exercise of text": ({"exercise": "yes"}, "/exercise"),
    "a summary with a bell": ({"summary": "ding\x07"}, "/summary"),
    "a point without coordinates": ({"location": {"type": "Point"}}, "/location/coordinates"),
    "a line for a point": (
        {"location": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
        "/location/type",
    ),
    "swapped coordinates": (
        {"location": {"type": "Point", "coordinates": [35.7, -117.6]}},
        "/location/coordinates",
    ),
    "a longitude out of range": (
        {"location": {"type": "Point", "coordinates": [181, 0]}},
        "/location/coordinates",
    ),
    "coordinates that are text": (
        {"location": {"type": "Point", "coordinates": ["west", "north"]}},
        "/location/coordinates/0",
    ),
    "one coordinate": (
        {"location": {"type": "Point", "coordinates": [1]}},
        "/location/coordinates",
    ),
    "an unclosed ring": ({"area": polygon([0, 0], [1, 0], [1, 1], [0, 1])}, "/area"),
    "a ring that crosses itself": (
        {"area": polygon([0, 0], [1, 1], [1, 0], [0, 1], [0, 0])},
        "/area",
    ),
    "a ring of three positions": (
        {"area": polygon([0, 0], [1, 1], [0, 0])},
        "/area/coordinates/0",
    ),
    "a ring without an inside": (
        {"area": polygon([0, 0], [1, 1], [2, 2], [0, 0])},
        "/area",
    ),
    "too many vertices": (
        {"area": polygon(*([n / 1000, 0] for n in range(10_001)))},
        "/area/coordinates/0",
    ),
    "an area of an unknown type": ({"area": {"type": "Circle", "radius": 5}}, "/area"),
}


@pytest.mark.parametrize(("change", "pointer"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_facts_are_refused_with_a_pointer_and_nothing_is_stored(
    as_commander: AsyncClient, reader: Reader, change: dict[str, Any], pointer: str
) -> None:
    body = json.dumps({"name": "Cedar Creek Fire"} | change)

    response = await as_commander.post("/incidents", content=body, headers=JSON)

    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointer in pointers
    await nothing_is_stored(reader)


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"name": "a", "name": "b"}', "application/json", 400),
        (b'{"name": "a"', "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b'{"name": "a", "complexity_type": NaN}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 422),
        (b'{"name": "a"}', "text/plain", 415),
        (b"<incident/>", "application/xml", 415),
        (b"name=a", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_declaration_is_refused(
    as_commander: AsyncClient, reader: Reader, content: bytes, media_type: str, status: int
) -> None:
    response = await as_commander.post(
        "/incidents", content=content, headers={"Content-Type": media_type}
    )

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    await nothing_is_stored(reader)


@pytest.mark.parametrize(
    "moment",
    [
        "yesterday",
        "2026-11-22",
        "2026-11-22T18:00:00",
        "1899-12-31T00:00:00Z",
        "2201-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T00:00:00Z",
        1e300,
    ],
)
async def test_moments_out_of_range_or_without_a_zone_are_refused(
    as_commander: AsyncClient, desk: Any, moment: object
) -> None:
    incident = await desk.declare(as_commander)
    response = await as_commander.post(
        f"/incidents/{incident['id']}/tasks", json={"title": "Fetch sandbags", "due_at": moment}
    )
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["pointer"] == "/due_at"
    assert (await desk.see(as_commander, incident))["tasks"] == []


@pytest.mark.parametrize("path", ["x", "%00", "00000000-0000-0000-0000", "1e9"])
async def test_an_id_that_is_none_is_refused(as_commander: AsyncClient, path: str) -> None:
    response = await as_commander.get(f"/incidents/{path}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["location"] == "path"


@pytest.mark.parametrize("version", ["x", '"1', '"1.0"', "*", '"99999999999999999999"'])
async def test_a_version_that_is_none_changes_nothing(
    as_commander: AsyncClient, desk: Any, version: str
) -> None:
    incident = await desk.declare(as_commander)
    response = await as_commander.patch(
        f"/incidents/{incident['id']}", json={"name": "Renamed"}, headers={"If-Match": version}
    )
    assert response.status_code in {412, 422} or version == '"1'
    if response.status_code != 200:
        assert (await desk.see(as_commander, incident))["name"] == "Cedar Creek Fire"


async def test_the_tamest_unicode_is_kept_as_it_was_written(
    as_commander: AsyncClient, desk: Any
) -> None:
    name = 'Ōtautahi خليج 🌋 O\'Brien \\ "quoted" % _ ; DROP TABLE incident; --'
    assert (await desk.declare(as_commander, name))["name"] == name


async def nothing_is_stored(reader: Reader) -> None:
    (row,) = await reader.fetch(
        "SELECT (SELECT count(*) FROM incident_management.incident) AS incidents,"
        " (SELECT count(*) FROM incident_management.outbox) AS announced,"
        " (SELECT count(*) FROM incident_management.incident_counter) AS numbers"
    )
    assert tuple(row) == (0, 0, 0)
