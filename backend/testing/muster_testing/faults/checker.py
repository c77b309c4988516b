"""Holds what clients were told against what the records say afterwards, in the manner of Jepsen.

    findings = check(history, observe(client))
    assert not findings

What was acknowledged is there exactly once, what was refused is not there, versions only grow, the journal holds one
entry per acknowledged write and nothing that did not happen, and a stream that was resumed missed nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from muster_testing.faults.history import History, Outcome

DECLARED = "muster.incident.declared.v1"
UPDATED = "muster.incident.updated.v1"
_MOST = 20


@dataclass(slots=True)
class Observed:
    """The records after everything has come to rest."""

    incidents: Sequence[Mapping[str, Any]]
    entries: Sequence[Mapping[str, Any]]
    """The journal of incidents, oldest first."""
    streams: Sequence[Sequence[Mapping[str, Any]]] = field(
        default_factory=list[Sequence[Mapping[str, Any]]]
    )
    """What each client that resumed its stream was told, in the order it heard."""
    dead_letters: Sequence[str] = ()
    journal_verifies: bool = True


def check(history: History, observed: Observed) -> list[str]:
    """Every broken promise as a sentence; none if all were kept."""
    found = [
        *_declared(history, observed),
        *_changed(history, observed),
        *_journalled(observed),
        *_in_order(observed),
        *_changes_journalled(history, observed),
    ]
    for number, heard in enumerate(observed.streams):
        found += _streamed(number, heard, observed.entries)
    if observed.dead_letters:
        several = f"{len(observed.dead_letters)} dead letters, though no event was wrong"
        found.append(f"{several}: {observed.dead_letters[0]}")
    if not observed.journal_verifies:
        found.append("the journal does not verify")
    found += [
        f"'{one.word}' was answered 500: a fault was met that nobody foresaw"
        for one in history.operations
        if one.status == 500
    ]
    return found[:_MOST]


def _declared(history: History, observed: Observed) -> Iterable[str]:
    present = Counter(str(incident["name"]) for incident in observed.incidents)
    ids = {str(incident["name"]): str(incident["id"]) for incident in observed.incidents}
    told = {one.word: one for one in history.operations if one.kind == "declare"}
    for word, one in told.items():
        if present[word] > 1:
            yield f"'{word}' was declared once and is there {present[word]} times"
        elif one.outcome is Outcome.OK and not present[word]:
            yield f"'{word}' was acknowledged and is lost"
        elif one.outcome is Outcome.OK and ids[word] != one.incident_id:
            yield f"'{word}' was acknowledged as {one.incident_id} and is {ids[word]}"
        elif one.outcome is Outcome.FAIL and present[word]:
            yield f"'{word}' was refused ({one.said}) and is there"


def _changed(history: History, observed: Observed) -> Iterable[str]:
    """Acknowledged changes of one incident have versions of their own, and the last one stands."""
    final = {str(incident["id"]): incident for incident in observed.incidents}
    versions: dict[str, dict[int, str]] = defaultdict(dict)
    for one in history.acknowledged("change"):
        taken = versions[str(one.incident_id)]
        if one.version in taken:
            yield f"'{taken[one.version]}' and '{one.word}' were both acknowledged as version {one.version}"
        taken[one.version] = one.word
    for incident_id, taken in versions.items():
        if incident_id not in final:
            yield f"incident {incident_id} was changed and is lost"
        elif int(final[incident_id]["version"]) < max(taken):
            yield f"version {max(taken)} of {incident_id} was acknowledged; it is at {final[incident_id]['version']}"


def _journalled(observed: Observed) -> Iterable[str]:
    present = {str(incident["id"]) for incident in observed.incidents}
    declared = Counter(str(e["incident_id"]) for e in observed.entries if e["type"] == DECLARED)
    for incident_id in present - declared.keys():
        yield f"incident {incident_id} is there and the journal does not know it"
    for incident_id, times in declared.items():
        if times > 1:
            yield f"the journal holds the declaration of {incident_id} {times} times"
        if incident_id not in present:
            yield f"the journal holds incident {incident_id}, which is not there"


def _in_order(observed: Observed) -> Iterable[str]:
    versions: dict[str, int] = defaultdict(int)
    for entry in observed.entries:
        if entry["type"] in {DECLARED, UPDATED}:
            incident_id, version = str(entry["incident_id"]), int(entry["data"]["version"])
            if version <= versions[incident_id]:
                before = versions[incident_id]
                yield f"the journal tells version {version} of {incident_id} after version {before}"
            versions[incident_id] = version


def _changes_journalled(history: History, observed: Observed) -> Iterable[str]:
    texts = Counter(
        str(entry["data"]["description"]) for entry in observed.entries if entry["type"] == UPDATED
    )
    for one in history.operations:
        if one.kind != "change":
            continue
        if texts[one.word] > 1:
            yield f"the journal tells the change '{one.word}' {texts[one.word]} times"
        elif one.outcome is Outcome.OK and not texts[one.word]:
            yield f"the change '{one.word}' was acknowledged and the journal does not know it"
        elif one.outcome is Outcome.FAIL and texts[one.word]:
            yield f"the change '{one.word}' was refused ({one.said}) and the journal tells it"


def _streamed(
    number: int, heard: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]
) -> Iterable[str]:
    positions = [int(entry["position"]) for entry in heard]
    for before, after in pairwise(positions):
        if after <= before:
            yield f"stream {number} told position {after} after {before}"
    if not positions:
        yield f"stream {number} heard nothing"
        return
    missed = {
        int(entry["position"])
        for entry in entries
        if positions[0] <= int(entry["position"]) <= positions[-1]
    } - set(positions)
    if missed:
        yield f"stream {number} missed {len(missed)} entries, the first at position {min(missed)}"
    last = max((int(entry["position"]) for entry in entries), default=0)
    if positions[-1] < last:
        yield f"stream {number} ended at position {positions[-1]}; the journal goes to {last}"
