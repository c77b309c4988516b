"""IPAWS Profile 1.0 of CAP 1.2 (OASIS, 2009), and what Wireless Emergency Alerts ask for (47 CFR 10.400 to 10.450)."""

from __future__ import annotations

from datetime import timedelta

from alert_management.cap.findings import Level
from alert_management.cap.model import Alert, Certainty, Info, MsgType, Scope, Severity, Urgency
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
    parameter_at_most,
    refers,
    same_in_all,
    vertices_at_most,
)

WEA_SHORT = 90
WEA_LONG = 360
WEA_VERTICES = 100
SHORT_TEXT = "CMAMtext"
LONG_TEXT = "CMAMlongtext"


def _is_wea_threat(_alert: Alert, info: Info) -> bool:
    """Meant for phones as an imminent threat: with a text for them, and no other handling asked for."""
    handling = {one.value for one in info.parameters if one.name == "WEAHandling"}
    has_text = any(one.name in {SHORT_TEXT, LONG_TEXT} for one in info.parameters)
    return has_text and (not handling or "Imminent Threat" in handling)


IPAWS = Profile(
    name="ipaws",
    title="IPAWS 1.0 with WEA",
    mark="IPAWSv1.0",
    rows=(
        Row("code", Level.RULE, "must include the code IPAWSv1.0", has_code("IPAWSv1.0")),
        Row(
            "scope",
            Level.ADVICE,
            "should be Public to be shown to the public",
            on_alert(lambda alert: alert.scope is Scope.PUBLIC, "scope"),
        ),
        Row(
            "offset",
            Level.ADVICE,
            "should be in local time: an offset of 0 is none of the United States",
            on_alert(lambda alert: alert.sent.utcoffset() != timedelta(0), "sent"),
        ),
        Row("info", Level.RULE, "must have an info", has_infos(*MsgType)),
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
            "same-event",
            Level.RULE,
            "must have exactly one event code SAME, of three letters",
            each_info(
                named(lambda info: info.event_codes, "SAME", r"[A-Z0-9]{3}", exactly_one=True),
                "eventCode",
            ),
        ),
        Row(
            "expires",
            Level.RULE,
            "must say when it ends",
            each_info(lambda info: info.expires, "expires"),
        ),
        Row("area", Level.RULE, "must have an area", each_info(lambda info: info.areas, "area")),
        Row(
            "same-area",
            Level.ADVICE,
            "should have a geocode SAME of six digits",
            each_area(coded("SAME", r"[0-9]{6}")),
        ),
        Row(
            "effective",
            Level.ADVICE,
            "is ignored: the alert holds from when it is sent",
            each_info(lambda info: info.effective is None and info.onset is None, "effective"),
        ),
        Row(
            "description",
            Level.ADVICE,
            "should describe what happens",
            each_info(lambda info: info.description, "description"),
        ),
        Row(
            "instruction",
            Level.ADVICE,
            "should say what to do",
            each_info(lambda info: info.instruction, "instruction"),
        ),
        Row(
            "eas-org",
            Level.ADVICE,
            "should name the kind of sender in the parameter EAS-ORG, for radio and television",
            each_info(named(lambda info: info.parameters, "EAS-ORG", r"[A-Z]{3}"), "parameter"),
        ),
        Row(
            "wea-90",
            Level.RULE,
            f"must have at most {WEA_SHORT} characters in {SHORT_TEXT}",
            parameter_at_most(SHORT_TEXT, WEA_SHORT),
        ),
        Row(
            "wea-360",
            Level.RULE,
            f"must have at most {WEA_LONG} characters in {LONG_TEXT}",
            parameter_at_most(LONG_TEXT, WEA_LONG),
        ),
        Row(
            "wea-both",
            Level.ADVICE,
            f"should have {SHORT_TEXT} beside {LONG_TEXT}, for phones that show {WEA_SHORT} characters",
            each_info(
                named(lambda info: info.parameters, SHORT_TEXT),
                "parameter",
                when=lambda _alert, info: any(one.name == LONG_TEXT for one in info.parameters),
            ),
        ),
        Row(
            "wea-vertices",
            Level.RULE,
            f"must have at most {WEA_VERTICES} points in all its polygons",
            vertices_at_most(WEA_VERTICES),
        ),
        Row(
            "wea-threat",
            Level.RULE,
            "must be Immediate or Expected, Extreme or Severe, Observed or Likely, or phones will not show it",
            each_info(
                lambda info: (
                    info.urgency in {Urgency.IMMEDIATE, Urgency.EXPECTED}
                    and info.severity in {Severity.EXTREME, Severity.SEVERE}
                    and info.certainty in {Certainty.OBSERVED, Certainty.LIKELY}
                ),
                when=_is_wea_threat,
            ),
        ),
    ),
)
