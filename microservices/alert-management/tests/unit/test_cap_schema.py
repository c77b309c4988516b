from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from alert_management.cap.official import OfficialSchemas, SchemaUnreadableError
from alert_management.cap.parsing import ALERTS
from alert_management.cap.schema import violations
from alert_management.cap.testing import ALERT_XML, CORPUS, REAL
from alert_management.cap.xml import Element, read_xml

SCHEMAS = [REAL / "cap/xsd"] if REAL else []
ATTACKS = {"google_xee.cap", "google_xee.atom"}
READABLE = [file for file in CORPUS if file.name not in ATTACKS]

NOW = "2031-05-04T09:30:00"
TEXTS = [
    *(
        "",
        " ",
        "Actual",
        " Actual",
        "AllClear",
        "Very Likely",
        "en_US",
        "en-US-x-a",
        "abcdefghi",
        "٣",
    ),
    *(f"{NOW}Z", NOW, f"{NOW}+14:00", f"{NOW}+14:01", f"{NOW}.5-02:00", f" {NOW}-02:00\n"),
    *("2031-02-29T00:00:00-00:00", "2032-02-29T00:00:00-00:00", "1900-02-29T00:00:00-00:00"),
    *("2031-05-04T24:00:00-00:00", "2031-05-04T24:00:01-00:00", "2031-05-04T09:60:00-00:00"),
    *("0000-05-04T09:30:00-00:00", "12031-05-04T09:30:00-00:00", "-0031-05-04T09:30:00Z"),
    *("12", "-1", "+5", "1.5", ".5", "5.", "1e5", "NaN", "INF", "--5", " 7 "),
    *("http://a b/", "http://[::1]/", "http://a/%zz", "http://a/%20", "http://h:8x/", "http://h:/"),
    *(
        "::",
        "a:b",
        "1:b",
        "a/b:c",
        "mailto:a@b",
        "//h/p",
        "?q",
        "#a#b",
        "http://h/[a]",
        "http://h/a?b=[c]",
    ),
]
NAMES = [
    "info",
    "area",
    "foo",
    "valueName",
    "value",
    "polygon",
    "language",
    "code",
    "references",
    "sent",
]
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def alerts_in(data: bytes) -> list[Element]:
    return [copy.deepcopy(alert) for alert in read_xml(data).root.iter(*ALERTS)]


def against(before: str, after: str) -> list[str]:
    assert before in ALERT_XML
    root = read_xml(ALERT_XML.replace(before, after).encode()).root
    return [str(problem) for problem in violations(root)]


def test_a_sound_alert_has_nothing_against_it() -> None:
    assert violations(read_xml(ALERT_XML.encode()).root) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("<status>Actual</status>", "", "line 7: <status> is missing before <msgType>"),
        (
            "Actual",
            " Actual",
            "line 6: status: ' Actual' is none of Actual, Exercise, System, Test, Draft",
        ),
        (
            "+02:00</sent>",
            "Z</sent>",
            "line 5: sent: '2031-05-04T09:30:00Z' is no date and time with whole",
        ),
        ("<scope>", "<colour>red</colour><scope>", "line 8: <colour> is not known here"),
        ("</event>", "</event><event>Fire</event>", "line 12: info[1]: <event> stands here twice"),
        (
            "<headline>",
            "<contact>a</contact><headline>",
            "line 17: info[1]: <headline> is out of order",
        ),
        (
            "<headline>",
            '<headline lang="en">',
            "line 17: info[1]/headline: <headline> may have no attribute lang",
        ),
        ("Flood</", "Flo<b/>od</", "line 12: info[1]/event: <b> stands where only text may"),
        ("<info>", "<info>so", "line 9: info[1]: text stands directly in <info>"),
        (
            "</area>",
            "<altitude>high</altitude></area>",
            "line 21: info[1]/area[1]/altitude: 'high' is no decimal",
        ),
        (
            "</headline>",
            "</headline><web>http://[</web>",
            "line 17: info[1]/web: 'http://[' is no URI",
        ),
        ("cap:1.2", "cap:1.3", "line 2: <alert> is no alert of CAP 1.0, 1.1 or 1.2"),
    ],
)
def test_what_the_schema_forbids_is_named_with_its_line(before: str, after: str, said: str) -> None:
    found = against(before, after)

    assert [said] == [one[: len(said)] for one in found]


