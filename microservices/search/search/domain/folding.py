"""Text as it is compared: words without accents and case, the same for every engine.

Both engines get words that were cut and folded here, so neither's own analysis can make them disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

LONGEST_WORD = 64
MOST_WORDS = 10_000
"""Of one text; what comes after is not searched."""


def _marks() -> str:
    return "".join(
        chr(code) for code in range(0x300, 0x1D00) if unicodedata.category(chr(code))[0] == "M"
    )


# Writing without spaces: each sign is a word, and a run of them is found as a phrase.
_SIGN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGN}]|[^\W_{_SIGN}](?:[^\W_{_SIGN}]|[{_marks()}])*")
# Accents of Latin, Greek and Cyrillic; the marks of other scripts are letters of theirs.
_ACCENT = re.compile("[\u0300-\u036f]")
# Letters that have no decomposition.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: folded, and where it stands in the original."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """One word without case and accents, at most 64 characters; may come out empty."""
    plain = _ACCENT.sub("", unicodedata.normalize("NFKD", word.casefold())).casefold()
    kept = "".join(sign for sign in plain.translate(_LETTERS) if not _is_noise(sign))
    return unicodedata.normalize("NFC", kept)[:LONGEST_WORD]


def _is_noise(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "LMN"


def tokens(text: str) -> Iterator[Token]:
    """The words of a text in order, with their places."""
    for count, match in enumerate(_WORD.finditer(text)):
        if count == MOST_WORDS:
            return
        word = fold(match[0])
        if word:
            yield Token(word, match.start(), match.end())


def words(text: str) -> list[str]:
    """The folded words of a text in order."""
    return [token.word for token in tokens(text)]
