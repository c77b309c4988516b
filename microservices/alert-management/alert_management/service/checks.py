"""What keeps a draft from the public, and what an author should look at again: each finding with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from alert_management.domain.reading import reading_of
from alert_management.domain.words import Certainty, MsgType, Severity, Urgency
from alert_management.errors import NotReadyError
from alert_management.schemas.answers import AlertFinding
from alert_management.schemas.content import AlertContent, AlertWords
from alert_management.service.areas import WEA_VERTICES, finding, outside, shape_of, vertices_of
from muster_core.errors import FieldProblem

SHORT_LIMIT = 360
SHORTEST_LIMIT = 90
_HEADLINE_LIMIT = 160
_LONGEST = timedelta(days=30)
_TEXTS = ("event", "headline", "description", "instruction", "short", "shortest", "contact")
# What each language must have before it goes out; the rest is missed only where another language has it.
_NEEDED = ("event", "headline", "description")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")


def expiry(content: AlertContent, now: datetime) -> datetime | None:
    """When an alert that is published now ends."""
    if content.expires is not None:
        return content.expires
    if content.expires_after_minutes is not None:
        return now + timedelta(minutes=content.expires_after_minutes)
    return None


def missing_of(content: AlertContent, words: AlertWords) -> list[str]:
    """The fields that a language lacks: those every alert needs, and those another language has."""
    return [
        name
        for name in _TEXTS
        if not getattr(words, name)
        and (name in _NEEDED or any(getattr(other, name) for other in content.texts))
    ]


def check_content(
    content: AlertContent,
    msg_type: MsgType,
    jurisdiction: dict[str, Any] | None,
    now: datetime,
    max_vertices: int,
) -> list[AlertFinding]:
    """Everything there is to say, errors first."""
    found = [
        *_texts(content),
        *_words(content),
        *_times(content, now),
        *_areas(content, jurisdiction, max_vertices),
    ]
    if msg_type is MsgType.CANCEL:
        # An alert can be called off whatever has become of its area or its wording.
        found = [_softened(one) if one.code in _CANCEL_ANYWAY else one for one in found]
    return sorted(found, key=lambda one: one.level != "error")


_CANCEL_ANYWAY = frozenset({"outside-jurisdiction", "too-many-vertices"})


def _softened(one: AlertFinding) -> AlertFinding:
    return one.model_copy(update={"level": "warning"})


def check_ready(findings: list[AlertFinding]) -> None:
    """Refuse a draft that holds an error.

    Raises:
        NotReadyError: `errors` names each.
    """
    errors = [one for one in findings if one.level == "error"]
    if errors:
        problems: list[FieldProblem] = [
            {"location": "body", "pointer": f"/content{one.pointer}", "detail": one.detail}
            for one in errors
        ]
        raise NotReadyError(
            f"The alert cannot go out as it is: {'; '.join(one.detail for one in errors[:5])}.",
            errors=problems,
        )


def _texts(content: AlertContent) -> Iterator[AlertFinding]:
    if not content.texts:
        yield finding("error", "no-language", "/texts", "write it in at least one language")
    for number, words in enumerate(content.texts):
        at = f"/texts/{number}"
        for name in missing_of(content, words):
            level = "error" if name in _NEEDED else "warning"
            text = f"the {name} in {words.language} is missing"
            yield finding(level, "missing-text", f"{at}/{name}", text)
        for name in _TEXTS:
            for key in dict.fromkeys(_PLACEHOLDER.findall(getattr(words, name))):
                text = f"the field {{{key}}} is not filled in"
                yield finding("error", "unfilled-field", f"{at}/{name}", text)
        for name, limit, level in (
            ("short", SHORT_LIMIT, "error"),
            ("shortest", SHORTEST_LIMIT, "error"),
            ("headline", _HEADLINE_LIMIT, "warning"),
        ):
            length = len(getattr(words, name))
            if length > limit:
                text = f"{length} characters; at most {limit} are shown"
                yield finding(level, "too-long", f"{at}/{name}", text)
        reading = reading_of(f"{words.description}\n{words.instruction}", words.language)
        if reading.plain is False:
            text = f"hard to read ({reading.formula} {reading.score:g}): use shorter words and sentences"
            yield finding("warning", "hard-to-read", f"{at}/description", text)


def _words(content: AlertContent) -> Iterator[AlertFinding]:
    if not content.categories:
        yield finding("error", "no-category", "/categories", "choose at least one category")
    for name, value, unknown in (
        ("urgency", content.urgency, Urgency.UNKNOWN),
        ("severity", content.severity, Severity.UNKNOWN),
        ("certainty", content.certainty, Certainty.UNKNOWN),
    ):
        if value == unknown:
            yield finding("warning", "unknown-word", f"/{name}", f"the {name} is Unknown")
    if not content.response_types:
        text = "say what people should do, such as Shelter or Evacuate"
        yield finding("warning", "no-response", "/response_types", text)


def _times(content: AlertContent, now: datetime) -> Iterator[AlertFinding]:
    ends = expiry(content, now)
    if ends is None:
        yield finding("error", "no-expiry", "/expires", "say when it ends")
        return
    if ends <= now:
        yield finding("error", "expired", "/expires", f"it would have ended at {ends.isoformat()}")
    elif ends - now > _LONGEST:
        yield finding("warning", "long-lived", "/expires", "it holds for more than 30 days")
    for name in ("effective", "onset"):
        begins: datetime | None = getattr(content, name)
        if begins is not None and begins >= ends:
            yield finding("error", "ends-first", f"/{name}", f"{name} is not before the end")


def _areas(
    content: AlertContent, jurisdiction: dict[str, Any] | None, max_vertices: int
) -> Iterator[AlertFinding]:
    if not content.areas:
        yield finding("error", "no-area", "/areas", "say where: an alert needs an area")
        return
    if jurisdiction is None:
        text = "your organization has no area of its own, so nobody can tell whether this lies within it"
        yield finding("warning", "jurisdiction-unknown", "/areas", text)
    total = 0
    for number, area in enumerate(content.areas):
        at = f"/areas/{number}"
        if not area.description:
            yield finding("error", "no-area-name", f"{at}/description", "name the area in words")
        shape, faults = shape_of(area, at)
        yield from faults
        if shape is None:
            continue
        total += vertices_of(shape)
        yield from outside(shape, jurisdiction, at)
        if area.circle is None and vertices_of(shape) > WEA_VERTICES:
            text = f"{vertices_of(shape)} corners; wireless alerts carry at most {WEA_VERTICES}"
            yield finding("warning", "too-many-for-wea", f"{at}/geometry", text)
    if total > max_vertices:
        text = f"the areas have {total} corners together; at most {max_vertices} are accepted"
        yield finding("error", "too-many-vertices", "/areas", text)
