"""Atom (RFC 4287), RSS 2.0 and GeoJSON (RFC 7946) of the alerts in force; each entry leads to the alert's CAP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from muster.alerts.v1.events import AlertPublished
from muster.alerts.v1.messages import mark, said

CAP_TYPE = "application/cap+xml"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is made of. `changed` is when something last came or went, not when somebody asked."""

    address: str
    query: str
    exercise: bool
    changed: datetime
    alerts: Sequence[AlertPublished]

    @property
    def title(self) -> str:
        """What readers list the feed as."""
        return "EXERCISE: warnings in force" if self.exercise else "Warnings in force"

    def own(self, kind: str) -> str:
        """The feed's own address."""
        return f"{self.address}/api/v1/feeds/alerts.{kind}{self.query}"

    def cap(self, told: AlertPublished) -> str:
        """Where an alert's CAP lies."""
        return f"{self.address}/api/v1/alerts/{told.alert_id}/cap.xml"


def headline(told: AlertPublished) -> str:
    """The headline, with what nobody may miss before it."""
    text = told.texts[0]
    kind = said(told.msg_type, text.language) if told.msg_type in {"Update", "Cancel"} else ""
    return ": ".join(filter(None, (mark(told.status, text.language), kind, text.headline)))


def _clean(text: str) -> str:
    """Text as XML 1.0 can hold it."""
    return "".join(one for one in text if one in "\t\n\r" or one >= " ").replace("\ufffe", "")


def _t(name: str, text: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(_clean(text))}</{name}>"


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    own, page = feed.own("atom"), f"{feed.address}/warnings{feed.query}"
    entries = "".join(_entry(feed, told) for told in feed.alerts)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"{_t('id', own)}{_t('title', feed.title)}{_t('updated', feed.changed.isoformat())}"
        f"<author>{_t('name', 'Muster')}</author>"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>'
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>'
        f"{entries}</feed>\n"
    ).encode()


def _entry(feed: Feed, told: AlertPublished) -> str:
    text = told.texts[0]
    lang = f" xml:lang={quoteattr(text.language)}"
    categories = "".join(f"<category term={quoteattr(one)}/>" for one in told.category)
    return (
        f"<entry{lang}>{_t('id', told.identifier)}{_t('title', headline(told))}"
        f"{_t('updated', told.sent.isoformat())}{_t('published', told.sent.isoformat())}"
        f"<author>{_t('name', text.sender_name)}</author>{_t('summary', text.short)}{categories}"
        f'<link rel="alternate" type="text/html" href={quoteattr(told.url)}/>'
        f'<link rel="alternate" type="{CAP_TYPE}" href={quoteattr(feed.cap(told))}/></entry>'
    )


def rss(feed: Feed, lengths: dict[str, int]) -> bytes:
    """The feed as RSS 2.0; `lengths` of the CAP messages in bytes, by the alert's id."""
    items = "".join(_item(feed, told, lengths[str(told.alert_id)]) for told in feed.alerts)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"{_t('title', feed.title)}{_t('link', f'{feed.address}/warnings{feed.query}')}"
        f"{_t('description', 'Warnings to the public, with the CAP 1.2 message of each.')}"
        f"{_t('lastBuildDate', format_datetime(feed.changed))}"
        f'<atom:link rel="self" type="application/rss+xml" href={quoteattr(feed.own("rss"))}/>'
        f"{items}</channel></rss>\n"
    ).encode()


def _item(feed: Feed, told: AlertPublished, length: int) -> str:
    categories = "".join(_t("category", one) for one in told.category)
    return (
        f"<item>{_t('title', headline(told))}{_t('link', told.url)}"
        f"{_t('description', told.texts[0].short)}{categories}"
        f"{_t('guid', told.identifier, chr(32) + 'isPermaLink=' + quoteattr('false'))}"
        f"{_t('pubDate', format_datetime(told.sent))}"
        f'<enclosure url={quoteattr(feed.cap(told))} length="{length}" type="{CAP_TYPE}"/></item>'
    )


def geojson(feed: Feed) -> bytes:
    """The feed as a FeatureCollection; a feature is an alert with all its areas."""
    document = {
        "type": "FeatureCollection",
        "title": feed.title,
        "updated": feed.changed.isoformat(),
        "features": [_feature(feed, told) for told in feed.alerts],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _feature(feed: Feed, told: AlertPublished) -> dict[str, Any]:
    polygons: list[Any] = []
    for area in told.areas:
        coordinates = area.geometry["coordinates"]
        polygons += coordinates if area.geometry["type"] == "MultiPolygon" else [coordinates]
    return {
        "type": "Feature",
        "id": told.identifier,
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
        "properties": {
            "headline": headline(told),
            "msg_type": told.msg_type,
            "status": told.status,
            "event": told.texts[0].event,
            "category": told.category,
            "severity": told.severity,
            "urgency": told.urgency,
            "certainty": told.certainty,
            "area": "; ".join(one.description for one in told.areas),
            "sender": told.sender,
            "sender_name": told.texts[0].sender_name,
            "sent": told.sent.isoformat(),
            "expires": told.expires.isoformat(),
            "languages": [one.language for one in told.texts],
            "url": told.url,
            "cap_url": feed.cap(told),
        },
    }
