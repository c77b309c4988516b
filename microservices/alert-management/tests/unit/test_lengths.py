"""How long a text is on each channel, and how hard to read."""

from __future__ import annotations

import pytest

from alert_management.domain.reading import reading_of
from muster.alerts.v1.messages import cut, direction
from muster.alerts.v1.sms import sms_length


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", "GSM-7", 0, 1, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("a" * 152 + "€" + "a" * 8, "GSM-7", 162, 2, 143),  # the pair is not parted
        ("ж" * 70, "UCS-2", 70, 1, 0),
        ("ж" * 71, "UCS-2", 71, 2, 63),
        ("🌊" * 35, "UCS-2", 70, 1, 0),
        ("a" * 66 + "🌊" + "a" * 10, "UCS-2", 78, 2, 55),
        ("It’s", "UCS-2", 4, 1, 66),  # noqa: RUF001 - the very character that costs
    ],
)
def test_an_sms_is_counted_as_the_network_sends_it(
    text: str, encoding: str, units: int, parts: int, left: int
) -> None:
    found = sms_length(text)
    assert (found.encoding, found.units, found.parts, found.left) == (encoding, units, parts, left)


def test_the_characters_that_cost_are_named_once() -> None:
    assert sms_length("дada ж д").foreign == "дж"


def test_plain_words_are_told_from_hard_ones() -> None:
    plain = reading_of("Go to high ground now. Do not drive. Water can kill you.", "en-US")
    hard = reading_of(
        "Residents are hereby advised to immediately initiate precautionary evacuation procedures pursuant to"
        " the established municipal emergency management authority notwithstanding meteorological uncertainty.",
        "en-US",
    )
    assert plain.formula == "flesch-kincaid"
    assert plain.plain is True
    assert hard.plain is False
    assert (plain.words, plain.sentences) == (12, 3)


def test_other_languages_have_another_formula_and_some_none() -> None:
    spanish = reading_of("Vaya a un lugar alto ahora. No conduzca por el agua.", "es")
    assert (spanish.formula, spanish.plain) == ("lix", True)
    assert reading_of("今すぐ高い所へ。", "ja").plain is None
    assert reading_of("Go.", "en").plain is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("en", "ltr"), ("az-Arab", "rtl"), ("ar-Latn", "ltr")],
)
def test_a_language_is_written_its_way(language: str, expected: str) -> None:
    assert direction(language) == expected


def test_a_text_is_cut_between_words() -> None:
    assert cut("Move to high ground now", 16) == "Move to high…"
    assert cut("short", 16) == "short"
    assert len(cut("x" * 50, 16)) == 16
