"""The words of a message, from the frozen words of its broadcast: one language, one form per channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "yi", "dv", "ckb"})


@dataclass(frozen=True, slots=True)
class Words:
    """What a recipient reads."""

    language: str
    subject: str
    text: str
    html: str | None = None


def best(texts: Sequence[Mapping[str, Any]], language: str | None) -> Mapping[str, Any]:
    """The text in the recipient's language, else in one of the same family, else the first."""
    wanted = (language or "").lower()
    for text in texts:
        if str(text["language"]).lower() == wanted:
            return text
    family = wanted.split("-")[0]
    for text in texts:
        if family and str(text["language"]).lower().split("-")[0] == family:
            return text
    return texts[0]


def words_for(content: Mapping[str, Any], channel: str, language: str | None) -> Words:
    """The words of one channel. What is no real alert says so first."""
    text = best(content["texts"], language)
    status = str(content["status"])
    mark = "" if status == "Actual" else f"{status.upper()}: "
    subject = mark + str(text["headline"])
    if channel in {"sms", "web_push"}:
        return Words(str(text["language"]), subject, mark + str(text["short"]))
    parts = [
        subject,
        str(text.get("description") or ""),
        str(text.get("instruction") or ""),
        f"{text['sender_name']}\n{content['url']}",
    ]
    body = "\n\n".join(part for part in parts if part)
    html = _page(text, content, subject) if channel == "email" else None
    return Words(str(text["language"]), subject, body, html)


def _page(text: Mapping[str, Any], content: Mapping[str, Any], subject: str) -> str:
    language = str(text["language"])
    direction = "rtl" if language.lower().split("-")[0] in _RIGHT_TO_LEFT else "ltr"
    paragraphs = "".join(
        f"<p>{escape(paragraph)}</p>"
        for field in ("description", "instruction")
        for paragraph in str(text.get(field) or "").split("\n")
        if paragraph.strip()
    )
    url = escape(str(content["url"]), quote=True)
    areas = escape("; ".join(str(area) for area in content["areas"]))
    return (
        f'<!doctype html><html lang="{escape(language, quote=True)}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head><body><h1>{escape(subject)}</h1><p><strong>{areas}</strong></p>"
        f'{paragraphs}<p>{escape(str(text["sender_name"]))}<br><a href="{url}">{url}</a></p></body></html>'
    )


def data_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a program that is told gets beside the words."""
    names = (
        "identifier", "sender", "sent", "msg_type", "status", "category", "hazard", "severity", "urgency",
        "certainty", "expires", "url", "alert_id", "thread_id", "number", "areas",
    )  # fmt: skip
    return {name: content[name] for name in names}
