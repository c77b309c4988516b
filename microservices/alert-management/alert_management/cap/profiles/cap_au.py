"""CAP Australia Profile 1.0 (OASIS Committee Specification 02, 2013); its list of events is not held here."""

from __future__ import annotations

import re

from alert_management.cap.findings import Level
from alert_management.cap.model import Alert, MsgType, Status
from alert_management.cap.profiles.table import (
    Profile,
    Row,
    coded,
    each_area,
    each_info,
    has_code,
    has_infos,
    named,
    on_alert,
    refers,
    same_in_all,
)

_CODE = "urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0"
_EVENTS = "https://govshare.gov.au/xmlui/handle/10772/6495"
_PLACES = "|".join(
    map(
        re.escape,
        (
            "http://www.psma.com.au/?product=g-naf",
            "http://www.iso.org/iso/country_codes.html",
            "http://www.ga.gov.au/place-name/",
            "http://www.psma.com.au/?product=postcode-boundaries",
        ),
    )
)


def _one_event_a_language(alert: Alert) -> bool:
    return len({(info.language, info.event) for info in alert.infos}) == len(
        {info.language for info in alert.infos}
    )


CAP_AU = Profile(
    name="cap-au",
    title="CAP Australia Profile 1.0",
    mark=_CODE,
    rows=(
        Row("code", Level.RULE, f"must include the code {_CODE}", has_code(re.escape(_CODE))),
        Row(
            "info",
            Level.RULE,
            "must have an info",
            has_infos(MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL),
        ),
        Row(
            "references",
            Level.RULE,
            "must refer to every message that it updates or cancels",
            refers(MsgType.UPDATE, MsgType.CANCEL),
        ),
        Row(
            "categories",
            Level.RULE,
            "must have the same categories in every info",
            same_in_all(lambda info: info.categories, "category"),
        ),
        Row(
            "event-codes",
            Level.RULE,
            "must have the same event codes in every info",
            same_in_all(lambda info: info.event_codes, "eventCode"),
        ),
        Row(
            "event-code",
            Level.RULE,
            f"must have exactly one event code of the list {_EVENTS}",
            each_info(
                named(lambda info: info.event_codes, re.escape(_EVENTS), exactly_one=True),
                "eventCode",
            ),
        ),
        Row(
            "one-event",
            Level.RULE,
            "must have one event in each language",
            on_alert(_one_event_a_language, "info"),
        ),
        Row(
            "cancel-effective",
            Level.RULE,
            "must not be there in a Cancel",
            each_info(
                lambda info: info.effective is None,
                "effective",
                when=lambda alert, _info: alert.msg_type is MsgType.CANCEL,
            ),
        ),
        Row("area", Level.RULE, "must have an area", each_info(lambda info: info.areas, "area")),
        Row(
            "sender",
            Level.ADVICE,
            "should be an address such as warnings@ses.sa.gov.au",
            on_alert(lambda alert: bool(re.fullmatch(r"[^@\s]+@[\w.-]+", alert.sender)), "sender"),
        ),
        Row(
            "test",
            Level.ADVICE,
            "is only logged by those who receive it",
            on_alert(lambda alert: alert.status is not Status.TEST, "status"),
        ),
        Row(
            "expires",
            Level.ADVICE,
            "should say when it ends",
            each_info(lambda info: info.expires, "expires"),
        ),
        Row(
            "sender-name",
            Level.ADVICE,
            "should name its sender",
            each_info(lambda info: info.sender_name, "senderName"),
        ),
        Row(
            "response",
            Level.ADVICE,
            "should say what kind of response is wanted",
            each_info(lambda info: info.response_types, "responseType"),
        ),
        Row(
            "instruction",
            Level.ADVICE,
            "should say what to do",
            each_info(lambda info: info.instruction, "instruction"),
        ),
        Row(
            "place",
            Level.ADVICE,
            "should have a geocode of a list that Australia knows, such as ISO 3166-2",
            each_area(coded(_PLACES)),
        ),
        Row(
            "shape",
            Level.ADVICE,
            "should draw its area with a polygon or a circle",
            each_info(
                lambda info: any(area.polygons or area.circles for area in info.areas),
                "area",
                when=lambda _alert, info: bool(info.areas),
            ),
        ),
    ),
)
