"""Where a text says what was looked for: pieces that match and pieces between, never markup."""

from __future__ import annotations

from dataclasses import dataclass

from search.domain.distance import within
from search.domain.folding import Token, tokens
from search.domain.query import Query, Term

FRAGMENT = 200
_LEAD = 60
_LOOKED_THROUGH = 5_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    match: bool


def highlight(text: str, query: Query, *, tolerant: bool) -> list[Piece]:
    """The whole text in pieces."""
    return _pieces(text, _spans(text, query, tolerant=tolerant), 0, len(text))


def fragment(text: str, query: Query, *, tolerant: bool) -> list[Piece]:
    """Some 200 characters around the first match, or of the beginning, in pieces."""
    spans = _spans(text[:_LOOKED_THROUGH], query, tolerant=tolerant)
    start = max(0, spans[0][0] - _LEAD) if spans and spans[0][0] > _LEAD else 0
    if start:
        space = text.find(" ", start, spans[0][0])
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + FRAGMENT)
    pieces = _pieces(text, spans, start, end)
    if start:
        pieces.insert(0, Piece("… ", match=False))
    if end < len(text):
        pieces.append(Piece(" …", match=False))
    return pieces


def said(texts: list[str], query: Query) -> str | None:
    """The query with each mistyped word as the texts have it; None if they have all of them as typed."""
    known = {token.word: text[token.start : token.end] for text in texts for token in tokens(text)}
    changed = False
    typed: list[str] = []
    for term in query.terms:
        joined = " ".join(term.words)
        word = term.word
        if (
            word is not None
            and term.edits
            and word not in known
            and not (term.prefix and any(one.startswith(word) for one in known))
        ):
            meant = next((one for one in known if within(word, one, term.edits)), None)
            if meant is not None:
                joined, changed = known[meant].lower(), True
        typed.append(f'"{joined}"' if term.quoted else joined)
    return " ".join(typed) if changed else None


def _spans(text: str, query: Query, *, tolerant: bool) -> list[tuple[int, int]]:
    found = list(tokens(text))
    hit = [False] * len(found)
    for term in query.terms:
        length = len(term.words)
        for place in range(len(found) - length + 1):
            if _matches(term, found[place : place + length], tolerant=tolerant):
                hit[place : place + length] = [True] * length
    return [(token.start, token.end) for token, is_hit in zip(found, hit, strict=True) if is_hit]


def _matches(term: Term, run: list[Token], *, tolerant: bool) -> bool:
    if term.words == tuple(token.word for token in run):
        return True
    if len(run) != 1:
        return False
    word, its = term.words[0], run[0].word
    if term.prefix and its.startswith(word):
        return True
    return tolerant and bool(term.edits) and within(word, its, term.edits)


def _pieces(text: str, spans: list[tuple[int, int]], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    place = start
    for first, last in spans:
        if first < place or last > end:
            continue
        if first > place:
            pieces.append(Piece(text[place:first], match=False))
        pieces.append(Piece(text[first:last], match=True))
        place = last
    if place < end:
        pieces.append(Piece(text[place:end], match=False))
    return pieces
