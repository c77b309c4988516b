from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.domain.folding import LONGEST_WORD, fold, tokens, words
from search.domain.indexed import vector


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cedar Creek Fire", ["cedar", "creek", "fire"]),
        ("Événement à Bâle, Straße", ["evenement", "a", "bale", "strasse"]),
        ("Smørrebrød Łódź", ["smorrebrod", "lodz"]),
        ("M 6.4 - 10km N", ["m", "6", "4", "10km", "n"]),
        ("EX-2026-000123", ["ex", "2026", "000123"]),
        ("Καλαμάτα", ["καλαματα"]),
        ("Новосибирск", ["новосибирск"]),
        ("地震情報", ["地", "震", "情", "報"]),
        ("हिन्दी", ["हिन्दी"]),
        ("snake_case o'brien", ["snake", "case", "o", "brien"]),
        ("** -- !!", []),
    ],
)
def test_words_are_cut_and_folded(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text(max_size=300))
def test_folding_twice_is_folding_once(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= LONGEST_WORD
        assert fold(word) == word


@given(st.text(max_size=300))
def test_words_stand_where_they_are_said_to_stand(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert fold(text[token.start : token.end]) == token.word
        end = token.end


def test_no_phrase_spans_title_and_text() -> None:
    assert vector(["cedar", "creek"], ["fire", "cedar"]) == ("'cedar':1A,103 'creek':2A 'fire':102")
