"""The public page of an alert, and the list of those in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from alert_management.pages.shell import SIGNS, band, page
from muster.alerts.v1.events import AlertPublished, AlertText
from muster.alerts.v1.messages import direction, moment, said

# What readers call their language; whoever has none here is shown its tag.
_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hmn": "Hmoob",
    "ko": "한국어",
    "pa": "ਪੰਜਾਬੀ",
    "pt": "Português",
    "ru": "Русский",
    "tl": "Tagalog",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True, slots=True)
class Message:
    """Another message of the same thread."""

    path: str
    headline: str
    msg_type: str
    status: str


def alert_page(
    told: AlertPublished, language: str | None, *, status: str, thread: Sequence[Message]
) -> str:
    """An alert in every language it was written in, one after the other; in one, if `language` is given."""
    texts = [one for one in told.texts if language is None or one.language == language]
    first = texts[0]
    links = "".join(
        f'<li><a href="#{escape(tag)}" lang="{escape(tag)}">{escape(name)}</a></li>'
        for tag, name in _named([one.language for one in texts])
    )
    switch = f'<nav aria-label="Languages"><ul>{links}</ul></nav>' if len(texts) > 1 else ""
    parts = "".join(_language(told, one, status) for one in texts)
    body = (
        f"<header>{switch}</header><main>{parts}{_thread(thread, first.language)}</main>"
        f"<footer>{_more(told)}</footer>"
    )
    return page(
        first.headline,
        body,
        status=told.status,
        language=first.language,
        way=direction(first.language),
    )


def _named(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Languages by their own names; two kinds of one are told apart by their tags."""
    names = [_NAMES.get(tag.lower().split("-")[0], tag) for tag in tags]
    return [
        (tag, name if names.count(name) == 1 else f"{name} ({tag})")
        for tag, name in zip(tags, names, strict=True)
    ]


def _language(told: AlertPublished, text: AlertText, status: str) -> str:
    tongue = text.language
    kind = ""
    if told.msg_type in {"Update", "Cancel"}:
        kind = f'<p class="state">{escape(said(told.msg_type, tongue))}</p>'
    area = "; ".join(dict.fromkeys(one.description for one in told.areas if one.description))
    facts = [
        ("severity", f"{SIGNS.get(told.severity, '')} {escape(said(told.severity, tongue))}"),
        ("area", escape(area)),
        ("sent", _time(told.sent.isoformat(), moment(told.sent, told.time_zone))),
        ("until", _time(told.expires.isoformat(), moment(told.expires, told.time_zone))),
    ]
    listed = "".join(
        f"<dt>{escape(said(name, tongue))}</dt><dd>{value}</dd>" for name, value in facts if value
    )
    action = (
        f'<section class="do"><h2>{escape(said("do", tongue))}</h2>{_paragraphs(text.instruction)}</section>'
        if text.instruction
        else ""
    )
    return (
        f'<article id="{escape(tongue)}" lang="{escape(tongue)}" dir="{direction(tongue)}">'
        f"{band(told.status, tongue)}{kind}<h1>{escape(text.headline)}</h1>"
        f'<p class="state">{escape(said(status, tongue))}</p>'
        f"{action}{_paragraphs(text.description)}<dl>{listed}</dl><p>{escape(text.sender_name)}</p></article>"
    )


def _time(instant: str, shown: str) -> str:
    return f'<time datetime="{escape(instant)}" dir="ltr">{escape(shown)}</time>'


def _paragraphs(text: str) -> str:
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def _thread(thread: Sequence[Message], language: str) -> str:
    if not thread:
        return ""
    items = "".join(
        f'<li><a href="{escape(one.path)}">{escape(one.headline)}</a> ({escape(said(one.status, language))})</li>'
        for one in thread
    )
    return f"<section><h2>{escape(said('thread', language))}</h2><ol>{items}</ol></section>"


def _more(told: AlertPublished) -> str:
    cap = f"/api/v1/alerts/{told.alert_id}/cap.xml"
    return f'<p><a href="/warnings">Warnings</a> · <a href="{escape(cap)}">CAP 1.2</a></p>'


def list_page(alerts: Sequence[AlertPublished], *, exercise: bool) -> str:
    """The alerts in force, the gravest first."""
    items = "".join(_item(one) for one in alerts)
    status = "Exercise" if exercise else "Actual"
    shown = (
        f'<ul class="list">{items}</ul>'
        if items
        else "<p>No warnings are in force here at the moment.</p>"
    )
    world = "?world=exercise" if exercise else ""
    feeds = " · ".join(
        f'<a href="/api/v1/feeds/alerts.{kind}{world}">{name}</a>'
        for kind, name in (("atom", "Atom"), ("rss", "RSS"), ("geojson", "GeoJSON"))
    )
    body = f"<main><h1>Warnings in force</h1>{shown}</main><footer><p>{feeds}</p></footer>"
    return page("Warnings in force", body, status=status, language="en", way="ltr")


def _item(told: AlertPublished) -> str:
    text = told.texts[0]
    tongue = text.language
    area = "; ".join(dict.fromkeys(one.description for one in told.areas if one.description))
    kind = f"{said(told.msg_type, tongue)}: " if told.msg_type in {"Update", "Cancel"} else ""
    until = _time(told.expires.isoformat(), moment(told.expires, told.time_zone))
    return (
        f'<li lang="{escape(tongue)}" dir="{direction(tongue)}">{band(told.status, tongue)}'
        f'<h2><a href="/warnings/{told.alert_id}">{escape(kind + text.headline)}</a></h2>'
        f"<p>{SIGNS.get(told.severity, '')} {escape(said(told.severity, tongue))} · {escape(area)}</p>"
        f"<p>{escape(said('until', tongue))}: {until}</p><p>{escape(text.sender_name)}</p></li>"
    )
