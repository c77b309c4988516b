"""The words in which a profile's table is written: each makes a test of an alert that yields where it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from alert_management.cap.findings import Finding, Level
from alert_management.cap.model import Alert, Info, MsgType, Value

Failures = Iterator[str]
Test = Callable[[Alert], Failures]
When = Callable[[Alert, Info], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a profile: what must be (`text`), how heavy it is, and where an alert fails it."""

    code: str
    level: Level
    text: str
    fails: Test


@dataclass(frozen=True)
class Profile:
    """A profile of CAP 1.2; `mark` is how an alert says in its `code` that it follows it."""

    name: str
    title: str
    mark: str
    rows: tuple[Row, ...]

    def claimed_by(self, alert: Alert) -> bool:
        """Whether the alert says that it follows this profile."""
        return any(code.startswith(self.mark) for code in alert.codes)

    def check(self, alert: Alert) -> list[Finding]:
        """Where the alert breaks the profile, a finding per place."""
        return [
            Finding(f"{self.name}.{row.code}", row.level, where, row.text)
            for row in self.rows
            for where in row.fails(alert)
        ]


def always(_alert: Alert, _info: Info) -> bool:
    return True


def has_code(pattern: str) -> Test:
    """A `code` of the alert matches."""
    wanted = re.compile(pattern)
    return lambda alert: _unless(any(map(wanted.fullmatch, alert.codes)), "code")


def has_infos(*kinds: MsgType) -> Test:
    """A message of these kinds has an info."""
    return lambda alert: _unless(alert.msg_type not in kinds or bool(alert.infos), "")


def refers(*kinds: MsgType) -> Test:
    """A message of these kinds has references."""
    return lambda alert: _unless(
        alert.msg_type not in kinds or bool(alert.references), "references"
    )


def on_alert(holds: Callable[[Alert], bool], where: str) -> Test:
    """Something about the whole message."""
    return lambda alert: _unless(holds(alert), where)


def each_info(holds: Callable[[Info], object], where: str = "", when: When = always) -> Test:
    """Something about every info."""
    at = f"/{where}" if where else ""

    def fails(alert: Alert) -> Failures:
        for number, info in enumerate(alert.infos, 1):
            if when(alert, info) and not holds(info):
                yield f"info[{number}]{at}"

    return fails


def same_in_all(what: Callable[[Info], Iterable[Hashable]], where: str) -> Test:
    """Every info has the same members, in whatever order."""

    def fails(alert: Alert) -> Failures:
        for number, info in enumerate(alert.infos, 1):
            if set(what(info)) != set(what(alert.infos[0])):
                yield f"info[{number}]/{where}"

    return fails


def named(
    values: Callable[[Info], Iterable[Value]],
    name: str,
    value: str = r".+",
    *,
    exactly_one: bool = False,
) -> Callable[[Info], bool]:
    """There is a value under this name, of this form."""
    names, form = re.compile(name), re.compile(value)

    def holds(info: Info) -> bool:
        found = [one.value for one in values(info) if names.fullmatch(one.name)]
        count_is_right = len(found) == 1 if exactly_one else bool(found)
        return count_is_right and all(map(form.fullmatch, found))

    return holds


def each_area(
    holds: Callable[[Iterable[Value]], bool], where: str = "geocode", when: When = always
) -> Test:
    """Something about the geocodes of every area."""

    def fails(alert: Alert) -> Failures:
        for number, info in enumerate(alert.infos, 1):
            if when(alert, info):
                for place, area in enumerate(info.areas, 1):
                    if not holds(area.geocodes):
                        yield f"info[{number}]/area[{place}]/{where}"

    return fails


def coded(name: str, value: str = r".+") -> Callable[[Iterable[Value]], bool]:
    """One of the geocodes is of this list and form."""
    names, form = re.compile(name), re.compile(value)
    return lambda geocodes: any(
        names.fullmatch(one.name) and form.fullmatch(one.value) for one in geocodes
    )


def parameter_at_most(name: str, length: int) -> Test:
    """A parameter's text is no longer than this."""

    def fails(alert: Alert) -> Failures:
        for number, info in enumerate(alert.infos, 1):
            for place, one in enumerate(info.parameters, 1):
                if one.name == name and len(one.value) > length:
                    yield f"info[{number}]/parameter[{place}]"

    return fails


def vertices_at_most(most: int) -> Test:
    """All polygons of an info together have no more points than this."""
    return each_info(
        lambda info: sum(len(ring) for area in info.areas for ring in area.polygons) <= most, "area"
    )


def _unless(holds: bool, where: str) -> Failures:
    if not holds:
        yield where
