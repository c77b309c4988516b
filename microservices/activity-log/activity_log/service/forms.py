"""ICS 214 from the journal: of an incident, of a person, or of a person on an incident."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Response

from activity_log.domain.ics214 import Activity, ActivityLog, Person, to_csv, to_html
from activity_log.permissions import Permission
from activity_log.repository import reading
from activity_log.repository.reading import Wanted
from activity_log.schemas import Ics214
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import InvalidInputError, NotFoundError

MOST_LINES = 5_000
# The page holds what people wrote: should anything ever slip through the escaping, it still cannot run or load.
_HTML_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-modals",
}


async def ics_214(
    reads: Reader, actor: Actor, wanted: Wanted, *, form: str, time_zone: str
) -> Response:
    """The form in the wanted shape."""
    authorize(actor, Permission.READ)
    zone = _zone(time_zone)
    made = await fill_in(reads, actor, wanted)
    if form == "csv":
        disposition = {"Content-Disposition": 'attachment; filename="ics-214.csv"'}
        return Response(to_csv(made, zone), media_type="text/csv", headers=disposition)
    if form == "html":
        return Response(to_html(made, zone), media_type="text/html", headers=_HTML_HEADERS)
    body = Ics214.model_validate(asdict(made)).model_dump_json()
    return Response(body, media_type="application/json")


async def fill_in(reads: Reader, actor: Actor, wanted: Wanted) -> ActivityLog:
    """Read what the form says, as far as the actor may see it."""
    incident_id, person_id = wanted.audience.incident_id, wanted.person_id
    if incident_id is None and person_id is None:
        raise InvalidInputError.at(
            "/incident_id", "say whose log it is: incident_id, person_id or both", location="query"
        )
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise InvalidInputError.at("/until", "is not after since", location="query")
    incident = None
    if incident_id is not None:
        incident = await reading.find_incident(reads, incident_id, actor.organization)
        if incident is None:
            raise NotFoundError("There is no such incident, or it is no longer shared with you.")
    lines = await reading.log_lines(reads, wanted, MOST_LINES + 1)
    activities = [_activity(line) for line in lines[:MOST_LINES]]
    agency = await reading.organization_name(reads, actor.organization)
    resources = await _resources(reads, wanted, actor, agency)
    return ActivityLog(
        incident_id=incident_id,
        incident_name=incident.name if incident else "",
        incident_number=(incident.number or "") if incident else "",
        period_from=wanted.since or (activities[0].time if activities else None),
        period_to=wanted.until or (activities[-1].time if activities else None),
        person=await _person(reads, wanted, actor, agency, resources),
        prepared_by=actor.name,
        prepared_at=datetime.now(UTC),
        resources=resources,
        activities=activities,
        truncated=len(lines) > MOST_LINES,
        exercise=incident.exercise
        if incident
        else bool(activities) and all(line.exercise for line in activities),
    )


async def _resources(reads: Reader, wanted: Wanted, actor: Actor, agency: str) -> list[Person]:
    incident_id = wanted.audience.incident_id
    if incident_id is None:
        return []
    found: list[Person] = []
    for row in await reading.assignments(reads, wanted.audience, incident_id):
        if row["type"] == "muster.position.relieved.v1":
            continue
        ours = row["home"] in {None, str(actor.organization)}
        found.append(
            Person(row["person_name"], row["title"], agency if ours else "", row["person_id"])
        )
    return found


async def _person(
    reads: Reader, wanted: Wanted, actor: Actor, agency: str, resources: list[Person]
) -> Person:
    if wanted.person_id is None:
        return Person("")
    held = [one for one in resources if one.id == wanted.person_id]
    if held:
        titles = ", ".join(one.position for one in held)
        return Person(held[0].name, titles, held[0].home_agency, wanted.person_id)
    name = await reading.person_name(reads, wanted.person_id, wanted.audience)
    if not name and wanted.person_id == actor.id:
        name = actor.name
    return Person(name, "", agency if name else "", wanted.person_id)


def _activity(line: Any) -> Activity:
    return Activity(
        line["time"],
        line["recorded_at"],
        line["actor_name"] or "",
        line["text"] or line["summary"],
        line["exercise"],
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError.at(
            "/time_zone", "is not an IANA time zone such as America/Los_Angeles", location="query"
        ) from error
