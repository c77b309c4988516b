"""The words of a message: those that `muster.alerts.v1.messages` makes, as they were previewed and approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from muster.alerts.v1 import messages
from muster.alerts.v1.events import AlertPublished
from notification.channels.port import ChannelName

_TOLD = (
    "identifier", "sender", "sent", "msg_type", "status", "category", "hazard", "severity", "urgency",
    "certainty", "expires", "url", "alert_id", "thread_id", "number",
)  # fmt: skip
_SAID = ("texts", "headline", "version", "time_zone")


@dataclass(frozen=True, slots=True)
class Words:
    """What a recipient reads."""

    language: str
    subject: str
    text: str
    html: str | None = None


def frozen(alert: AlertPublished) -> dict[str, Any]:
    """What every message of a broadcast is made of. The outlines of its areas are kept beside it."""
    content = alert.model_dump(mode="json", include={*_TOLD, *_SAID})
    return content | {"areas": [area.description for area in alert.areas]}


def thawed(content: Mapping[str, Any]) -> AlertPublished:
    """The alert as it was published, without the outlines of its areas."""
    nowhere: dict[str, Any] = {}
    areas = [{"description": one, "geometry": nowhere} for one in content["areas"]]
    return AlertPublished.model_validate({**content, "areas": areas})


def words_for(alert: AlertPublished, channel: str, language: str | None) -> Words:
    """The words of one channel, in the recipient's language as far as there are any."""
    text = messages.text_for(alert, language or "")
    if channel == ChannelName.SMS:
        return Words(text.language, text.headline, messages.sms(alert, text))
    if channel == ChannelName.WEB_PUSH:
        push = messages.push(alert, text)
        return Words(text.language, push.title, push.body)
    mail = messages.email(alert, text)
    html = mail.html if channel == ChannelName.EMAIL else None
    return Words(text.language, mail.subject, mail.text, html)


def data_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a program that is told gets beside the words."""
    return {name: content[name] for name in (*_TOLD, "areas")}
