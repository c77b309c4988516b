from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.domain.distance import within
from search.domain.highlight import FRAGMENT, Piece, fragment, highlight, said
from search.domain.query import MOST_TERMS, Term, TooManyTermsError, parse


def test_words_phrases_and_beginnings() -> None:
    query = parse('Cedar "creek fire" evac* 6.4 ')

    assert query.terms == (
        Term(("cedar",)),
        Term(("creek", "fire"), quoted=True),
        Term(("evac",), prefix=True),
        Term(("6", "4")),
    )
    assert query.phrase == "cedar creek fire evac 6 4"


def test_the_last_word_may_be_only_begun() -> None:
    assert parse("cedar cre").terms[-1] == Term(("cre",), prefix=True)
    assert parse("cedar c").terms[-1] == Term(("c",))
    assert parse('cedar "cre').terms[-1] == Term(("cre",), quoted=True)


@pytest.mark.parametrize("text", ["*:*", "~ ^ + - && ||", '""', "(", "\\", "[* TO *]", "/.*/"])
def test_operators_of_engines_are_punctuation(text: str) -> None:
    assert all(word.isalnum() for term in parse(text).terms for word in term.words)


@given(st.text(max_size=500))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        query = parse(text)
    except TooManyTermsError:
        return
    assert len(query.terms) <= MOST_TERMS


def test_too_many_words_are_refused() -> None:
    with pytest.raises(TooManyTermsError):
        parse(" ".join(f"word{n}" for n in range(MOST_TERMS + 1)))


@pytest.mark.parametrize(
    ("one", "other", "edits", "near"),
    [
        ("fire", "fire", 0, True),
        ("fire", "fyre", 1, True),
        ("fire", "fier", 1, True),
        ("fire", "fires", 1, True),
        ("fire", "wires", 1, False),
        ("shelter", "sheltre", 1, True),
        ("earthquake", "erthquak", 2, True),
        ("earthquake", "earthen", 2, False),
    ],
)
def test_distance_counts_letters(one: str, other: str, edits: int, near: bool) -> None:
    assert within(one, other, edits) is near
    assert within(other, one, edits) is near


def test_what_matches_is_marked_and_nothing_is_lost() -> None:
    pieces = highlight("Café at Cedar Creek", parse("cafe cre"), tolerant=False)

    assert pieces == [
        Piece("Café", match=True),
        Piece(" at Cedar ", match=False),
        Piece("Creek", match=True),
    ]


@given(st.text(max_size=300), st.text(max_size=30))
def test_pieces_together_are_the_text(text: str, typed: str) -> None:
    try:
        query = parse(typed)
    except TooManyTermsError:
        return
    pieces = highlight(text, query, tolerant=True)
    assert "".join(piece.text for piece in pieces) == text


def test_a_fragment_is_around_the_first_match() -> None:
    text = "word " * 100 + "the evacuation began " + "later " * 100
    pieces = fragment(text, parse("evacuation "), tolerant=False)

    assert pieces[0] == Piece("… ", match=False)
    assert Piece("evacuation", match=True) in pieces
    assert sum(len(piece.text) for piece in pieces) <= FRAGMENT + 4


def test_what_was_meant_is_said() -> None:
    assert said(["Cedar Creek Fire"], parse("ceder creek ")) == "cedar creek"
    assert said(["Cedar Creek Fire"], parse("cedar creek ")) is None
