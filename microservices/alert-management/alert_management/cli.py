"""`muster cap validate FILE…`: whether files hold valid CAP, as whoever sends or takes them in wants to know."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from alert_management.cap.findings import Finding, Level, Problem
from alert_management.cap.official import OfficialSchemas, SchemaUnreadableError
from alert_management.cap.profiles import PROFILES
from alert_management.cap.settings import CapSettings
from alert_management.cap.signing import KeyRefusedError
from alert_management.cap.validating import Judgement, Verdict, judge
from alert_management.cap.verifying import SignatureState, Trust

ENDINGS = {".xml", ".cap", ".atom", ".rss", ".edxlde"}
"""What is looked at in a folder; a file that is named is looked at whatever its ending."""
_SHOWN = 3


def cap(words: Sequence[str]) -> int:
    """Run the command; answers the exit status: 0 every file is valid, 1 one is not, 2 it cannot be told."""
    parser = argparse.ArgumentParser(prog="muster cap", description="The Common Alerting Protocol.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "say of each file whether it is valid CAP, what the profiles find, and what its signature is worth"
    command = commands.add_parser("validate", help=about, description=about)
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder")
    command.add_argument(
        "--profile",
        action="append",
        choices=sorted(PROFILES),
        help="ask this profile of every alert, not only the one that it says it follows",
    )
    command.add_argument(
        "--xsd", type=Path, help="OASIS' XSD, or a folder of them (MUSTER_ALERTS_CAP_XSD)"
    )
    command.add_argument(
        "--trusted",
        type=Path,
        help="certificates whose signatures count as verified (MUSTER_ALERTS_CAP_TRUSTED)",
    )
    command.add_argument(
        "--all", action="store_true", help="every reason, not only the first three"
    )
    return _validate(parser.parse_args(words))


def _validate(asked: argparse.Namespace) -> int:
    settings = CapSettings()
    try:
        official = OfficialSchemas.load(asked.xsd) if asked.xsd else settings.official_schemas()
        trust = Trust.load(asked.trusted) if asked.trusted else settings.trust()
    except (SchemaUnreadableError, KeyRefusedError, OSError) as error:
        return _cannot(str(error))
    wanted = [PROFILES[name] for name in asked.profile] if asked.profile else None
    status = 0
    for file in _files(asked.files):
        try:
            data = file.read_bytes()
        except OSError as error:
            status = _cannot(f"{file} cannot be read: {error.strerror}")
            continue
        judgement = judge(data, wanted, trust, official)
        _say(f"{file}: {described(judgement, None if asked.all else _SHOWN)}")
        status = max(status, 0 if judgement.valid else 1)
    return status


def described(judgement: Judgement, most: int | None) -> str:
    """A judgement in one line: the word first, then reasons, profile findings and signatures."""
    if judgement.problems:
        return f"INVALID: {_some(judgement.problems, most)}"
    alerts = judgement.alerts
    links = f"{judgement.links} link{'s' if judgement.links != 1 else ''}"
    if not alerts:
        return f"no alert, {links}"
    word = "valid" if judgement.valid else "INVALID"
    if len(alerts) == 1:
        return f"{word} CAP {alerts[0].version}{_about(alerts[0], most)}"
    bad = [(number, one) for number, one in enumerate(alerts, 1) if not one.valid]
    head = f"{word}: {len(alerts) - len(bad)} of {len(alerts)} alerts are valid"
    told = bad or [
        (number, one)
        for number, one in enumerate(alerts, 1)
        if one.findings or one.signature.state is not SignatureState.NONE
    ]
    return head + "".join(f"; alert {number}{_about(one, most)}" for number, one in told)


def _about(alert: Verdict, most: int | None) -> str:
    said = f": {_some(alert.problems, most)}" if alert.problems else ""
    if alert.findings:
        said += f"; {_weighed(alert.findings, most)}"
    if alert.valid:
        signature = alert.signature
        said += f"; signature {signature.state}"
        if signature.state is not SignatureState.NONE:
            said += f" ({signature.signer or 'no name'}: {signature.detail})"
    return said


def _weighed(findings: Sequence[Finding], most: int | None) -> str:
    """What the profiles find: rules in words, advice counted."""
    rules = [one for one in findings if one.level is not Level.ADVICE]
    advice = [one for one in findings if one.level is Level.ADVICE]
    told = [*(rules or ()), *(advice if most is None else ())]
    said = [f"{one.code.replace('.', ' ', 1)}: {one}" for one in told]
    if advice and most is not None:
        name = advice[0].code.partition(".")[0]
        said.append(f"{name}: {len(advice)} piece{'s' if len(advice) != 1 else ''} of advice")
    return _some(said, most if most is None else most + 1)


def _some(things: Sequence[Problem] | Sequence[str], most: int | None) -> str:
    shown = "; ".join(" ".join(str(thing).split()) for thing in things[:most])
    rest = len(things) - len(things[:most])
    return f"{shown}; and {rest} more" if rest else shown


def _files(named: Iterable[Path]) -> Iterator[Path]:
    for place in named:
        if place.is_dir():
            yield from sorted(
                file for file in place.iterdir() if file.suffix in ENDINGS and file.is_file()
            )
        else:
            yield place


def _cannot(why: str) -> int:
    _say(f"muster: {why}", sys.stderr)
    return 2


def _say(line: str, out: TextIO | None = None) -> None:
    print(line, file=out)
