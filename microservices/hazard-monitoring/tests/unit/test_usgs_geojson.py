from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazard_monitoring.domain.hazards import HazardKind, Observation, Severity, Withdrawal
from hazard_monitoring.feeds.plugin import DocumentRejected
from hazard_monitoring.feeds.usgs_geojson import UsgsGeojson

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REAL = Path("/work/shared/data/hazards")
FILES = {
    "usgs_1.0_7day_2019.json": 1304,
    "usgs_1.0_day_2019.json": 158,
    "shakecast_first.json": 1,
    "shakecast_updated.json": 1,
    "shakecast_test_json_feed.json": 3,
}

Json = dict[str, Any]


def feature(**properties: object) -> Json:
    return {
        "type": "Feature",
        "id": "ci38457511",
        "properties": {
            "mag": 7.1,
            "place": "18km W of Searles Valley, CA",
            "time": 1562383193040,
            "updated": 1562383500000,
            "ids": ",ci38457511,us70004ycs,",
            "status": "automatic",
            "tsunami": 0,
            "alert": None,
            "type": "earthquake",
            "magType": "mw",
            "title": "M 7.1 - 18km W of Searles Valley, CA",
            "url": "https://earthquake.usgs.gov/earthquakes/eventpage/ci38457511",
            **properties,
        },
        "geometry": {"type": "Point", "coordinates": [-117.599, 35.77, 8.0]},
    }


def document(*features: object, **metadata: object) -> bytes:
    return json.dumps(
        {"type": "FeatureCollection", "metadata": metadata, "features": list(features)}
    ).encode()


def parse(body: bytes) -> tuple[list[Observation | Withdrawal], list[str]]:
    found = UsgsGeojson().parse(body, received_at=NOW)
    return list(found.reports), [rejected.reason for rejected in found.rejected]


def only(**properties: object) -> Observation:
    (report,), rejected = parse(document(feature(**properties)))
    assert not rejected
    assert isinstance(report, Observation)
    return report


def whole(body: bytes) -> str:
    with pytest.raises(DocumentRejected) as refused:
        UsgsGeojson().parse(body, received_at=NOW)
    return refused.value.reason


@pytest.mark.parametrize("name", [name for name in FILES if (REAL / name).exists()])
def test_every_event_of_a_real_file_is_read(name: str) -> None:
    body = (REAL / name).read_bytes()
    reports, rejected = parse(body)
    assert rejected == []
    assert {r.external_id for r in reports} == {f["id"] for f in json.loads(body)["features"]}
    assert len(reports) == FILES[name]


def test_an_event_is_read_in_the_professions_words() -> None:
    found = only()
    assert found.kind is HazardKind.EARTHQUAKE
    assert (found.longitude, found.latitude, found.depth_km) == (-117.599, 35.77, 8.0)
    assert found.occurred_at == datetime(2019, 7, 6, 3, 19, 53, 40_000, tzinfo=UTC)
    assert found.ids == ("ci38457511", "us70004ycs")
    assert found.severity is Severity.EXTREME
    assert only(alert="orange").severity is Severity.SEVERE
    assert only(mag=None).severity is Severity.UNKNOWN


def test_what_real_feeds_leave_out_is_left_out() -> None:
    found = only(mag=None, place=None, title=None, tsunami=None, ids=None, felt=None, url=None)
    assert (found.title, found.ids) == ("M ? - place unknown", ("ci38457511",))
    assert not found.tsunami
    flat = feature()
    flat["geometry"]["coordinates"] = [-117.599, 35.77]
    (report,), _ = parse(document(flat))
    assert isinstance(report, Observation)
    assert report.depth_km is None


def test_a_depth_above_the_sea_is_a_depth() -> None:
    raised = feature()
    raised["geometry"]["coordinates"][2] = -1.6
    (report,), rejected = parse(document(raised))
    assert isinstance(report, Observation)
    assert (report.depth_km, rejected) == (-1.6, [])


def test_a_deleted_event_needs_nothing_but_its_id_and_time() -> None:
    gone = feature(status="DELETED", mag=None, time=None) | {"geometry": None}
    (report,), _ = parse(document(gone))
    assert isinstance(report, Withdrawal)


def test_a_link_that_is_not_a_web_page_is_not_shown() -> None:
    assert only(url="javascript:alert(1)").url is None


