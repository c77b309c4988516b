"""How hard a text is to read, by published formulas: the same text always has the same grade.

English: the Flesch-Kincaid grade, 0.39 words/sentences + 11.8 syllables/words - 15.59 (Kincaid et al. 1975): the
year of US school in which it is understood; at most 8 is plain. Other languages written with an alphabet: LIX,
words/sentences + 100 long words/words (Björnsson 1968), a word being long beyond six letters; at most 40 is plain.
Scripts without spaces between words have neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Formula = Literal["flesch-kincaid", "lix", "none"]
_SENTENCE = re.compile("[.!?\u2026\u0964\u061f]+(?:\\s|$)|[\u3002\uff01\uff1f]|\n+")
_WORD = re.compile("[^\\W\\d_]+(?:['\u2019\\-][^\\W\\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
# Scripts that set no space between words, in which counting words by spaces means nothing.
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo", "dz"})
PLAIN: dict[Formula, float] = {"flesch-kincaid": 8, "lix": 40}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted; `score` is None where the text is too short or the script has no such formula."""

    formula: Formula
    score: float | None
    words: int
    sentences: int

    @property
    def plain(self) -> bool | None:
        """Whether most people understand it at the first reading; None if that cannot be told."""
        return None if self.score is None else self.score <= PLAIN[self.formula]


def reading_of(text: str, language: str) -> Reading:
    """The reading level of a text in a language (RFC 5646)."""
    primary = language.lower().split("-")[0]
    words = _WORD.findall(text)
    sentences = max(1, sum(1 for part in _SENTENCE.split(text) if _WORD.search(part)))
    if primary in _UNSPACED:
        return Reading("none", None, 0, sentences)
    formula: Formula = "flesch-kincaid" if primary == "en" else "lix"
    if len(words) < 3:
        return Reading(formula, None, len(words), sentences if words else 0)
    pace = len(words) / sentences
    if formula == "flesch-kincaid":
        score = 0.39 * pace + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
    else:
        score = pace + 100 * sum(1 for word in words if len(word) > 6) / len(words)
    return Reading(formula, round(max(score, 0), 1), len(words), sentences)


def _syllables(word: str) -> int:
    """Groups of vowels, without a silent final e."""
    lower = word.lower()
    count = len(_VOWELS.findall(lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)
