"""A document as it is stored for searching: its words cut and folded, a digest to compare copies by."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from search.domain.folding import words

_GAP = 100
"""Between the words of the title and those of the text, so that no phrase spans both."""


def word_lists(title: str, text: str) -> tuple[list[str], list[str]]:
    """The folded words of title and text."""
    return words(title), words(text)


def vector(title: list[str], text: list[str]) -> str:
    """A tsvector's text: title words weigh A. Words hold letters and digits only, so nothing needs escaping."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(title, 1):
        places.setdefault(word, []).append(f"{place}A")
    for place, word in enumerate(text, len(title) + _GAP):
        if place < 16_383:
            places.setdefault(word, []).append(str(place))
        else:
            places.setdefault(word, [])
    return " ".join(
        f"'{word}':{','.join(its)}" if its else f"'{word}'" for word, its in places.items()
    )


def learnable(word: str) -> bool:
    """Whether a mistyped word may have meant this one."""
    return len(word) >= 3 and word.isalpha()


def digest(content: dict[str, Any]) -> int:
    """32 bits of SHA-256 over what is searched and shown; the version is not part of it."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return int.from_bytes(hashlib.sha256(canonical.encode("utf-8", "replace")).digest()[:4], "big")


def bucket(identifier: UUID) -> int:
    """Which of 256 buckets a document is counted in: the last byte of its id, which is random."""
    return identifier.bytes[15]