def nested(levels: int) -> list[Any]:
    return [] if levels == 0 else [nested(levels - 1)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"geometry.coordinates": [float("nan"), 35.7, 8]}, "not-finite"),
        ({"geometry.coordinates": [-117.5, float("inf"), 8]}, "not-finite"),
        ({"geometry.coordinates": ["-117.5", "35.7", 8]}, "wrong-type"),
        ({"geometry.coordinates": [35.7, -117.5, 8]}, "out-of-range"),
        ({"geometry.coordinates": [-217.5, 35.7, 8]}, "out-of-range"),
        ({"geometry.coordinates": [None, 35.7, 8]}, "bad-geometry"),
        ({"geometry.type": "Polygon"}, "bad-geometry"),
        ({"geometry": None}, "bad-geometry"),
        ({"properties.mag": "big"}, "wrong-type"),
        ({"properties.mag": True}, "wrong-type"),
        ({"properties.mag": 10**400}, "out-of-range"),
        ({"properties.time": "yesterday"}, "wrong-type"),
        ({"properties.time": None}, "wrong-type"),
        ({"properties.time": 10**400}, "out-of-range"),
        ({"properties.updated": 4_000_000_000_000}, "out-of-range"),
        ({"properties.alert": "purple"}, "wrong-type"),
        ({"properties.tsunami": 7}, "out-of-range"),
        ({"properties.place": "Searles\x00Valley"}, "control-characters"),
        ({"properties.place": "\ud800"}, "control-characters"),
        ({"properties.place": "x" * 70_000}, "too-large"),
        ({"properties.place": "x" * 400}, "too-long"),
        ({"properties.ids": "' or 1=1"}, "wrong-type"),
        ({"properties": []}, "wrong-type"),
        ({"id": None}, "no-id"),
        ({"id": "../../etc/passwd"}, "no-id"),
        ({"type": "Fixture"}, "wrong-type"),
        ({"extra": nested(40)}, "too-deep"),
    ],
)
def test_one_bad_event_is_set_aside_with_its_reason_and_loses_no_other(
    change: Json, expected: str
) -> None:
    bad = feature()
    for path, value in change.items():
        *outer, name = path.split(".")
        (bad[outer[0]] if outer else bad)[name] = value
    reports, rejected = parse(document(bad, feature() | {"id": "us70004ycs"}))
    assert rejected == [expected]
    assert [report.external_id for report in reports] == ["us70004ycs"], "the good one is kept"


def test_a_feature_that_is_no_object_is_set_aside() -> None:
    reports, rejected = parse(document("earthquake", 7, None, [], feature()))
    assert (len(reports), rejected) == (1, ["wrong-type"] * 4)


def test_a_key_twice_in_an_event_is_set_aside() -> None:
    body = document(feature(), feature() | {"id": "us1"})
    twice = body.replace(b'"mag": 7.1', b'"mag": 7.1, "mag": 2.0', 1)
    reports, rejected = parse(twice)
    assert ([r.external_id for r in reports], rejected) == (["us1"], ["duplicate-keys"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!doctype html><title>Maintenance</title>", "not-json"),
        (b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>', "not-json"),
        (document(feature())[:200], "not-json"),
        (b"\xff\xfe\x00", "not-json"),
        (b"[" * 200_000, "too-deep"),
        (b"[1]", "wrong-shape"),
        (b'{"type":"FeatureCollection"}', "wrong-shape"),
        (b'{"type":"FeatureCollection","features":{}}', "wrong-shape"),
        (b'{"type":"Topology","features":[]}', "wrong-shape"),
        (b'{"type":"FeatureCollection","features":[],"features":[]}', "duplicate-keys"),
        (b'{"type":"FeatureCollection","metadata":7,"features":[]}', "wrong-shape"),
        (document(generated="soon"), "wrong-shape"),
        (b'{"a":' + b"9" * 5000 + b"}", "not-json"),
        (b'{"type":"FeatureCollection","features":[' + b"0," * 50_000 + b"0]}", "too-many"),
    ],
)
def test_a_document_that_cannot_be_trusted_is_refused_whole(body: bytes, expected: str) -> None:
    assert whole(body) == expected


def test_an_empty_collection_is_good_news_not_a_failure() -> None:
    found = UsgsGeojson().parse(document(generated=1562383500000), received_at=NOW)
    assert found.generated_at == datetime(2019, 7, 6, 3, 25, tzinfo=UTC)
    assert not found.reports


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_get_past_the_parser_as_anything_but_a_refusal(body: bytes) -> None:
    with pytest.raises(DocumentRejected):
        UsgsGeojson().parse(body, received_at=NOW)


@given(key=st.sampled_from(sorted(feature()["properties"])), value=anything)
def test_any_value_in_any_field_is_read_or_set_aside(key: str, value: object) -> None:
    found = UsgsGeojson().parse(document(feature(**{key: value})), received_at=NOW)
    assert len(found.reports) + len(found.rejected) == 1
