"""What the composer is told while an author types and draws."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from muster.incidents.v1.incidents_pb2 import Incident


async def _preview(client: httpx.AsyncClient, content: Any, **asked: Any) -> Any:
    response = await client.post("/alerts/preview", json={"content": content, **asked})
    assert response.status_code == 200, response.text
    return response.json()


async def _area(client: httpx.AsyncClient, **asked: Any) -> Any:
    response = await client.post("/alerts/areas", json=asked)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_preview_is_what_each_channel_will_show(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    shown = await _preview(as_officer, make.flood())

    assert shown["ready"] is True
    (english,) = shown["languages"]
    assert english["sms"]["text"].startswith(
        "Kern County Emergency Services: Flood at Cedar Creek."
    )
    assert "/warnings/" in english["sms"]["text"]
    assert english["sms"]["encoding"] == "GSM-7"
    assert english["push"]["title"] == "Flood at Cedar Creek"
    assert english["email"]["subject"] == "Flood at Cedar Creek"
    assert "What to do: Move to high ground now." in english["email"]["text"]
    assert english["reading"]["plain"] is True
    assert english["wea_360"]["fits"] is True
    assert "<h1>Flood at Cedar Creek</h1>" in english["page"]
    assert shown["cap_xml"].startswith("<?xml")
    assert shown["vertices"] == 4
    assert 290 < shown["area_km2"] < 310


async def test_an_exercise_says_so_first_on_every_channel(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    shown = await _preview(as_officer, make.flood(), exercise=True)

    (english,) = shown["languages"]
    mark = "EXERCISE EXERCISE EXERCISE"
    for text in (
        english["sms"]["text"],
        english["push"]["title"],
        english["email"]["subject"],
        english["email"]["text"],
    ):
        assert text.startswith(mark)
    assert english["page"].count(mark) >= 3
    assert english["email"]["html"].count(mark) >= 2


async def test_languages_stand_side_by_side_with_what_is_missing(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    arabic = {"language": "ar", "event": "فيضان", "headline": "فيضان في سيدار كريك"}
    shown = await _preview(as_officer, make.flood(texts=[make.texts(), arabic]))

    english, other = shown["languages"]
    assert english["missing"] == []
    assert other["missing"] == ["description", "instruction"]
    assert other["direction"] == "rtl"
    assert other["sms"]["encoding"] == "UCS-2"
    assert 'dir="rtl"' in other["page"]
    assert shown["ready"] is False
    assert shown["cap_xml"] is None
    assert [one["pointer"] for one in shown["findings"] if one["level"] == "error"] == [
        "/texts/1/description"
    ]


async def test_a_draft_of_nothing_says_what_it_needs(
    desk: Any, as_officer: httpx.AsyncClient
) -> None:
    shown = await _preview(as_officer, {})
    errors = {one["code"] for one in shown["findings"] if one["level"] == "error"}
    assert errors == {"no-language", "no-category", "no-area", "no-expiry"}
    assert shown["languages"] == []


@pytest.mark.parametrize(
    ("ring", "code", "at"),
    [
        ([[-118.6, 35.6], [-118.4, 35.8], [-118.4, 35.6], [-118.6, 35.8], [-118.6, 35.6]],
         "self-crossing", [-118.5, 35.7]),
        ([[-118.6, 35.6], [-118.4, 35.6], [-118.4, 35.7], [-118.6, 35.7]],
         "ring-not-closed", [-118.6, 35.7]),
        ([[-118.6, 35.6], [-118.4, 35.6], [-118.6, 35.6]], "ring-too-short", [-118.6, 35.6]),
        ([[-117.7, 35.6], [-117.0, 35.6], [-117.0, 35.7], [-117.7, 35.7], [-117.7, 35.6]],
         "outside-jurisdiction", None),
    ],
)  # fmt: skip
async def test_a_bad_area_is_shown_with_its_place_and_keeps_the_alert_from_review(
    desk: Any, as_officer: httpx.AsyncClient, make: Any, ring: Any, code: str, at: Any
) -> None:
    area = {"description": "There", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    shown = await _preview(as_officer, make.flood(areas=[area]))

    (error,) = [one for one in shown["findings"] if one["level"] == "error"]
    assert error["code"] == code
    assert error["pointer"].startswith("/areas/0")
    assert error["at"] == at or (at is None and error["at"][0] > -117.6)
    alert = await desk.draft(make.flood(areas=[area]))
    assert (await as_officer.post(f"/alerts/{alert['id']}/submit")).status_code == 422


async def test_too_many_corners_are_refused_and_many_are_told(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    import math  # noqa: PLC0415

    def ring(corners: int) -> list[list[float]]:
        found = [
            [-118.5 + 0.1 * math.cos(2 * math.pi * n / corners),
             35.5 + 0.1 * math.sin(2 * math.pi * n / corners)]
            for n in range(corners)
        ]  # fmt: skip
        return [*found, found[0]]

    async def codes(corners: int) -> dict[str, str]:
        area = {"description": "x", "geometry": {"type": "Polygon", "coordinates": [ring(corners)]}}
        shown = await _preview(as_officer, make.flood(areas=[area]))
        return {one["code"]: one["level"] for one in shown["findings"]}

    assert "too-many-for-wea" not in await codes(100)
    assert (await codes(101))["too-many-for-wea"] == "warning"
    assert (await codes(2001))["too-many-vertices"] == "error"


async def test_a_circle_becomes_an_area_also_across_the_antimeridian(
    desk: Any, as_officer: httpx.AsyncClient
) -> None:
    circle = {"longitude": -118.5, "latitude": 35.5, "radius_km": 10}
    found = await _area(as_officer, circle=circle)
    assert abs(found["area_km2"] - 314) < 3
    fiji = await _area(as_officer, circle={"longitude": 179.9, "latitude": -17, "radius_km": 50})
    assert fiji["geometry"]["type"] == "MultiPolygon"
    assert fiji["findings"][0]["code"] == "outside-jurisdiction"
    pole = await _area(as_officer, circle={"longitude": 0, "latitude": 89.9, "radius_km": 50})
    assert pole["findings"][0]["code"] == "holds-pole"
    assert pole["geometry"] is None


async def test_an_upload_becomes_one_area_with_its_holes(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    def feature(geometry: Any) -> Any:
        return {"type": "Feature", "properties": {"name": "Zone 1"}, "geometry": geometry}

    point = {"type": "Point", "coordinates": [0, 0]}
    document = {"type": "FeatureCollection", "features": [feature(make.creek), feature(point)]}
    found = await _area(as_officer, geojson=document)
    assert found["description"] == "Zone 1"
    assert found["vertices"] == 4
    nothing = await as_officer.post("/alerts/areas", json={"geojson": feature(point)})
    assert nothing.status_code == 422
    assert "no Polygon" in nothing.json()["detail"]


KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Zone A</name><Polygon>
<outerBoundaryIs><LinearRing><coordinates>
-118.6,35.6,0 -118.4,35.6,0 -118.4,35.75,0 -118.6,35.75,0 -118.6,35.6,0
</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>
-118.55,35.65 -118.5,35.65 -118.5,35.7 -118.55,35.7 -118.55,35.65
</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark></Document></kml>"""


