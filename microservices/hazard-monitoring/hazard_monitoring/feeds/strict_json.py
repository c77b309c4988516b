"""JSON from strangers: what Python's reader lets through and a database or a map must not see."""

from __future__ import annotations

import json
import math
from typing import Any, cast

from hazard_monitoring.feeds.plugin import DocumentRejected

DEEPEST = 32


class Repeated(dict[str, Any]):
    """An object in which a key occurs twice, so that readers could disagree about its meaning."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def read(body: bytes) -> Any:
    """Parse a document. Repeated keys and NaN stay visible, for `flaw_in` to find where they are.

    Raises DocumentRejected for anything that is not JSON in UTF-8.
    """
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise DocumentRejected("empty", "The answer is empty.")
    if start.startswith(b"<"):
        raise DocumentRejected("not-json", "The answer is HTML or XML where JSON was promised.")
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise DocumentRejected("not-json", f"Not UTF-8 text at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise DocumentRejected("not-json", f"Not JSON: {error.msg} at {error.pos}.") from None
    except RecursionError:
        raise DocumentRejected("too-deep", "The document nests without end.") from None
    except ValueError as error:  # a number of thousands of digits
        raise DocumentRejected("not-json", f"Not usable JSON: {str(error)[:200]}") from None


def flaw_in(value: object, *, depth: int = 0) -> tuple[str, str] | None:
    """The (reason, detail) why a value cannot be kept as a document, or None."""
    if isinstance(value, str):
        return _flaw_in_text(value)
    if isinstance(value, float):
        return None if math.isfinite(value) else ("not-finite", "It holds NaN or Infinity.")
    if isinstance(value, dict | list):
        if depth >= DEEPEST:
            return "too-deep", f"It nests deeper than {DEEPEST} levels."
        if isinstance(value, Repeated):
            return "duplicate-keys", "A key occurs twice in one object."
        parts = cast("dict[str, object] | list[object]", value)
        inner = [*parts, *parts.values()] if isinstance(parts, dict) else parts
        return next((flaw for v in inner if (flaw := flaw_in(v, depth=depth + 1))), None)
    return None


def _flaw_in_text(value: str) -> tuple[str, str] | None:
    if any(ch < " " and ch not in "\t\r\n" for ch in value) or "\x7f" in value:
        return "control-characters", "A text holds control characters."
    try:
        value.encode()
    except UnicodeEncodeError:
        return "control-characters", "A text holds half a character (a lone surrogate)."
    return None
