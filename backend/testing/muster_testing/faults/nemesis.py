"""The nemesis: breaks one thing after the other, by a schedule that a seed decides, and mends each after a while."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muster_testing.faults.proxy import BlackHole, CutAfter, Delay, Pass, Reset

if TYPE_CHECKING:
    from muster_testing.faults.proxy import Link, Mode
    from muster_testing.faults.site import Face, Site

Mend = Callable[[], None]
_OURS = ("api", "relay", "consumers", "worker")


@dataclass(frozen=True, slots=True)
class Blow:
    """At `at` seconds do `what` to `whom`, and mend it after `lasts` seconds."""

    at: float
    lasts: float
    what: str
    whom: str


def schedule(seed: int, seconds: float) -> Iterator[Blow]:
    """What a seed decides; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    kinds = [
        ("kill", "process"),
        ("pause", "process"),
        ("kill", "process"),
        ("kill", "postgres"),
        ("pause", "postgres"),
        ("kill", "rabbitmq"),
        ("pause", "rabbitmq"),
        ("kill", "redis"),
        ("pause", "redis"),
        ("reset", "link"),
        ("black hole", "link"),
        ("cut", "link"),
        ("delay", "link"),
    ]
    at = 2.0
    while at < seconds - 8:
        what, whom = chance.choice(kinds)
        if whom == "process":
            whom = f"{chance.choice(_OURS)}-{chance.randint(1, 2)}"
        elif whom == "link":
            whom = f"{chance.choice(['database', 'broker', 'cache'])} link"
        lasts = round(chance.uniform(0.5, 4), 1)
        yield Blow(round(at, 1), lasts, what, whom)
        at += lasts + chance.uniform(0.5, 3)


def strike(site: Site, seed: int, seconds: float) -> list[Blow]:
    """Follow the schedule to its end; everything is mended afterwards."""
    began = time.monotonic()
    struck: list[Blow] = []
    for blow in schedule(seed, seconds):
        late = time.monotonic() - began
        if late > seconds:
            break
        time.sleep(max(0.0, blow.at - late))
        mend = _blow(site, blow)
        time.sleep(blow.lasts)
        mend()
        struck.append(blow)
    time.sleep(max(0.0, seconds - (time.monotonic() - began)))
    return struck


def _blow(site: Site, blow: Blow) -> Mend:
    if blow.whom in site.faces:
        return _on_face(site.faces[blow.whom], blow.what)
    if blow.whom.endswith(" link"):
        link = {"database": site.database_link, "broker": site.broker_link}.get(
            blow.whom.removesuffix(" link"), site.cache_link
        )
        return _on_link(link, blow.what)
    if blow.whom == "postgres":
        return _on_database(site, blow.what)
    engine = site.rabbitmq if blow.whom == "rabbitmq" else site.redis
    if blow.what == "kill":
        engine.kill()
        return engine.start
    engine.pause()
    return engine.resume


def _on_face(face: Face, what: str) -> Mend:
    if what == "kill":
        face.kill()
        return face.start
    face.signal(signal.SIGSTOP)
    return lambda: face.signal(signal.SIGCONT)


def _on_link(link: Link, what: str) -> Mend:
    modes: dict[str, Mode] = {
        "reset": Reset(),
        "black hole": BlackHole(),
        "cut": CutAfter(20_000),
        "delay": Delay(0.1),
    }
    link.set(modes[what])
    return lambda: link.set(Pass())


def _on_database(site: Site, what: str) -> Mend:
    if what == "kill":
        site.kill_database()
        return site.postgres.start
    return site.pause_database()
