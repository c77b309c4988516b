from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alert_management.cap import (
    CapError,
    Leniency,
    Link,
    Problem,
    Reading,
    Reference,
    Refused,
    Scope,
    SignatureState,
    Value,
    parse,
    parse_many,
)
from alert_management.cap.model import Category, Certainty
from alert_management.cap.testing import ALERT_XML, CORPUS

POLYGON = "46.10,7.10 46.10,7.20 46.20,7.20 46.20,7.10 46.10,7.10"
CAP = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'


def changed(*changes: tuple[str, str]) -> bytes:
    text = ALERT_XML
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text.encode()


def codes(reading: Reading) -> set[Leniency]:
    return {one.code for one in reading.tolerated}


def refusal(*changes: tuple[str, str]) -> list[Problem]:
    with pytest.raises(CapError) as refused:
        parse(changed(*changes))
    return refused.value.problems


def test_a_strict_alert_is_read_without_a_word() -> None:
    reading = parse(ALERT_XML.encode())

    assert reading.tolerated == ()
    assert reading.version == "1.2"
    assert reading.signature.state is SignatureState.NONE
    assert reading.source == ALERT_XML.encode()
    assert reading.alert.sent == datetime(2031, 5, 4, 7, 30, tzinfo=UTC)
    assert reading.alert.infos[0].categories == (Category.MET,)
    assert reading.alert.infos[0].areas[0].polygons[0][1] == (46.1, 7.2)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (POLYGON, f"({POLYGON})", Leniency.PARENTHESES),
        (POLYGON, POLYGON.replace(" ", ") (").join("()"), Leniency.PARENTHESES),
        (POLYGON, POLYGON.replace(",", ", "), Leniency.SEPARATORS),
        (POLYGON, POLYGON.replace(",", " "), Leniency.SEPARATORS),
        (POLYGON, POLYGON.replace("46.20,7.20", "46.20,7.20,"), Leniency.SEPARATORS),
        ("09:30:00+02:00", "07:30:00Z", Leniency.OFFSET),
        ("09:30:00+02:00", "07:30:00", Leniency.OFFSET),
        ("09:30:00+02:00", "09:30:00+0200", Leniency.TIME_FORM),
        ("04T09:30:00+02:00", "04 09:30+02:00", Leniency.TIME_FORM),
        ("09:30:00+02:00", "09:30:00.250+02:00", Leniency.FRACTION),
        ("<identifier>mill-river-7", "<identifier>\n  mill-river-7 ", Leniency.WHITESPACE),
        ("Immediate", "immediate", Leniency.LETTER_CASE),
        (
            "<scope>Public</scope>",
            "<scope>Public</scope><restriction/><note> </note>",
            Leniency.EMPTY,
        ),
        ("</polygon>", "</polygon><circle/><geocode/>", Leniency.EMPTY),
        (
            "</headline>",
            '</headline><web xml:space="preserve">http://a.example/</web>',
            Leniency.DROPPED,
        ),
        ("</info>", '<x xmlns="urn:other">1</x></info>', Leniency.DROPPED),
        ("</info>\n", "</info>)\n", Leniency.PARENTHESES),
        ("en-GB", "en_GB", Leniency.SEPARATORS),
        ("</polygon>", "</polygon><altitude>high</altitude>", Leniency.DROPPED),
    ],
)
def test_what_has_one_meaning_only_is_forgiven_and_said(
    before: str, after: str, code: Leniency
) -> None:
    reading = parse(changed((before, after)))

    assert codes(reading) == {code}
    strict = parse(ALERT_XML.encode()).alert
    web = reading.alert.infos[0].web
    assert strict.sent == reading.alert.sent
    assert strict.infos[0].areas == reading.alert.infos[0].areas
    assert web in {None, "http://a.example/"}


