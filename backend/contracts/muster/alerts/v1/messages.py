"""What a published alert says on each channel: the one place that makes these words.

alert-management previews them before approval, notification sends them: what was approved is what arrives. Everything
here is a function of the published event, so that a retry sends the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from muster.alerts.v1.events import AlertPublished, AlertText

PUSH_TITLE = 65
PUSH_BODY = 240
# Said in the reader's language where we have the words, else in English; a mark nobody can miss.
_MARKS: dict[str, dict[str, str]] = {
    "Exercise": {
        "en": "EXERCISE EXERCISE EXERCISE",
        "es": "SIMULACRO SIMULACRO SIMULACRO",
        "fr": "EXERCICE EXERCICE EXERCICE",
        "ar": "تمرين تمرين تمرين",
    },
    "Test": {"en": "TEST", "es": "PRUEBA", "fr": "TEST", "ar": "اختبار"},
    "Update": {"en": "Update", "es": "Actualización", "fr": "Mise à jour", "ar": "تحديث"},
    "Cancel": {"en": "Cancelled", "es": "Cancelada", "fr": "Annulée", "ar": "ملغى"},
    "until": {"en": "Until", "es": "Hasta", "fr": "Fin", "ar": "حتى"},
    "area": {"en": "Area", "es": "Zona", "fr": "Zone", "ar": "المنطقة"},
    "do": {"en": "What to do", "es": "Qué hacer", "fr": "Que faire", "ar": "ما يجب فعله"},
    "more": {"en": "More", "es": "Más", "fr": "Plus", "ar": "المزيد"},
    "Extreme": {"en": "Extreme", "es": "Extrema", "fr": "Extrême", "ar": "قصوى"},
    "Severe": {"en": "Severe", "es": "Grave", "fr": "Grave", "ar": "شديدة"},
    "Moderate": {"en": "Moderate", "es": "Moderada", "fr": "Modérée", "ar": "متوسطة"},
    "Minor": {"en": "Minor", "es": "Menor", "fr": "Mineure", "ar": "طفيفة"},
    "Unknown": {"en": "Unknown", "es": "Desconocida", "fr": "Inconnue", "ar": "غير معروفة"},
    "severity": {"en": "Severity", "es": "Gravedad", "fr": "Gravité", "ar": "الخطورة"},
    "sent": {"en": "Sent", "es": "Enviada", "fr": "Envoyée", "ar": "أُرسل"},
    "published": {"en": "In force", "es": "Vigente", "fr": "En vigueur", "ar": "سارٍ"},
    "expired": {"en": "Expired", "es": "Caducada", "fr": "Expirée", "ar": "منتهي"},
    "updated": {"en": "Updated", "es": "Actualizada", "fr": "Mise à jour", "ar": "محدَّث"},
    "cancelled": {"en": "Cancelled", "es": "Cancelada", "fr": "Annulée", "ar": "ملغى"},
    "thread": {
        "en": "All messages",
        "es": "Todos los mensajes",
        "fr": "Tous les messages",
        "ar": "جميع الرسائل",
    },
}

_RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa", "adlm", "rohg"})


def direction(language: str) -> str:
    """`rtl` or `ltr`: how a language (RFC 5646) is written, by its script if it names one."""
    parts = language.lower().split("-")
    scripts = [part for part in parts[1:] if len(part) == 4 and part.isalpha()]
    if scripts:
        return "rtl" if scripts[0] in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RIGHT_TO_LEFT else "ltr"


def said(what: str, language: str) -> str:
    """One of our own words in a language, in English where we have none."""
    words = _MARKS[what]
    return words.get(language.lower().split("-")[0], words["en"])


def mark(status: str, language: str) -> str:
    """What every message of an exercise or test begins with; empty for an Actual alert."""
    return "" if status == "Actual" else said("Test" if status == "Test" else "Exercise", language)


def text_for(alert: AlertPublished, language: str) -> AlertText:
    """The alert's words for someone who reads `language`: the same tag, else the same language, else the first."""
    wanted = language.lower()
    for text in alert.texts:
        if text.language.lower() == wanted:
            return text
    for text in alert.texts:
        if text.language.lower().split("-")[0] == wanted.split("-")[0]:
            return text
    return alert.texts[0]


def cut(text: str, most: int) -> str:
    """A text of at most `most` characters, cut between words, with an ellipsis where it was cut."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at = head.rfind(" ")
    return (head[:at] if at > most // 2 else head).rstrip(" ,;:") + "…"


def _led(alert: AlertPublished, text: AlertText, line: str) -> str:
    parts = [mark(alert.status, text.language)]
    if alert.msg_type in {"Update", "Cancel"}:
        parts.append(said(alert.msg_type, text.language))
    return ": ".join([*filter(None, parts), line])


def sms(alert: AlertPublished, text: AlertText) -> str:
    """One SMS: mark, kind, sender, the short text and where there is more."""
    return f"{_led(alert, text, f'{text.sender_name}: {text.short}')} {alert.url}"


@dataclass(frozen=True, slots=True)
class Push:
    """A notification on a telephone."""

    title: str
    body: str
    url: str


def push(alert: AlertPublished, text: AlertText) -> Push:
    """A push: the headline, and as much of the short text as telephones show."""
    return Push(
        cut(_led(alert, text, text.headline), PUSH_TITLE), cut(text.short, PUSH_BODY), alert.url
    )


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail in both forms."""

    subject: str
    text: str
    html: str


def email(alert: AlertPublished, text: AlertText) -> Email:
    """An e-mail: all that the alert says, as text and as HTML without anything to load."""
    subject = _led(alert, text, text.headline)
    language = text.language
    area = "; ".join(dict.fromkeys(one.description for one in alert.areas if one.description))
    until = f"{said('until', language)}: {moment(alert.expires, alert.time_zone)}"
    blocks = [
        mark(alert.status, language),
        text.headline,
        text.description,
        f"{said('do', language)}: {text.instruction}" if text.instruction else "",
        f"{said('area', language)}: {area}" if area else "",
        until,
        f"{text.sender_name}\n{said('more', language)}: {alert.url}",
    ]
    return Email(subject, "\n\n".join(filter(None, blocks)) + "\n", _html(alert, text, blocks))


def _html(alert: AlertPublished, text: AlertText, blocks: list[str]) -> str:
    band, headline, *rest = blocks
    banner = f'<p style="font-weight:bold">{escape(band)}</p>' if band else ""
    body = "".join(
        f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in rest[:-1] if block
    )
    link = f'<a href="{escape(alert.url, quote=True)}">{escape(alert.url)}</a>'
    return (
        f'<!doctype html><html lang="{escape(text.language, quote=True)}" dir="{direction(text.language)}">'
        f'<head><meta charset="utf-8">'
        f"<title>{escape(headline)}</title></head><body>{banner}<h1>{escape(headline)}</h1>{body}"
        f"<p>{escape(text.sender_name)}<br>{link}</p>{banner}</body></html>"
    )


def moment(when: datetime, time_zone: str) -> str:
    """A moment as people there read it: `2026-11-22 18:00 PST`; in UTC where the zone is unknown."""
    try:
        zone: tzinfo = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    local = when.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M %Z}"
