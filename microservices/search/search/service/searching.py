"""Searching: understand what was typed, ask an engine within what the person may see, show where it matches."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from typing import Any, cast

from muster.search.v1.documents import EVERYBODY
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import InvalidInputError
from search.domain.highlight import Piece, fragment, highlight, said
from search.domain.query import Query, TooManyTermsError, parse
from search.engines.choosing import Answered, Engines
from search.engines.port import Filters, Hit, Key, Order, Scope, Wanted
from search.permissions import Permission
from search.repository.state import Situation, situation

_BIGGEST = 2**63


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks. `cursor` is the `next` of the page before."""

    text: str
    filters: Filters
    order: Order = "relevance"
    limit: int = 20
    cursor: str | None = None


async def search(reads: Reader, engines: Engines, actor: Actor, asked: Question) -> dict[str, Any]:
    """A page of what was found, as the API answers it.

    When nothing is found as typed, typing errors are forgiven, and the answer says so.
    """
    authorize(actor, Permission.READ)
    query = understand(asked.text)
    first = asked.cursor is None
    tolerant, after = (False, None) if asked.cursor is None else _decode(asked.cursor)
    now = await situation(reads, actor.organization)
    wanted = Wanted(
        query=query,
        scope=_scope(actor, now),
        filters=asked.filters,
        order=asked.order,
        limit=asked.limit + 1,
        after=after,
        tolerant=tolerant,
        count=first,
    )
    answered = await engines.find(lambda: wanted, now.engine)
    if first and not answered.found.hits and query.forgivable:
        forgiving = replace(wanted, tolerant=True)
        second = await engines.find(lambda: forgiving, now.engine)
        if second.found.hits:
            answered, tolerant = second, True
    return _answer(answered, query, asked, tolerant=tolerant)


async def suggest(
    reads: Reader, engines: Engines, actor: Actor, text: str, limit: int
) -> dict[str, Any]:
    """A few records by the beginning of their titles, for a list that opens while somebody types."""
    authorize(actor, Permission.READ)
    query = _begun(understand(text))
    now = await situation(reads, actor.organization)
    kinds = [kind for kind in SUGGESTED if SUGGESTED[kind] in actor.permissions]
    wanted = Wanted(
        query=query,
        scope=_scope(actor, now),
        filters=Filters(facets={"kind": kinds or [""]}),
        limit=limit,
        count=False,
    )
    answered = await engines.find(lambda: wanted, now.engine)
    if not answered.found.hits and query.forgivable:
        forgiving = replace(wanted, tolerant=True)
        answered = await engines.find(lambda: forgiving, now.engine)
    return {
        "engine": answered.engine,
        "degraded": answered.because is not None,
        "items": [
            {
                "kind": hit.kind,
                "id": str(hit.id),
                "title": hit.title,
                "status": hit.status,
                "exercise": hit.exercise,
                "url": hit.url,
                "pieces": _pieces(highlight(hit.title, query, tolerant=True)),
            }
            for hit in answered.found.hits
        ],
    }


# What is worth suggesting, and the permission without which there is none of it.
SUGGESTED = {
    "incident": "incidents:read",
    "hazard": "hazards:read",
    "alert": "alerts:read",
    "person": "people:read",
    "organization": "people:read",
}


def understand(text: str) -> Query:
    """What was typed.

    Raises:
        InvalidInputError: too many words.
    """
    try:
        return parse(text)
    except TooManyTermsError as error:
        raise InvalidInputError.at("/q", f"Too many words: {error}.", location="query") from error


def _begun(query: Query) -> Query:
    """The same with its last word as one that is only begun, however short."""
    if not query.terms or query.terms[-1].word is None or query.terms[-1].quoted:
        return query
    return Query((*query.terms[:-1], replace(query.terms[-1], prefix=True)))


def _scope(actor: Actor, now: Situation) -> Scope:
    return Scope(actor.organization, actor.permissions, now.shared)


def _answer(answered: Answered, query: Query, asked: Question, *, tolerant: bool) -> dict[str, Any]:
    found = answered.found
    hits = found.hits[: asked.limit]
    more = len(found.hits) > asked.limit
    texts = [text for hit in hits for text in (hit.title, hit.text)]
    return {
        "engine": answered.engine,
        "degraded": answered.because is not None,
        "degraded_because": answered.because,
        "tolerant": tolerant,
        "did_you_mean": said(texts, query) if tolerant else None,
        "total": found.total,
        "facets": {
            name: [{"value": value, "count": count} for value, count in values.items()]
            for name, values in found.facets.items()
        }
        or None,
        "items": [_item(hit, query, tolerant=tolerant) for hit in hits],
        "next": _encode(hits[-1].place, tolerant=tolerant) if more else None,
    }


def _item(hit: Hit, query: Query, *, tolerant: bool) -> dict[str, Any]:
    shared = hit.organization_id == EVERYBODY
    return {
        "kind": hit.kind,
        "id": str(hit.id),
        "title": hit.title,
        "status": hit.status,
        "type": hit.type,
        "organization_id": None if shared else str(hit.organization_id),
        "incident_id": str(hit.incident_id) if hit.incident_id else None,
        "exercise": hit.exercise,
        "occurred_at": hit.occurred_at.isoformat().replace("+00:00", "Z"),
        "location": {"type": "Point", "coordinates": list(hit.location)} if hit.location else None,
        "url": hit.url,
        "subject": hit.subject,
        "highlights": {
            "title": _pieces(highlight(hit.title, query, tolerant=tolerant)),
            "text": _pieces(fragment(hit.text, query, tolerant=tolerant)) if hit.text else [],
        },
    }


def _pieces(pieces: list[Piece]) -> list[dict[str, Any]]:
    return [{"text": piece.text, "match": piece.match} for piece in pieces]


def _encode(place: Key, *, tolerant: bool) -> str:
    keys = [int(tolerant), place.score, place.at, place.key]
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[bool, Key]:
    """The place after which to go on. It says nothing of what may be seen, so forging it gains nothing."""
    try:
        keys: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        tolerant, score, at, key = cast("list[Any]", keys)
    except (ValueError, TypeError, binascii.Error) as error:
        raise _bad_cursor() from error
    numbers = all(type(one) is int and -_BIGGEST <= one < _BIGGEST for one in (tolerant, score, at))
    if (
        not numbers
        or not isinstance(key, str)
        or abs(score) > 100
        or "\0" in key
        or not key.isascii()
    ):
        raise _bad_cursor()
    return bool(tolerant), Key(score, at, key)


def _bad_cursor() -> InvalidInputError:
    return InvalidInputError.at(
        "/cursor",
        "This is not the `next` of a page of this search; start again without it.",
        location="query",
    )