def test_a_signature_may_stand_at_the_end_of_cap_1_2_only() -> None:
    signature = '<s:Signature xmlns:s="http://www.w3.org/2000/09/xmldsig#"/>'

    assert against("</alert>", f"{signature}</alert>") == []
    assert against("<scope>", f"{signature}<scope>")
    old = ALERT_XML.replace("cap:1.2", "cap:1.1").replace("</alert>", f"{signature}</alert>")
    assert violations(read_xml(old.encode()).root)


@pytest.mark.parametrize("folder", SCHEMAS)
def test_our_tables_and_the_xsd_agree_on_every_real_alert(folder: Path) -> None:
    official = OfficialSchemas.load(folder)
    assert set(official.by_version) == {"1.0", "1.1", "1.2"}
    judged = 0
    for file in READABLE:
        for alert in alerts_in(file.read_bytes()):
            judged += 1
            assert bool(violations(alert)) is bool(official.violations(alert)), file.name
    assert judged >= 70


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("folder", SCHEMAS)
def test_our_tables_and_the_xsd_agree_on_broken_copies(folder: Path, seed: int) -> None:
    official = OfficialSchemas.load(folder)
    chance = random.Random(seed)
    small = [file for file in READABLE if file.stat().st_size < 12_000]
    models = [alert for file in small for alert in alerts_in(file.read_bytes())]
    verdicts: set[bool] = set()
    for _ in range(300):
        broken = copy.deepcopy(chance.choice(models))
        for _ in range(chance.choice([1, 1, 1, 2])):
            chance.choice(BREAKS)(broken, chance)
        text = etree.tostring(broken, with_tail=False)
        alert = read_xml(text).root
        theirs = official.violations(alert)
        assert bool(violations(alert)) is bool(theirs), (theirs, text.decode())
        verdicts.add(bool(theirs))
    assert verdicts == {True, False}


def test_what_is_no_schema_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "some.xsd").write_text("<html/>", encoding="utf-8")

    with pytest.raises(SchemaUnreadableError, match="no schema of CAP"):
        OfficialSchemas.load(tmp_path)
    with pytest.raises(SchemaUnreadableError, match=r"nothing\.xsd"):
        OfficialSchemas.load(tmp_path / "nothing.xsd")


# What is inside a signature is another standard's.
def _any(alert: Element, chance: random.Random) -> Element:
    return chance.choice([one for one in alert.iter() if "xmldsig" not in str(one.tag)])


def _space(element: Element) -> str:
    return str(element.tag).rpartition("}")[0] + "}"


def _remove(alert: Element, chance: random.Random) -> None:
    one = _any(alert, chance)
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _double(alert: Element, chance: random.Random) -> None:
    one = _any(alert, chance)
    if one is not alert:
        one.addnext(copy.deepcopy(one))


def _move(alert: Element, chance: random.Random) -> None:
    children = list(_any(alert, chance))
    if len(children) > 1:
        first, second = chance.sample(children, 2)
        first.addnext(second)


def _write(alert: Element, chance: random.Random) -> None:
    leaves = [one for one in alert.iter() if not len(one) and "xmldsig" not in str(one.tag)]
    if leaves:
        chance.choice(leaves).text = chance.choice(TEXTS)


def _rename(alert: Element, chance: random.Random) -> None:
    one = _any(alert, chance)
    if one is not alert:
        one.tag = _space(one) + chance.choice(NAMES)


def _add(alert: Element, chance: random.Random) -> None:
    one = _any(alert, chance)
    name = chance.choice([_space(one) + chance.choice(NAMES), "{urn:other}x", "bare", SIGNATURE])
    etree.SubElement(one, name).text = chance.choice(["", None, "x"])


def _decorate(alert: Element, chance: random.Random) -> None:
    one = _any(alert, chance)
    instance = "{http://www.w3.org/2001/XMLSchema-instance}"
    chance.choice(
        [
            lambda: one.set("colour", "red"),
            lambda: one.set(f"{instance}schemaLocation", "a b"),
            lambda: one.set("{http://www.w3.org/XML/1998/namespace}lang", "en"),
            lambda: setattr(one, "tail", "stray") if one is not alert else None,
        ]
    )()


BREAKS: list[Callable[[Element, random.Random], None]] = [
    *(_remove, _double, _move, _write, _write, _write, _rename, _add, _decorate)
]
