from __future__ import annotations

from typing import Any

import pytest

from alert_management.cap import (
    Alert,
    Category,
    Level,
    MsgType,
    Reading,
    Severity,
    Value,
    parse_many,
    profiles,
)
from alert_management.cap.testing import CORPUS_FOLDER, an_alert, an_area, an_info

EAS_ORG = Value("EAS-ORG", "CIV")
SHORT = Value("CMAMtext", "x" * 90)
LONG = Value("CMAMlongtext", "x" * 360)
AU_EVENTS = "https://govshare.gov.au/xmlui/handle/10772/6495"


def rules(alert: Alert, profile: profiles.ProfileName) -> list[tuple[str, str]]:
    return [
        (one.code, one.where)
        for one in profiles.check(alert, profile)
        if one.level is not Level.ADVICE
    ]


def for_ipaws(info: dict[str, Any] | None = None, **changes: Any) -> Alert:
    whole = {"parameters": (EAS_ORG, SHORT, LONG), **(info or {})}
    return an_alert(**{"codes": ("IPAWSv1.0",), "infos": (an_info(**whole),), **changes})


def for_canada(**changes: Any) -> Alert:
    area = an_area(geocodes=(Value("profile:CAP-CP:Location:0.3", "3537064"),))
    code = Value("profile:CAP-CP:Event:0.4", "flood")
    infos = tuple(
        an_info(language=language, event_codes=(code,), areas=(area,))
        for language in ("en-CA", "fr-CA")
    )
    return an_alert(**{"codes": ("profile:CAP-CP:0.4",), "infos": infos, **changes})


def for_australia(**changes: Any) -> Alert:
    area = an_area(geocodes=(Value("http://www.iso.org/iso/country_codes.html", "AU-NSW"),))
    info = an_info(language="en-AU", event_codes=(Value(AU_EVENTS, "flood"),), areas=(area,))
    code = "urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0"
    return an_alert(**{"codes": (code,), "infos": (info,), **changes})


def test_an_alert_made_for_a_profile_has_nothing_against_it() -> None:
    assert profiles.check(for_ipaws(), "ipaws") == []
    assert profiles.check(for_canada(), "cap-cp") == []
    assert profiles.check(for_australia(), "cap-au") == []


def ring(points: int) -> tuple[tuple[float, float], ...]:
    north = tuple((46.0, 7 + step / 1000) for step in range(points - 2))
    return (*north, (47.0, 7.0), (46.0, 7.0))


@pytest.mark.parametrize(
    ("alert", "found"),
    [
        (for_ipaws(codes=()), ("ipaws.code", "code")),
        (for_ipaws(infos=()), ("ipaws.info", "")),
        (for_ipaws(msg_type=MsgType.UPDATE), ("ipaws.references", "references")),
        (
            for_ipaws({"parameters": (EAS_ORG, Value("CMAMtext", "x" * 91))}),
            ("ipaws.wea-90", "info[1]/parameter[2]"),
        ),
        (
            for_ipaws({"parameters": (EAS_ORG, SHORT, Value("CMAMlongtext", "x" * 361))}),
            ("ipaws.wea-360", "info[1]/parameter[3]"),
        ),
        (for_ipaws({"expires": None}), ("ipaws.expires", "info[1]/expires")),
        (for_ipaws({"areas": ()}), ("ipaws.area", "info[1]/area")),
        (for_ipaws({"event_codes": ()}), ("ipaws.same-event", "info[1]/eventCode")),
        (
            for_ipaws({"event_codes": (Value("SAME", "FLOOD"),)}),
            ("ipaws.same-event", "info[1]/eventCode"),
        ),
        (
            for_ipaws({"areas": (an_area(polygons=(ring(101),)),)}),
            ("ipaws.wea-vertices", "info[1]/area"),
        ),
        (for_ipaws({"severity": Severity.MINOR}), ("ipaws.wea-threat", "info[1]")),
    ],
)
def test_ipaws_finds(alert: Alert, found: tuple[str, str]) -> None:
    assert rules(alert, "ipaws") == [found]


def test_a_hundred_vertices_are_still_allowed() -> None:
    assert rules(for_ipaws({"areas": (an_area(polygons=(ring(100),)),)}), "ipaws") == []


def test_a_minor_alert_that_is_not_for_phones_is_no_threat() -> None:
    quiet = for_ipaws({"severity": Severity.MINOR, "parameters": (EAS_ORG,)})

    assert rules(quiet, "ipaws") == []


def test_infos_must_speak_of_the_same() -> None:
    other = an_info(categories=(Category.FIRE,), event_codes=(Value("SAME", "FRW"),))
    alert = for_ipaws(infos=(*for_ipaws().infos, other))

    assert rules(alert, "ipaws") == [
        ("ipaws.categories", "info[2]/category"),
        ("ipaws.event-codes", "info[2]/eventCode"),
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"codes": ()}, [("cap-cp.code", "code")]),
        ({"infos": ()}, [("cap-cp.info", "")]),
        (
            {"infos": (an_info(),)},
            [("cap-cp.event", "info[1]/eventCode"), ("cap-cp.location", "info[1]/area[1]/geocode")],
        ),
        ({"msg_type": MsgType.CANCEL}, [("cap-cp.references", "references")]),
    ],
)
def test_canada_finds(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert rules(for_canada(**changes), "cap-cp") == found


def test_canada_would_like_both_languages() -> None:
    english = for_canada(infos=for_canada().infos[:1])

    assert [one.code for one in profiles.check(english, "cap-cp")] == ["cap-cp.languages"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"codes": ("IPAWSv1.0",)}, [("cap-au.code", "code")]),
        ({"infos": (an_info(),)}, [("cap-au.event-code", "info[1]/eventCode")]),
        (
            {"msg_type": MsgType.CANCEL, "infos": ()},
            [("cap-au.info", ""), ("cap-au.references", "references")],
        ),
    ],
)
def test_australia_finds(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert rules(for_australia(**changes), "cap-au") == found


def test_an_alert_names_the_profiles_it_follows() -> None:
    assert [one.name for one in profiles.claimed(for_canada())] == ["cap-cp"]
    assert profiles.claimed(an_alert()) == []


@pytest.mark.parametrize("profile", profiles.PROFILES)
def test_codes_of_a_profile_are_its_own_and_its_sentences_whole(profile: str) -> None:
    rows = profiles.PROFILES[profile].rows

    assert len({row.code for row in rows}) == len(rows)
    assert all(row.text.startswith(("must ", "should ", "is ")) for row in rows)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("eccc_T_WOCN11_C_CWHX_202210101814_1032737847.cap", "cap-cp"),
        ("google_canada_signed.cap", "cap-cp"),
        ("oasiscap_ipaws-5e7e0fc5023f1930efcf3deb.xml", "ipaws"),
    ]
    if CORPUS_FOLDER
    else [],
)
def test_real_alerts_keep_the_profile_they_name(name: str, profile: profiles.ProfileName) -> None:
    assert CORPUS_FOLDER
    (reading,) = parse_many((CORPUS_FOLDER / name).read_bytes())
    assert isinstance(reading, Reading)

    assert profile in {one.name for one in profiles.claimed(reading.alert)}
    assert rules(reading.alert, profile) == []
