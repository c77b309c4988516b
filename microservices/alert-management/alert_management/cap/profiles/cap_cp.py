"""CAP Canadian Profile, Introduction and Rule Set 1.0; its lists of events and places are not held here."""

from __future__ import annotations

from alert_management.cap.findings import Level
from alert_management.cap.model import Alert, MsgType
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


def _in_both_languages(alert: Alert) -> bool:
    spoken = {info.language.partition("-")[0].lower() for info in alert.infos}
    return not alert.infos or {"en", "fr"} <= spoken


CAP_CP = Profile(
    name="cap-cp",
    title="CAP Canadian Profile",
    mark="profile:CAP-CP:",
    rows=(
        Row(
            "code",
            Level.RULE,
            "must include the profile's version as a code, such as profile:CAP-CP:0.4",
            has_code(r"profile:CAP-CP:.+"),
        ),
        Row(
            "info",
            Level.RULE,
            "must have an info",
            has_infos(MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL),
        ),
        Row(
            "references",
            Level.RULE,
            "must refer to every active message that it updates or cancels",
            refers(MsgType.UPDATE, MsgType.CANCEL),
        ),
        Row(
            "one-event",
            Level.RULE,
            "must be about one event: the same event codes in every info",
            same_in_all(lambda info: info.event_codes, "eventCode"),
        ),
        Row(
            "event",
            Level.RULE,
            "must have an event code of the list profile:CAP-CP:Event",
            each_info(
                named(lambda info: info.event_codes, r"profile:CAP-CP:Event:.+", r"[A-Za-z]+"),
                "eventCode",
            ),
        ),
        Row("area", Level.RULE, "must have an area", each_info(lambda info: info.areas, "area")),
        Row(
            "location",
            Level.RULE,
            "must have a geocode of the list profile:CAP-CP:Location, 2 to 7 digits",
            each_area(coded(r"profile:CAP-CP:Location:.+", r"[0-9]{2,7}")),
        ),
        Row(
            "languages",
            Level.ADVICE,
            "should speak English and French",
            on_alert(_in_both_languages, "info"),
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
