"""A CAP document that a person brings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.cap import CapError, Problem, Reading, Refused, Trust, parse_many, profiles
from alert_management.cap.findings import Finding
from alert_management.feed_settings import FeedSettings
from alert_management.models.received import ReceivedAlert
from alert_management.permissions import Permission
from alert_management.service.received.store import Origin, take_in
from alert_management.service.received.taken import Taken, from_reading
from muster_core.auth import Actor, authorize
from muster_core.errors import DomainError, FieldProblem

MOST_TOLD = 50


class CapInvalidError(DomainError):
    """The document is no CAP that can be read; `errors` says in which line and why."""

    code = "cap-invalid"
    status = 422
    title = "The CAP document cannot be read"


@dataclass(frozen=True, slots=True)
class Imported:
    """An alert of the document: as it is stored now, and whether it was there before.

    `findings` are those of the profiles that it says it follows, by the profile's name.
    """

    alert: ReceivedAlert
    repeated: bool
    findings: list[tuple[str, Finding]] = field(default_factory=list[tuple[str, Finding]])


async def read_document(actor: Actor, body: bytes, trust: Trust) -> list[Taken]:
    """Read what a person brings: CAP, or an Atom, RSS or EDXL-DE envelope around it.

    Raises:
        CapInvalidError: with line and reason, or because it holds no alert itself.
    """
    authorize(actor, Permission.DRAFT)
    try:
        found = await asyncio.to_thread(parse_many, body, trust)
    except CapError as error:
        raise refused(error.problems) from None
    faults = [problem for one in found if isinstance(one, Refused) for problem in one.problems]
    if faults:
        # All of a document or nothing: a person who brings it can put it right.
        raise refused(faults)
    taken = [
        await asyncio.to_thread(from_reading, one) for one in found if isinstance(one, Reading)
    ]
    if not taken:
        links = " It links to some: add it as a feed." if found else ""
        raise CapInvalidError(f"The document holds no alert itself.{links}")
    return taken


async def import_alerts(
    session: AsyncSession,
    actor: Actor,
    taken: list[Taken],
    settings: FeedSettings,
    *,
    exercise: bool,
) -> list[Imported]:
    """Store what a document holds as received, with the source `import`; what is there already stays as it is."""
    authorize(actor, Permission.DRAFT)
    origin = Origin(organization_id=actor.organization, exercise=exercise, by_name=actor.name)
    intake = await take_in(session, origin, taken, datetime.now(UTC), settings.without_expiry)
    findings = {
        one.name: [
            (profile.name, finding)
            for profile in profiles.claimed(one.alert)
            for finding in profile.check(one.alert)
        ]
        for one in taken
    }
    return [
        Imported(one, repeated, findings.get((one.sender, one.identifier, one.sent), []))
        for repeated, alerts in ((False, intake.stored), (True, intake.repeated))
        for one in alerts
    ]


def refused(problems: Sequence[Problem]) -> CapInvalidError:
    """The reasons with their lines, as problem+json."""
    errors: list[FieldProblem] = [
        {
            "location": "body",
            "pointer": f"/{one.where}" if one.where else "",
            "detail": f"line {one.line}: {one.text}" if one.line else one.text,
        }
        for one in problems[:MOST_TOLD]
    ]
    return CapInvalidError("; ".join(str(one) for one in problems[:3]), errors=errors)