def test_elements_in_another_order_are_read_in_caps() -> None:
    order = ("<status>Actual</status>\n", ""), ("<scope>", "<status>Actual</status><scope>")

    reading = parse(changed(*order))

    assert codes(reading) == {Leniency.ORDER}
    assert reading.alert == parse(ALERT_XML.encode()).alert


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("<status>Actual</status>", "<status>Real</status>", 6, "'Real' is none of Actual"),
        ("  <scope>Public</scope>\n", "", 2, "<scope> is missing"),
        ("<event>Flood</event>", "<event>Flood</event><event>Fire</event>", 12, "twice"),
        ("</headline>", "</headline><reference>x</reference>", 17, "<reference> is not known"),
        ("46.10,7.10</polygon>", "46.11,7.10</polygon>", 20, "not closed"),
        (
            POLYGON,
            "46.1,7.1 46.2,7.2 46.1,7.2 46.2,7.1 46.1,7.1",
            20,
            "crosses itself near 46.15,7.15",
        ),
        (POLYGON, "46.1,7.1 46.2,7.2 46.1,7.1", 20, "needs at least 4"),
        (POLYGON, "146.1,7.1 46.2,7.2 46.2,7.3 146.1,7.1", 20, "latitude and longitude swapped"),
        (POLYGON, "46.1 7.1 46.2 7.2 46.2 7.3 46.1", 20, "no pairs"),
        (POLYGON, "N46,E7", 20, "not made of latitudes"),
        (POLYGON, "1e999,7 1,7 1,8 1e999,7", 20, "not on earth"),
        (f"<polygon>{POLYGON}</polygon>", "<circle>46,7 -3</circle>", 20, "radius of -3"),
        (f"<polygon>{POLYGON}</polygon>", "<circle>46,7</circle>", 20, "2 numbers"),
        ("04T15:30", "04T08:30", 16, "before it was sent"),
        ("2031-05-04T15:30:00+02:00", "tomorrow", 16, "no date and time"),
        ("2031-05-04T15:30:00+02:00", "2031-02-29T15:30:00+02:00", 16, "no date and time"),
        ("2031-05-04T15:30:00+02:00", "2031-05-04T15:30:00+15:00", 16, "no date and time"),
        ("<identifier>mill-river-7</identifier>", "<identifier> </identifier>", 3, "is empty"),
        ("<event>Flood", "<event>Flo<b/>od", 12, "only text may"),
        ("</status>", "</status>and so on", 2, "stands between elements"),
        ("<urgency>Immediate</urgency>", "<urgency/>", 13, "is empty"),
    ],
)
def test_the_rest_is_refused_with_line_and_reason(
    before: str, after: str, line: int, reason: str
) -> None:
    problems = refusal((before, after))

    assert [problem.line for problem in problems] == [line]
    assert reason in problems[0].text


def test_every_reason_is_given_at_once() -> None:
    problems = refusal(("Severe", "Awful"), ("Actual", "Real"), ("46.10,7.10</", "1,1</"))

    assert [problem.line for problem in problems] == [6, 14, 20]
    assert str(problems[2]) == (
        "line 20: info[1]/area[1]/polygon[1]: is not closed: its last point must equal its first"
    )


def test_a_comment_inside_a_text_cuts_nothing_off() -> None:
    reading = parse(changed(("The Mill River is", "The Mill<!-- never --> River<?x?> is")))

    assert reading.alert.infos[0].headline == "The Mill River is over its banks"


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "utf-8"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = ALERT_XML.replace("UTF-8", encoding).replace("Lower town", "Côté")

    reading = parse(text.encode(encoding))

    assert reading.alert.infos[0].areas[0].description == "Côté"
    assert codes(reading) == (set() if encoding == "utf-8" else {Leniency.ENCODING})


def test_white_space_before_the_declaration_is_forgiven_and_lines_still_count() -> None:
    assert codes(parse(b"\n\n" + ALERT_XML.encode())) == {Leniency.WHITESPACE}
    with pytest.raises(CapError) as refused:
        parse(b"\n\n" + changed(("Actual", "Real")))
    assert refused.value.problems[0].line == 8


def test_references_are_whole_or_kept_aside() -> None:
    text = "(a@b.example,one 1,2031-05-03T09:30:00+02:00) just-a-number a@b.example,two,2031-05-03T09:30:00Z"

    reading = parse(changed(("</scope>", f"</scope><references>{text}</references>")))

    first, second = reading.alert.references
    assert first == Reference("a@b.example", "one 1", datetime(2031, 5, 3, 7, 30, tzinfo=UTC))
    assert second.identifier == "two"
    assert reading.loose_references == ("just-a-number",)
    assert codes(reading) == {Leniency.PARENTHESES, Leniency.REFERENCE, Leniency.OFFSET}


