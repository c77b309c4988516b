"""What someone typed, understood: words, "phrases" and beginnings*. Everything else is punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.domain.folding import words

MOST_TERMS = 16
_CHUNK = re.compile(r'"([^"]*)"?|([^\s"]+)')
_SHORTEST_BEGINNING = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that must be found: a word, its beginning, or words one right after the other."""

    words: tuple[str, ...]
    prefix: bool = False
    quoted: bool = False

    @property
    def word(self) -> str | None:
        """The word, unless it is several."""
        return self.words[0] if len(self.words) == 1 else None

    @property
    def edits(self) -> int:
        """How many letters may be wrong when typing errors are forgiven."""
        word = self.word
        if word is None or self.quoted or not word.isalpha() or len(word) < 3:
            return 0
        return 1 if len(word) < 6 else 2


@dataclass(frozen=True, slots=True)
class Query:
    """Terms that must all be found, in the title or in the text."""

    terms: tuple[Term, ...]

    @property
    def phrase(self) -> str:
        """All its words as one text, to compare with a whole title."""
        return " ".join(word for term in self.terms for word in term.words)

    @property
    def forgivable(self) -> bool:
        """Whether forgiving typing errors can find more."""
        return any(term.edits for term in self.terms)


class TooManyTermsError(ValueError):
    """More is asked at once than is looked for."""


def parse(text: str) -> Query:
    """Understand what was typed; never fails on its signs. The last word may be only begun.

    Raises:
        TooManyTermsError: more than `MOST_TERMS` words.
    """
    terms: list[Term] = []
    for chunk in _CHUNK.finditer(text):
        quoted = chunk[1] is not None
        found = tuple(words(chunk[1] if quoted else chunk[2]))
        if not found:
            continue
        begun = chunk.end() == len(text) and len(found[0]) >= _SHORTEST_BEGINNING
        prefix = not quoted and len(found) == 1 and (chunk[2].endswith("*") or begun)
        terms.append(Term(found, prefix, quoted))
    unique = tuple(dict.fromkeys(terms))
    if len(unique) > MOST_TERMS:
        raise TooManyTermsError(f"at most {MOST_TERMS} words are looked for at once")
    return Query(unique)
