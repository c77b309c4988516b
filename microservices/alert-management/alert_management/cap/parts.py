"""The children of an element by name, read in CAP's order whatever order they came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from alert_management.cap import values
from alert_management.cap.findings import Leniency
from alert_management.cap.model import Value
from alert_management.cap.schema import SCHEMAS, Child
from alert_management.cap.values import SPACE, Spot
from alert_management.cap.xml import SIGNATURES, Element, local, namespace

_T = TypeVar("_T")
_STRAY = "()[]{}.,;"
_HINT = "{http://www.w3.org/2001/XMLSchema-instance}"


def _places(sequence: tuple[Child, ...]) -> dict[str, tuple[int, bool]]:
    """Each name's place in the sequence, and whether it may stand there more than once."""
    return {child.name: (place, child.most is None) for place, child in enumerate(sequence)}


def _inside(sequence: tuple[Child, ...], name: str) -> tuple[Child, ...]:
    content = next(child.content for child in sequence if child.name == name)
    return cast("tuple[Child, ...]", content) if isinstance(content, tuple) else ()


_ALERT = SCHEMAS["1.2"]
_INFO = _inside(_ALERT, "info")
_PLACES = {
    "alert": _places(_ALERT),
    "info": _places(_INFO),
    "resource": _places(_inside(_INFO, "resource")),
    "area": _places(_inside(_INFO, "area")),
    "value": _places(_inside(_INFO, "parameter")),
}


class Parts:
    """The children of one element by name, read in CAP's order whatever order they came in."""

    def __init__(self, here: Spot, kind: str) -> None:
        self.here = here
        self.notes = here.notes
        self.element = here.element
        self.where = here.where
        self.found: dict[str, list[Element]] = {}
        self._gather(_PLACES[kind])

    def spot(self, element: Element, number: int = 0) -> Spot:
        """A child, and where it stands."""
        return Spot(self.notes, element, self.where, number)

    def one(self, name: str) -> tuple[str, Spot] | None:
        """The text of the only child of that name, None if absent or blank."""
        found = self.found.get(name)
        if found is None:
            return None
        spot = self.spot(found[0])
        text = _text(spot)
        if not text.strip(SPACE):
            spot.forgive(Leniency.EMPTY, "an empty element, read as absent")
            return None
        return text, spot

    def many(self, name: str) -> list[tuple[str, Spot]]:
        """The texts of the children of that name; blank ones are passed over."""
        read: list[tuple[str, Spot]] = []
        for number, element in enumerate(self.found.get(name, ()), 1):
            spot = self.spot(element, number)
            text = _text(spot)
            if text.strip(SPACE):
                read.append((text, spot))
            else:
                spot.forgive(Leniency.EMPTY, "an empty element, read as absent")
        return read

    def each(self, name: str, kind: str) -> list[Parts]:
        """The children of that name that have children of their own."""
        return [
            Parts(self.spot(element, number), kind)
            for number, element in enumerate(self.found.get(name, ()), 1)
        ]

    def read(self, name: str, how: Callable[[str, Spot], _T]) -> _T | None:
        """An optional child's value."""
        found = self.one(name)
        return how(*found) if found else None

    def line(self, name: str) -> str | None:
        """An optional text of one line, without white space around it."""
        return self.read(name, values.trimmed)

    def verbatim(self, name: str) -> str | None:
        """An optional text as it stands."""
        found = self.one(name)
        return found[0] if found else None

    def wanted(self, name: str, how: Callable[[str, Spot], _T | None], absent: _T) -> _T:
        """A required child's value; `absent` stands in where it is refused."""
        found = self.one(name)
        if found is None:
            if name in self.found:
                self.spot(self.found[name][0]).refuse("is empty")
            else:
                self.refuse(f"<{name}> is missing")
            return absent
        value = how(*found)
        return absent if value is None else value

    def name(self, name: str) -> str:
        """A required text; a blank one is taken, for the schema allows it."""
        if name not in self.found:
            self.refuse(f"<{name}> is missing")
        return self.line(name) or ""

    def values(self, name: str) -> tuple[Value, ...]:
        """Named values; `name=value` as in CAP 1.0 too."""
        read = [
            _value(self.spot(element, number))
            for number, element in enumerate(self.found.get(name, ()), 1)
        ]
        return tuple(value for value in read if value is not None)

    def refuse(self, text: str) -> None:
        """Say why the alert cannot be taken."""
        self.here.refuse(text)

    def _gather(self, places: Mapping[str, tuple[int, bool]]) -> None:
        own = f"{{{namespace(self.element)}}}"
        last, ordered = -1, True
        _between(self.here, self.element.text)
        _attributes(self.here)
        for child in self.element:
            tag = str(child.tag)
            name = tag.removeprefix(own)
            if tail := child.tail:
                _between(self.here, tail)
            if name == tag:
                if namespace(child) != SIGNATURES:
                    self.spot(child).forgive(Leniency.DROPPED, f"<{local(child)}> is not of CAP")
            elif name in places:
                place, repeats = places[name]
                ordered = ordered and place >= last
                last = place
                self.found.setdefault(name, []).append(child)
                if not repeats and len(self.found[name]) == 2:
                    self.spot(child).refuse(f"<{name}> stands here twice")
            elif name == "password":
                self.spot(child).forgive(Leniency.DROPPED, "the password of CAP 1.0 is not kept")
            else:
                self.spot(child).refuse(f"<{name}> is not known here")
        if not ordered:
            self.here.forgive(Leniency.ORDER, "the elements stand in another order than CAP's")


