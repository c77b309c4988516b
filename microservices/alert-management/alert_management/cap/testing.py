"""Alerts for tests: one of our own invention that follows every rule, and real ones where they are at hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from alert_management.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Value,
)

REAL = next(
    (
        above / "shared/data"
        for above in Path(__file__).resolve().parents
        if (above / "shared/data/cap").is_dir()
    ),
    None,
)
"""The folder of real data beside the repository, None where it is not."""
CORPUS_FOLDER = REAL / "cap" if REAL else None
CORPUS = (
    sorted(
        file
        for file in CORPUS_FOLDER.iterdir()
        if file.suffix in {".xml", ".cap", ".atom", ".rss", ".edxlde"}
    )
    if CORPUS_FOLDER
    else []
)
"""Real alerts and feeds."""

SENT = datetime.fromisoformat("2031-05-04T09:30:00+02:00")

ALERT_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>mill-river-7</identifier>
  <sender>duty@mill-river.example</sender>
  <sent>2031-05-04T09:30:00+02:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>en-GB</language>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Observed</certainty>
    <expires>2031-05-04T15:30:00+02:00</expires>
    <headline>The Mill River is over its banks</headline>
    <area>
      <areaDesc>Lower town</areaDesc>
      <polygon>46.10,7.10 46.10,7.20 46.20,7.20 46.20,7.10 46.10,7.10</polygon>
    </area>
  </info>
</alert>
"""


def an_area(**changes: Any) -> Area:
    """The lower town, with a field and a circle."""
    return Area(
        **{
            "description": "Lower town",
            "polygons": (((46.1, 7.1), (46.1, 7.2), (46.2, 7.2), (46.2, 7.1), (46.1, 7.1)),),
            "circles": (Circle(46.3, 7.3, 2.5),),
            "geocodes": (Value("SAME", "006109"),),
            **changes,
        }
    )


def an_info(**changes: Any) -> Info:
    """A flood, in English."""
    return Info(
        **{
            "language": "en-GB",
            "categories": (Category.MET,),
            "event": "Flood",
            "response_types": (ResponseType.EVACUATE,),
            "urgency": Urgency.IMMEDIATE,
            "severity": Severity.SEVERE,
            "certainty": Certainty.OBSERVED,
            "event_codes": (Value("SAME", "FLW"),),
            "expires": datetime.fromisoformat("2031-05-04T15:30:00+02:00"),
            "sender_name": "Mill River Civil Protection",
            "headline": "The Mill River is over its banks",
            "description": "Water stands a metre high in the lower town.",
            "instruction": "Go to the upper town now.",
            "web": "https://mill-river.example/flood",
            "parameters": (
                Value("CMAMtext", "Flood in the lower town. Go to the upper town now."),
            ),
            "resources": (
                Resource(
                    description="Map",
                    mime_type="image/png",
                    size=1200,
                    uri="https://mill-river.example/map.png",
                ),
            ),
            "areas": (an_area(),),
            **changes,
        }
    )


def an_alert(**changes: Any) -> Alert:
    """An alert against which no rule speaks."""
    return Alert(
        **{
            "identifier": "mill-river-7",
            "sender": "duty@mill-river.example",
            "sent": SENT,
            "status": Status.ACTUAL,
            "msg_type": MsgType.ALERT,
            "scope": Scope.PUBLIC,
            "infos": (an_info(),),
            **changes,
        }
    )
