"""The checker finds each kind of broken promise: a crash suite that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muster_testing.faults.checker import DECLARED, UPDATED, Observed, check
from muster_testing.faults.history import History, Outcome


def _entry(position: int, kind: str, incident: str, version: int, text: str = "") -> dict[str, Any]:
    data = {"version": version, "description": text}
    return {"position": position, "type": kind, "incident_id": incident, "data": data}


def _kept() -> tuple[History, Observed]:
    """A history in which every promise was kept: one of each outcome that may be there, or may not."""
    history = History()

    def note(kind: str, word: str, outcome: Outcome, incident: str = "", version: int = 0) -> None:
        one = history.invoke(kind, word, incident or None)
        one.outcome, one.version = outcome, version

    note("declare", "Alder", Outcome.OK, "a", 1)
    note("declare", "Birch", Outcome.FAIL)
    note("declare", "Cedar", Outcome.UNKNOWN)
    note("declare", "Dogwood", Outcome.UNKNOWN)
    note("change", "Alder grows", Outcome.OK, "a", 2)
    note("change", "Alder shrinks", Outcome.FAIL, "a")
    entries = [
        _entry(1, DECLARED, "a", 1),
        _entry(2, DECLARED, "c", 1),
        _entry(4, UPDATED, "a", 2, "Alder grows"),
    ]
    incidents = [
        {"id": "a", "name": "Alder", "version": 2},
        {"id": "c", "name": "Cedar", "version": 1},
    ]
    return history, Observed(incidents, entries, [list(entries)])


def _lose(_history: History, o: Observed) -> None:
    o.incidents = o.incidents[1:]
    o.entries = [e for e in o.entries if e["incident_id"] != "a"]
    o.streams = []


def _double(_history: History, o: Observed) -> None:
    o.incidents = [*o.incidents, {"id": "x", "name": "Alder", "version": 1}]


def _appear(_history: History, o: Observed) -> None:
    o.incidents = [*o.incidents, {"id": "b", "name": "Birch", "version": 1}]


def _another(_history: History, o: Observed) -> None:
    o.incidents = [{"id": "z", "name": "Alder", "version": 2}, *o.incidents[1:]]


def _turn_back(_history: History, o: Observed) -> None:
    o.incidents = [{"id": "a", "name": "Alder", "version": 1}, *o.incidents[1:]]


def _share_a_version(history: History, _o: Observed) -> None:
    one = history.invoke("change", "Alder too", "a")
    one.outcome, one.version = Outcome.OK, 2


def _forget(_history: History, o: Observed) -> None:
    o.entries = o.entries[1:]
    o.streams = []


def _forget_a_change(_history: History, o: Observed) -> None:
    o.entries = o.entries[:2]
    o.streams = []


def _tell_twice(_history: History, o: Observed) -> None:
    o.entries = [*o.entries, _entry(5, DECLARED, "a", 1)]
    o.streams = []


def _tell_a_change_twice(_history: History, o: Observed) -> None:
    o.entries = [*o.entries, _entry(5, UPDATED, "a", 3, "Alder grows")]
    o.streams = []


def _tell_what_was_refused(_history: History, o: Observed) -> None:
    o.entries = [*o.entries, _entry(5, UPDATED, "a", 3, "Alder shrinks")]
    o.streams = []


def _swap(_history: History, o: Observed) -> None:
    o.entries = [_entry(1, UPDATED, "a", 2, "Alder grows"), _entry(2, DECLARED, "a", 1)]
    o.streams = []


def _invent(_history: History, o: Observed) -> None:
    o.entries = [*o.entries, _entry(5, DECLARED, "ghost", 1)]
    o.streams = []


def _gap(_history: History, o: Observed) -> None:
    o.streams = [[o.entries[0], o.entries[2]]]


def _repeat(_history: History, o: Observed) -> None:
    o.streams = [[o.entries[0], o.entries[0], *o.entries[1:]]]


def _stop_early(_history: History, o: Observed) -> None:
    o.streams = [o.entries[:2]]


def _hear_nothing(_history: History, o: Observed) -> None:
    o.streams = [[]]


def _tamper(_history: History, o: Observed) -> None:
    o.journal_verifies = False


def _die(_history: History, o: Observed) -> None:
    o.dead_letters = ["journal after 5: no"]


def _fail_unforeseen(history: History, _o: Observed) -> None:
    history.operations[2].status = 500


BROKEN: list[tuple[Callable[[History, Observed], None], str]] = [
    (_lose, "is lost"),
    (_double, "there 2 times"),
    (_appear, "was refused"),
    (_another, "acknowledged as a and is z"),
    (_turn_back, "it is at 1"),
    (_share_a_version, "both acknowledged"),
    (_forget, "does not know it"),
    (_forget_a_change, "does not know it"),
    (_tell_twice, "2 times"),
    (_tell_a_change_twice, "2 times"),
    (_tell_what_was_refused, "was refused"),
    (_swap, "after version"),
    (_invent, "which is not there"),
    (_gap, "missed 1"),
    (_repeat, "told position 1 after 1"),
    (_stop_early, "ended at position 2"),
    (_hear_nothing, "heard nothing"),
    (_tamper, "does not verify"),
    (_die, "dead letters"),
    (_fail_unforeseen, "500"),
]


def test_kept_promises_have_no_findings() -> None:
    assert check(*_kept()) == []


@pytest.mark.parametrize(("breaks", "says"), BROKEN, ids=[one.__name__ for one, _ in BROKEN])
def test_a_broken_promise_is_found(breaks: Callable[[History, Observed], None], says: str) -> None:
    history, observed = _kept()
    breaks(history, observed)
    assert any(says in finding for finding in check(history, observed))
