"""Running the checks side by side, each for two seconds at most, and saying what they found."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from muster_host.doctor.findings import Check, Finding, Place, State, fail, short
from muster_host.environment import read_settings
from muster_host.errors import HostError
from muster_host.home import Home
from muster_host.services import chosen

CHECK_SECONDS = 2.0
_GIVE_UP_SECONDS = 0.3
STATUS = {State.OK: 0, State.OFF: 0, State.WARN: 1, State.FAIL: 2}


def doctor(*, as_json: bool = False) -> int:
    """Check, print, and answer the exit status: 0 well, 1 something to look at, 2 something does not work."""
    findings = examine()
    if as_json:
        print(json.dumps([asdict(one) for one in findings], indent=1, ensure_ascii=False))
    else:
        print(as_text(findings))
    return max((STATUS[one.state] for one in findings), default=0)


def examine() -> list[Finding]:
    """Everything that was found."""
    home = Home(Path(os.environ.get("MUSTER_HOME", "var")))
    found = home.running()
    for name, value in found.items():
        os.environ.setdefault(name, value)
    try:
        settings = read_settings()
        services = chosen(())
    except HostError as error:
        return [fail("settings", str(error), "correct it; the other checks need it")]
    place = Place(settings, home, services, runs=bool(found) or home.is_held())
    from muster_host.doctor.catalogue import CHECKS  # noqa: PLC0415 - once the settings are readable

    return run(CHECKS, place)


def run(checks: Sequence[Check], place: Place) -> list[Finding]:
    """Run them all at once, each for `CHECK_SECONDS`; answers their findings in their order.

    A check that hangs even when it is cancelled is left behind: the process ends without it.
    """
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    try:
        return loop.run_until_complete(_run(checks, place))
    finally:
        loop.close()


async def _run(checks: Sequence[Check], place: Place) -> list[Finding]:
    tasks = [asyncio.ensure_future(check.run(place)) for check in checks]
    _, late = await asyncio.wait(tasks, timeout=CHECK_SECONDS)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=_GIVE_UP_SECONDS)
    findings: list[Finding] = []
    for check, task in zip(checks, tasks, strict=True):
        if task in late:
            seen = f"no answer within {CHECK_SECONDS:.0f} s"
            findings.append(fail(check.about, seen, check.remedy))
        elif (error := task.exception()) is not None:
            findings.append(
                fail(check.about, f"the check itself failed ({short(error)})", "report this")
            )
        else:
            findings += task.result()
    return findings


def as_text(findings: Sequence[Finding]) -> str:
    """One aligned line each, and under what is not well what to do."""
    width = max((len(one.about) for one in findings), default=0)
    lines: list[str] = []
    for one in findings:
        lines.append(f"{one.state:<5} {one.about:<{width}}  {one.seen}")
        if one.remedy:
            lines.append(f"{'':<5} {'':<{width}}  > {one.remedy}")
    counts = {state: sum(one.state is state for one in findings) for state in State}
    if counts[State.FAIL] or counts[State.WARN]:
        lines.append(
            f"\n{counts[State.FAIL]} of {len(findings)} do not work, {counts[State.WARN]} need a look."
        )
    else:
        lines.append(f"\nAll is well ({len(findings)} looked at).")
    return "\n".join(lines)
