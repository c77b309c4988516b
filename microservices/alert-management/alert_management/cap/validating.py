"""A file as `muster cap validate` judges it: validity, profiles and signature of each of its alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alert_management.cap import profiles
from alert_management.cap.findings import CapError, Finding, Problem
from alert_management.cap.official import OfficialSchemas
from alert_management.cap.parsing import Found, Link, Refused, examine
from alert_management.cap.profiles import Profile
from alert_management.cap.schema import violations
from alert_management.cap.verifying import NOBODY, UNSIGNED, Signature, Trust
from alert_management.cap.xml import CAP_NAMESPACES, Element, namespace


@dataclass(frozen=True)
class Verdict:
    """One alert: valid if its schema has nothing against it and it can be understood."""

    version: str
    problems: tuple[Problem, ...]
    findings: tuple[Finding, ...] = ()
    signature: Signature = UNSIGNED

    @property
    def valid(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Judgement:
    """A file: its alerts in order, how many more it only links to, and why it cannot be read at all."""

    alerts: tuple[Verdict, ...] = ()
    links: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.problems and all(alert.valid for alert in self.alerts)


def judge(
    data: bytes,
    wanted: Sequence[Profile] | None = None,
    trust: Trust = NOBODY,
    official: OfficialSchemas | None = None,
) -> Judgement:
    """Judge a file; `wanted` profiles are asked of every alert, None asks those that an alert says it follows."""
    try:
        found = examine(data, trust)
    except CapError as error:
        return Judgement(problems=tuple(error.problems))
    return Judgement(
        alerts=tuple(_verdict(one, wanted, official) for one in found if isinstance(one, Found)),
        links=sum(isinstance(one, Link) for one in found),
    )


def _verdict(
    one: Found, wanted: Sequence[Profile] | None, official: OfficialSchemas | None
) -> Verdict:
    version, said = CAP_NAMESPACES[namespace(one.element)], _against(one.element, official)
    if isinstance(one.outcome, Refused):
        lines = {problem.line for problem in said}
        more = [
            reason
            for reason in one.outcome.problems
            if reason.line not in lines
            and not any(problem.text.startswith(reason.text) for problem in said)
        ]
        return Verdict(version, (*said, *more))
    alert = one.outcome.alert
    asked = profiles.claimed(alert) if wanted is None else wanted
    return Verdict(
        version=version,
        problems=tuple(said),
        findings=tuple(finding for profile in asked for finding in profile.check(alert)),
        signature=one.outcome.signature,
    )


def _against(element: Element, official: OfficialSchemas | None) -> list[Problem]:
    """What our tables have against an alert, and what OASIS' XSD has where ours have nothing."""
    ours = violations(element)
    theirs = official.violations(element) if official else None
    if theirs and not ours:
        return [Problem(one.line, one.where, f"{one.text} (OASIS' XSD)") for one in theirs]
    if ours and theirs == []:
        return [Problem(one.line, one.where, f"{one.text} (not by OASIS' XSD)") for one in ours]
    return ours
