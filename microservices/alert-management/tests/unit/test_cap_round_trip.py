from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alert_management.cap import (
    Alert,
    Area,
    CapError,
    Category,
    Certainty,
    Circle,
    Info,
    Level,
    MsgType,
    Reading,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Value,
    check,
    parse,
    parse_many,
    serialize,
)
from alert_management.cap.official import OfficialSchemas
from alert_management.cap.schema import violations
from alert_management.cap.testing import CORPUS, REAL, an_alert, an_area, an_info
from alert_management.cap.xml import read_xml

OFFICIAL = OfficialSchemas.load(REAL / "cap/xsd") if REAL else None

# Every character that XML can hold, markup and carriage returns among them.
characters = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"
) | st.sampled_from("\t\n\r<>&\"']]>")
verbatim = st.text(characters, min_size=1, max_size=40).filter(lambda text: text.strip(" \t\r\n"))
line = verbatim.map(lambda text: text.strip(" \t\r\n"))
token = st.text(st.sampled_from("abcXYZ019-._:@/é"), min_size=1, max_size=20)
member = (
    line.map(lambda text: text.replace('"', ""))
    .filter(lambda text: text.strip(" \t\r\n"))
    .map(lambda text: text.strip(" \t\r\n"))
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
first, last = datetime.fromisoformat("1000-01-03"), datetime.fromisoformat("9999-12-28")
moments = st.datetimes(first, last, timezones=offsets).map(
    lambda moment: moment.replace(microsecond=0)
)
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@st.composite
def polygons(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """A star around a point, which never crosses itself."""
    latitude, longitude = draw(st.floats(-80, 80)), draw(st.floats(-170, 170))
    count = draw(st.integers(3, 12))
    spokes = draw(st.lists(st.floats(0.5, 5), min_size=count, max_size=count))
    points = [
        (
            latitude + reach * math.sin(2 * math.pi * step / count),
            longitude + reach * math.cos(2 * math.pi * step / count),
        )
        for step, reach in enumerate(spokes)
    ]
    return (*points, points[0])


values = st.builds(Value, line, st.just("") | line)
feet = st.none() | st.decimals(-1000, 100000, places=2) | st.just(Decimal("1E+3"))
areas = st.builds(
    Area,
    description=line,
    polygons=st.lists(polygons(), max_size=2).map(tuple),
    circles=st.lists(st.builds(Circle, latitudes, longitudes, st.floats(0, 20000)), max_size=2).map(
        tuple
    ),
    geocodes=st.lists(values, max_size=2).map(tuple),
    altitude=feet,
    ceiling=feet,
)
uris = st.sampled_from(["https://a.example/x?y=1&z=<2>#f", "map.png", "urn:oid:1.2.3"])
resources = st.builds(
    Resource,
    description=line,
    mime_type=line,
    size=st.none() | st.integers(0, 10**12),
    uri=st.none() | uris,
    deref_uri=st.none() | st.just("aGVsbG8="),
    digest=st.none() | st.just("ab" * 20),
)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    sent = draw(moments)
    later = st.none() | st.integers(0, 10**6).map(lambda seconds: _later(sent, seconds))
    infos = st.builds(
        Info,
        language=st.sampled_from(["en-US", "fr", "zh-Hant-TW", "de-CH-x-wallis"]),
        categories=st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
        event=line,
        response_types=st.lists(st.sampled_from(ResponseType), max_size=3).map(tuple),
        urgency=st.sampled_from(Urgency),
        severity=st.sampled_from(Severity),
        certainty=st.sampled_from(Certainty),
        audience=st.none() | line,
        event_codes=st.lists(values, max_size=2).map(tuple),
        effective=st.none() | moments,
        onset=st.none() | moments,
        expires=later,
        sender_name=st.none() | line,
        headline=st.none() | line,
        description=st.none() | verbatim,
        instruction=st.none() | verbatim,
        web=st.none() | uris,
        contact=st.none() | line,
        parameters=st.lists(values, max_size=3).map(tuple),
        resources=st.lists(resources, max_size=2).map(tuple),
        areas=st.lists(areas, max_size=2).map(tuple),
    )
    return Alert(
        identifier=draw(token),
        sender=draw(token),
        sent=sent,
        status=draw(st.sampled_from(Status)),
        msg_type=draw(st.sampled_from(MsgType)),
        source=draw(st.none() | line),
        scope=draw(st.sampled_from(Scope)),
        restriction=draw(st.none() | line),
        addresses=draw(st.lists(member, max_size=3).map(tuple)),
        codes=draw(st.lists(line, max_size=3).map(tuple)),
        note=draw(st.none() | verbatim),
        references=draw(
            st.lists(st.builds(Reference, token, token, moments), max_size=3).map(tuple)
        ),
        incidents=draw(st.lists(member, max_size=3).map(tuple)),
        infos=draw(st.lists(infos, max_size=2).map(tuple)),
    )


def _later(sent: datetime, seconds: int) -> datetime:
    try:
        return sent + timedelta(seconds=seconds)
    except OverflowError:
        return sent


@settings(max_examples=100, deadline=None)
@given(alerts())
def test_any_alert_comes_back_as_it_went(alert: Alert) -> None:
    written = serialize(alert, foreign=True)

    reading = parse(written)

    assert reading.alert == alert
    assert reading.tolerated == ()
    root = read_xml(written).root
    assert violations(root) == []
    assert not (OFFICIAL and OFFICIAL.violations(root))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_every_real_alert_survives_being_sent_on(file: Path) -> None:
    try:
        found = parse_many(file.read_bytes())
    except CapError:
        return
    for reading in found:
        if isinstance(reading, Reading):
            written = serialize(reading.alert, foreign=True)

            again = parse(written)

            assert again.alert == reading.alert
            assert again.tolerated == ()
            assert violations(read_xml(written).root) == []
            assert not (OFFICIAL and OFFICIAL.violations(read_xml(written).root))


def test_utc_is_written_as_the_standard_wants_it_and_never_as_z() -> None:
    utc = an_alert(sent=datetime.fromisoformat("2031-05-04T07:30:00Z"))

    text = serialize(utc).decode()

    assert "<sent>2031-05-04T07:30:00-00:00</sent>" in text
    assert "Z<" not in text


def test_references_are_written_whole() -> None:
    first = an_alert()
    update = an_alert(
        identifier="mill-river-8", msg_type=MsgType.UPDATE, references=(first.reference,)
    )

    text = serialize(update).decode()

    assert (
        "<references>duty@mill-river.example,mill-river-7,2031-05-04T09:30:00+02:00</references>"
        in text
    )
    assert parse(text.encode()).alert.references == (first.reference,)


UNSOUND: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("offset", {"sent": datetime(2031, 5, 4, 9, 30)}, {}, {}),  # noqa: DTZ001  # that is the point
    ("fraction", {"sent": datetime.fromisoformat("2031-05-04T09:30:00.5+02:00")}, {}, {}),
    ("offset", {"sent": datetime.fromisoformat("2031-05-04T09:30:00+02:00:30")}, {}, {}),
    ("empty", {"identifier": " "}, {}, {}),
    ("space", {"source": " desk"}, {}, {}),
    ("character", {"note": "bell \x07"}, {}, {}),
    ("character", {"note": "half \ud800"}, {}, {}),
    ("quote", {"addresses": ('the "mayor"',)}, {}, {}),
    ("reference", {"references": (Reference("a b", "1", an_alert().sent),)}, {}, {}),
    ("language", {}, {"language": "en_GB"}, {}),
    ("category", {}, {"categories": ()}, {}),
    ("uri", {}, {"web": "http://a.example/%zz"}, {}),
    ("expires", {}, {"expires": datetime.fromisoformat("2031-05-04T08:30:00+02:00")}, {}),
    ("polygon", {}, {}, {"polygons": (((1, 1), (1, 2), (2, 2), (2, 1)),)}),
    ("polygon", {}, {}, {"polygons": (((1, 1), (2, 2), (1, 2), (2, 1), (1, 1)),)}),
    ("polygon", {}, {}, {"polygons": (((math.nan, 1), (2, 2), (1, 2), (2, 1), (math.nan, 1)),)}),
    ("polygon", {}, {}, {"polygons": ((),)}),
    ("circle", {}, {}, {"circles": (Circle(91, 0, 1),)}),
    ("circle", {}, {}, {"circles": (Circle(0, 0, math.inf),)}),
    ("altitude", {}, {}, {"altitude": Decimal("NaN")}),
    ("value", {}, {}, {"geocodes": (Value("", ""),)}),
]


@pytest.mark.parametrize(("code", "alert", "info", "area"), UNSOUND)
def test_nothing_invalid_is_ever_written(
    code: str, alert: dict[str, Any], info: dict[str, Any], area: dict[str, Any]
) -> None:
    unsound = an_alert(**{"infos": (an_info(**{"areas": (an_area(**area),), **info}),), **alert})

    assert code in {one.code for one in check(unsound) if one.level is Level.ERROR}
    for foreign in (False, True):
        with pytest.raises(CapError):
            serialize(unsound, foreign=foreign)


AGAINST_THE_PROSE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("identifier", {"identifier": "two words"}, {}),
    ("identifier", {"sender": "a,b"}, {}),
    ("restriction", {"scope": Scope.RESTRICTED}, {}),
    ("addresses", {"scope": Scope.PRIVATE}, {}),
    ("references", {"msg_type": MsgType.CANCEL}, {}),
    ("reference", {"references": (an_alert().reference,)}, {}),
    ("info", {"infos": ()}, {}),
    ("web", {}, {"web": "javascript:alert(1)"}),
    ("empty", {}, {"event": ""}),
    ("ceiling", {}, {"areas": (an_area(ceiling=Decimal(100)),)}),
    ("expires", {}, {"onset": datetime.fromisoformat("2031-05-05T08:30:00+02:00")}),
    ("digest", {}, {"resources": (Resource(description="m", mime_type="a/b", digest="x"),)}),
    ("derefUri", {}, {"resources": (Resource(description="m", mime_type="a/b", deref_uri="!"),)}),
]


@pytest.mark.parametrize(("code", "alert", "info"), AGAINST_THE_PROSE)
def test_ours_keep_to_the_prose_and_others_are_sent_on_as_they_came(
    code: str, alert: dict[str, Any], info: dict[str, Any]
) -> None:
    ours = an_alert(**{"infos": (an_info(**info),), **alert})

    assert [one.code for one in check(ours) if one.level is Level.RULE] == [code]
    with pytest.raises(CapError):
        serialize(ours)
    assert parse(serialize(ours, foreign=True)).alert == ours


def test_advice_stops_nobody() -> None:
    bare = an_alert(infos=(an_info(areas=(), headline="x" * 161),), status=Status.EXERCISE)

    assert {one.code for one in check(bare)} == {"area", "headline", "note"}
    assert serialize(bare)