async def test_a_kml_file_becomes_an_area(desk: Any, as_officer: httpx.AsyncClient) -> None:
    found = await _area(as_officer, kml=KML)
    assert found["description"] == "Zone A"
    assert len(found["geometry"]["coordinates"]) == 2
    assert found["findings"] == []


@pytest.mark.parametrize(
    ("kml", "why"),
    [
        ("<!DOCTYPE kml [<!ENTITY a 'b'>]><kml>&a;</kml>", "DOCTYPE"),
        ("<kml>" + "<a>" * 1000 + "</a>" * 1000 + "</kml>", "well-formed"),
        ("<html/>", "not kml"),
        ("<kml/>", "no Polygon"),
        ("not xml", "not XML"),
        (KML.replace("-118.6,35.6,0", "west,north", 1), "west,north"),
    ],
)
async def test_a_hostile_or_useless_kml_is_refused_with_the_reason(
    desk: Any, as_officer: httpx.AsyncClient, kml: str, why: str
) -> None:
    response = await as_officer.post("/alerts/areas", json={"kml": kml})
    assert response.status_code == 422
    assert why in response.json()["detail"]


async def test_an_area_is_cut_to_the_jurisdiction_when_asked(
    desk: Any, as_officer: httpx.AsyncClient
) -> None:
    circle = {"longitude": -117.6, "latitude": 35.4, "radius_km": 10}
    whole = await _area(as_officer, circle=circle)
    assert whole["findings"][0]["code"] == "outside-jurisdiction"
    cut = await _area(as_officer, circle=circle, inside_jurisdiction=True)
    assert cut["findings"] == []
    assert abs(cut["area_km2"] / whole["area_km2"] - 0.5) < 0.05