def _value(spot: Spot) -> Value | None:
    """One named value; both empty means none."""
    if len(spot.element):
        plain = _plain_value(spot.element)
        if plain is not None:
            return plain
        parts = Parts(spot, "value")
        for name in ("valueName", "value"):
            if name not in parts.found:
                parts.refuse(f"<{name}> is missing")
        texts = [
            values.trimmed(_text(inner), inner)
            for name in ("valueName", "value")
            for inner in map(parts.spot, parts.found.get(name, ())[:1])
        ]
        if any(texts):
            return Value(texts[0], texts[-1])
        spot.forgive(Leniency.EMPTY, "a value without name and value, read as absent")
        return None
    text = (spot.element.text or "").strip(SPACE)
    _attributes(spot)
    if not text:
        spot.forgive(Leniency.EMPTY, "an empty element, read as absent")
        return None
    name, equals, value = text.partition("=")
    if not equals:
        name, value = "", text
    spot.forgive(Leniency.CAP10_VALUE, f"'{text[:60]}' read as '{name[:40]}' = '{value[:40]}'")
    return Value(name.strip(SPACE), value.strip(SPACE))


def _plain_value(element: Element) -> Value | None:
    """A named value in which there is nothing to forgive or to refuse, the usual case; None for all others."""
    if len(element) != 2:
        return None
    name, value = element
    own = str(element.tag).rpartition("}")[0]
    if name.tag != own + "}valueName" or value.tag != own + "}value" or len(name) or len(value):
        return None
    texts = (name.text or "", value.text or "")
    around = (element.text, name.tail, value.tail)
    if (
        not texts[0]
        or any(text.strip(SPACE) != text for text in texts)
        or any(text.strip(SPACE) for text in around if text)
        or any(one.keys() for one in (element, name, value))
    ):
        return None
    return Value(*texts)


def _text(spot: Spot) -> str:
    element = spot.element
    _attributes(spot)
    if len(element):
        spot.refuse(f"<{local(element[0])}> stands where only text may")
    return element.text or ""


def _attributes(spot: Spot) -> None:
    for name in spot.element.keys():  # noqa: SIM118  # an element's items are its children
        if not str(name).startswith(_HINT):
            spot.forgive(Leniency.DROPPED, f"the attribute {str(name)[:60]} is not of CAP")


def _between(spot: Spot, text: str | None) -> None:
    """What stands between elements: nothing, or a stray sign."""
    stray = text.strip(SPACE) if text else ""
    if not stray:
        return
    if not stray.strip(_STRAY + SPACE):
        spot.forgive(Leniency.PARENTHESES, f"a stray '{stray[:20]}' between elements")
    else:
        spot.refuse(f"the text '{stray[:40]}' stands between elements")