def test_lists_keep_members_with_spaces() -> None:
    lists = (
        '</scope><addresses>a@b.example "the mayor" c</addresses><incidents>"Storm Ada"</incidents>'
    )

    alert = parse(changed(("</scope>", lists))).alert

    assert alert.addresses == ("a@b.example", "the mayor", "c")
    assert alert.incidents == ("Storm Ada",)


def test_cap_1_0_is_read_as_what_it_means_today() -> None:
    old = changed(
        ("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0"),
        ("<msgType>Alert</msgType>", "<msgType>Alert</msgType><password>secret</password>"),
        ("  <scope>Public</scope>\n", "<restriction>crews</restriction>"),
        ("    <category>Met</category>\n", ""),
        ("Observed", "Very Likely"),
        ("</certainty>", "</certainty><eventCode>same=FLW</eventCode><parameter>loose</parameter>"),
    )

    reading = parse(old)

    info = reading.alert.infos[0]
    assert reading.version == "1.0"
    assert reading.alert.scope is Scope.RESTRICTED
    assert info.categories == (Category.OTHER,)
    assert info.certainty is Certainty.LIKELY
    assert info.event_codes == (Value("same", "FLW"),)
    assert info.parameters == (Value("", "loose"),)
    assert {
        Leniency.OLDER_VERSION,
        Leniency.DEFAULT,
        Leniency.CAP10_WORD,
        Leniency.CAP10_VALUE,
        Leniency.DROPPED,
    } <= codes(reading)
    assert b"secret" not in repr(reading.alert).encode()


def envelope(*alerts: str) -> bytes:
    bodies = (text.partition("?>\n")[2] for text in alerts)
    objects = "".join(
        "<contentObject><xmlContent><embeddedXMLContent>"
        f"{body}</embeddedXMLContent></xmlContent></contentObject>"
        for body in bodies
    )
    return (
        '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">'
        f"<distributionID>1</distributionID>{objects}</EDXLDistribution>"
    ).encode()


def test_an_envelope_with_one_alert_is_opened() -> None:
    reading = parse(envelope(ALERT_XML))

    assert codes(reading) == {Leniency.ENVELOPE}
    assert parse(reading.source).alert == reading.alert


def test_an_envelope_with_a_bad_alert_loses_only_that() -> None:
    good, bad = parse_many(envelope(ALERT_XML, ALERT_XML.replace("Actual", "Real")))

    assert isinstance(good, Reading)
    assert isinstance(bad, Refused)
    assert bad.problems[0].line > 5
    with pytest.raises(CapError, match="holds 2 alerts"):
        parse(envelope(ALERT_XML, ALERT_XML))


def test_an_atom_feed_gives_alerts_and_links_in_its_order() -> None:
    body = ALERT_XML.partition("?>\n")[2]
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
      <entry><id>1</id><title>First</title><link href="https://a.example/1.html" type="text/html"/>
        <link href="https://a.example/1.cap" type="application/cap+xml"/></entry>
      <entry><id>2</id><content type="text/xml">{body}</content></entry>
      <entry><id>3</id><content type="text">{body.replace("&", "&amp;").replace("<", "&lt;")}</content></entry>
      <entry><id>4</id><title>Nothing</title></entry>
    </feed>"""

    first, second, third = parse_many(feed.encode())

    assert first == Link("https://a.example/1.cap", "application/cap+xml", "First", "1")
    assert isinstance(second, Reading)
    assert isinstance(third, Reading)
    assert second.alert == third.alert == parse(ALERT_XML.encode()).alert


def test_an_rss_feed_gives_links() -> None:
    feed = b"""<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>
      <item><title>One</title><guid>g1</guid><link>https://a.example/1</link></item>
      <item><title>Two</title><enclosure url="https://a.example/2.cap" type="application/cap+xml"/>
        <link>https://a.example/2</link></item>
    </channel></rss>"""

    assert parse_many(feed) == [
        Link("https://a.example/1", "", "One", "g1"),
        Link("https://a.example/2.cap", "application/cap+xml", "Two", ""),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<html><body/></html>", b"<alert/>", b"\xff\xfe\x00"]
)
def test_what_is_no_cap_is_refused(data: bytes) -> None:
    with pytest.raises(CapError):
        parse(data)
    with pytest.raises(CapError):
        parse_many(data)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_real_files_never_break_the_reader(file: Path) -> None:
    try:
        found = parse_many(file.read_bytes())
    except CapError:
        return
    for one in found:
        assert isinstance(one, Link) or one.source