async def test_an_incidents_area_is_taken_over(
    desk: Any, as_officer: httpx.AsyncClient, incidents: Any, make: Any
) -> None:
    import json  # noqa: PLC0415

    incident_id = str(uuid4())
    incidents.known[incident_id] = Incident(
        id=incident_id, name="Cedar Creek Flood", area=json.dumps(make.creek)
    )
    found = await _area(as_officer, incident_id=incident_id)
    assert found["description"] == "Cedar Creek Flood"
    assert found["geometry"]["type"] == "Polygon"
    unknown = await as_officer.post("/alerts/areas", json={"incident_id": str(uuid4())})
    assert unknown.status_code == 404
    two = await as_officer.post("/alerts/areas", json={"incident_id": incident_id, "kml": KML})
    assert two.status_code == 422


async def test_boundaries_of_the_operator_are_found_by_name_and_code(
    desk: Any, as_administrator: httpx.AsyncClient, as_officer: httpx.AsyncClient, make: Any
) -> None:
    def county(code: str, name: str, geometry: Any) -> Any:
        properties = {"GEOID": code, "NAME": name}
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    body = {
        "kind": "county",
        "code_property": "GEOID",
        "name_property": "NAME",
        "collection": {
            "type": "FeatureCollection",
            "features": [county("06029", "Kern", make.kern), county("06107", "Tulare", make.creek)],
        },
    }
    refused = await as_officer.post("/alert-boundaries", json=body)
    assert refused.status_code == 403
    for _ in range(2):  # a second import replaces the first
        done = await desk.ok(as_administrator.post("/alert-boundaries", json=body))
        assert done == {"kind": "county", "imported": 2}
    for q in ("tul", "06107"):
        (found,) = (await desk.ok(as_officer.get("/alert-boundaries", params={"q": q})))["items"]
        assert found["name"] == "Tulare"
    area = await _area(as_officer, boundary_ids=[found["id"]])
    assert (area["description"], area["vertices"]) == ("Tulare", 4)

    wrong = body | {
        "collection": {
            "type": "FeatureCollection",
            "features": [county("06029", "Kern", make.kern), county("06029", "Again", make.creek)],
        }
    }
    bad = await as_administrator.post("/alert-boundaries", json=wrong)
    assert bad.status_code == 422
    assert "/features/1" in bad.json()["errors"][0]["pointer"]
    listed = (await as_officer.get("/alert-boundaries")).json()["items"]
    assert [one["name"] for one in listed] == ["Kern", "Tulare"]


async def test_how_many_it_reaches_is_told_before_approval_and_never_guessed(
    desk: Any, as_officer: httpx.AsyncClient, notification: Any, make: Any
) -> None:
    asked = {"areas": make.flood()["areas"], "severity": "Severe", "hazard": "flood"}
    known = await desk.ok(as_officer.post("/alerts/audience", json=asked))
    assert (known["known"], known["people"]) == (True, 4211)
    assert notification.asked[0].severity == "Severe"

    notification.people = 0
    nobody = await desk.ok(as_officer.post("/alerts/audience", json=asked))
    assert (nobody["known"], nobody["people"]) == (True, 0)

    notification.silent = True
    silent = await desk.ok(as_officer.post("/alerts/audience", json=asked))
    assert (silent["known"], silent["people"]) == (False, None)
    assert "not known now" in silent["reason"]


async def test_the_terms_are_listed(as_officer: httpx.AsyncClient) -> None:
    terms = (await as_officer.get("/alerts/terms")).json()["items"]
    flood = {"key": "flood", "term": "flood", "category": "Met", "code": "OET-081"}
    assert flood in terms
    assert len({one["key"] for one in terms}) == len(terms)
